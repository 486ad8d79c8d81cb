// Images for a trained model: pictures, IDX files, batches of CIFAR-10, arrays.
#include <algorithm>

#include "base/atomic_file.hpp"
#include "base/cast.hpp"
#include "base/text.hpp"
#include "data_prep/input_rows.hpp"
#include "data_prep/pictures/picture_folder.hpp"
#include "data_prep/pictures/picture_pixels.hpp"
#include "data_prep/published/cifar10.hpp"
#include "data_prep/readers/idx.hpp"
#include "data_prep/readers/named_arrays.hpp"
#include "data_prep/tables/preparation.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

/// JPEG and PNG files, each decoded when its turn comes.
class PictureRows final : public InputRows {
 public:
  PictureRows(std::vector<Picture> pictures, const store::InputRecord& form)
      : pictures_(std::move(pictures)),
        shape_(form.row),
        resized_(parse_preparation(form.preparation, "the run file").pictures) {}

  [[nodiscard]] std::vector<float> next(std::size_t most) override {
    std::vector<float> values;
    for (std::size_t row = 0; row < most && done_ < pictures_.size(); ++row, ++done_) {
      const Picture& picture = pictures_[done_];
      add_row(done_, values, element_count(shape_), [&] {
        const auto bytes = read_picture(picture);
        const std::string where = picture.path.string();
        const auto pixels =
            resized_ ? square_of(bytes, where, shape_) : pixels_of(bytes, where, shape_);
        values.insert(values.end(), pixels.begin(), pixels.end());
      });
      names_.push_back(picture.name);
    }
    return values;
  }

 private:
  std::vector<Picture> pictures_;
  Shape shape_;
  bool resized_;
  std::size_t done_ = 0;
};

/// Images (n, c, h, w) or (n, h, w, c) that are in memory.
class ArrayImages final : public InputRows {
 public:
  ArrayImages(NamedArray array, const Shape& shape)
      : array_(std::move(array)), shape_(shape), channels_last_(last_channels()) {}

  [[nodiscard]] std::vector<float> next(std::size_t most) override {
    const std::size_t count = std::min(most, array_.numbers.shape[0] - done_);
    const std::size_t size = element_count(shape_);
    std::vector<float> values;
    for (std::size_t row = 0; row < count; ++row, ++done_) {
      add_row(done_, values, size, [&] { append_image(values, size); });
    }
    return values;
  }

 private:
  void append_image(std::vector<float>& values, std::size_t size) const {
    const std::size_t begin = values.size();
    values.resize(begin + size);
    std::visit(
        [&](const auto& numbers) {
          for (std::size_t i = 0; i < size; ++i) {
            const auto value = static_cast<double>(numbers[done_ * size + i]);
            require(value >= 0 && value <= 255, "{}: image {}: a value of {}, expected 0 to 255",
                    array_.where, done_, value);
            values[begin + place(i)] = static_cast<float>(value);
          }
        },
        array_.numbers.values);
  }
  [[nodiscard]] bool last_channels() const {
    const auto& found = array_.numbers.shape;
    const Shape image(found.begin() + (found.empty() ? 0 : 1), found.end());
    const bool plain = image == shape_ || (shape_[0] == 1 && image == Shape{shape_[1], shape_[2]});
    const bool last = image == Shape{shape_[1], shape_[2], shape_[0]};
    require(plain || last,
            "{}: {}, but the run was trained on images of {} (channels x height x "
            "width)",
            array_.where, array_.numbers.shape_text(), fmt::join(shape_, " x "));
    return !plain;
  }
  /// Where value number i of an image belongs.
  [[nodiscard]] std::size_t place(std::size_t i) const {
    const std::size_t c = shape_[0];
    return channels_last_ ? i % c * shape_[1] * shape_[2] + i / c : i;
  }

  NamedArray array_;
  Shape shape_;
  bool channels_last_;
  std::size_t done_ = 0;
};

NamedArray read_idx_images(const fs::path& path) {
  IdxArray images = read_idx(path, 3);
  return {path.string(), {images.shape, std::move(images.values)}};
}

NamedArray read_cifar_images(const fs::path& path) {
  const std::string bytes = read_text_file(path);
  CifarBatch batch =
      parse_cifar_batch(path.string(), path.filename().string(),
                        {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  return {path.string(), {{batch.labels.size(), 3, 32, 32}, std::move(batch.images)}};
}

}  // namespace

std::unique_ptr<InputRows> open_image_rows(const InputRequest& request,
                                           const store::InputRecord& form) {
  const fs::path& path = request.path;
  const std::string name = path.filename().string();
  require(request.id.empty(), "--id names a column of a CSV, but the run was trained on images");
  std::error_code error;
  if (fs::is_directory(path, error)) {
    auto pictures = pictures_below(path);
    require(!pictures.empty(), "{}: no .jpg, .jpeg or .png file in it", path.string());
    return std::make_unique<PictureRows>(std::move(pictures), form);
  }
  if (picture_by_name(path)) {
    return std::make_unique<PictureRows>(std::vector<Picture>{{path, name, 0}}, form);
  }
  const auto images = [&](NamedArray array) {
    return std::make_unique<ArrayImages>(std::move(array), form.row);
  };
  if (name.find("ubyte") != std::string::npos || name.find(".idx") != std::string::npos) {
    return images(read_idx_images(path));
  }
  if (lower(path.extension().string()) == ".bin") {
    return images(read_cifar_images(path));
  }
  const std::string end = lower(path.extension().string());
  require(end == ".npy" || end == ".npz" || end == ".h5" || end == ".hdf5",
          "{}: the run was trained on images of {}; expected a dataset file, a folder of pictures, "
          ".jpg, .png, IDX (...-ubyte), CIFAR's .bin, .npy, .npz or .hdf5",
          path.string(), fmt::join(form.row, " x "));
  return images(read_named_array(path, request.part));
}

}  // namespace cance::prep
