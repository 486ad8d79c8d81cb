// Images for a trained model: pictures, IDX files, batches of CIFAR-10, arrays.
#include <algorithm>
#include <cmath>

#include "base/atomic_file.hpp"
#include "base/text.hpp"
#include "data_prep/input_rows.hpp"
#include "data_prep/pictures/picture_folder.hpp"
#include "data_prep/pictures/picture_pixels.hpp"
#include "data_prep/published/cifar10.hpp"
#include "data_prep/readers/idx.hpp"
#include "data_prep/readers/named_arrays.hpp"
#include "data_prep/tables/preparation.hpp"
#include "image/decode.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

/// Picture files, each decoded when its turn comes.
class PictureRows final : public InputRows {
 public:
  PictureRows(std::vector<Picture> pictures, const Shape& shape, bool resized,
              const std::optional<image::SampleRange>& range)
      : pictures_(std::move(pictures)), shape_(shape), resized_(resized), range_(range) {}

  [[nodiscard]] std::vector<float> next(std::size_t most) override {
    std::vector<float> values;
    for (std::size_t row = 0; row < most && done_ < pictures_.size(); ++row, ++done_) {
      const Picture& picture = pictures_[done_];
      add_row(done_, values, element_count(shape_), [&] {
        const auto bytes = read_picture(picture);
        const std::string where = picture.path.string();
        require_depth(image::read_form(bytes, where).bits, where);
        const auto pixels = (resized_ ? square_of : pixels_of)(
            bytes, where, shape_, range_.value_or(image::SampleRange{}));
        values.insert(values.end(), pixels.values.begin(), pixels.values.end());
        note_cut(pixels.cut);
      });
      names_.push_back(picture.name);
    }
    return values;
  }

 private:
  void require_depth(std::size_t bits, const std::string& where) const {
    require(
        bits == 8 || range_,
        "{}: 16 bits a sample, but the run was trained on pictures of 8; give --range LOW,HIGH, "
        "the samples that are black and white there",
        where);
    require(bits == 16 || !range_ || *range_ == image::SampleRange{},
            "{}: 8 bits a sample, expected 16, of which {} to {} become 0 to 255, as in training",
            where, range_->low, range_->high);
  }

  std::vector<Picture> pictures_;
  Shape shape_;
  bool resized_;
  std::optional<image::SampleRange> range_;
  std::size_t done_ = 0;
};

/// Images (n, c, h, w) or (n, h, w, c) that are in memory.
class ArrayImages final : public InputRows {
 public:
  /// `range`: what becomes 0 and 255, or nothing where they are 0 to 255; `deep`: that of training
  /// on pictures of 16 bits, for the same grey levels as theirs.
  ArrayImages(NamedArray array, const Shape& shape, std::optional<std::array<double, 2>> range,
              std::optional<image::SampleRange> deep)
      : array_(std::move(array)),
        shape_(shape),
        channels_last_(last_channels()),
        deep_(range ? std::nullopt : deep),
        low_(range ? (*range)[0] : 0),
        high_(range  ? (*range)[1]
              : deep ? 65535
                     : 255) {
    if (!range) {
      require_bright();
    }
  }

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
  void append_image(std::vector<float>& values, std::size_t size) {
    const std::size_t begin = values.size();
    std::size_t cut = 0;
    values.resize(begin + size);
    std::visit(
        [&](const auto& numbers) {
          for (std::size_t i = 0; i < size; ++i) {
            const auto value = static_cast<double>(numbers[done_ * size + i]);
            require(value >= low_ && value <= high_,
                    "{}: image {}: a value of {}, expected {} to {}; --range=LOW,HIGH says which "
                    "values are black and white",
                    array_.where, done_, value, low_, high_);
            values[begin + place(i)] = brightness(value);
            cut += deep_ && image::is_beyond(value, *deep_) ? 1 : 0;
          }
        },
        array_.numbers.values);
    note_cut(cut);
  }
  [[nodiscard]] float brightness(double value) const {
    if (deep_) {
      return image::level(value, *deep_);
    }
    const bool as_is = low_ == 0 && high_ == 255;
    return static_cast<float>(as_is ? value : (value - low_) * 255 / (high_ - low_));
  }
  /// Values of -1 to 1 would be taken for black.
  void require_bright() const {
    double least = 0;
    double most = 0;
    std::visit(
        [&](const auto& numbers) {
          for (const auto number : numbers) {
            least = std::min(least, static_cast<double>(number));
            most = std::max(most, static_cast<double>(number));
          }
        },
        array_.numbers.values);
    require(most == 0 || most > 1 || least < -1,
            "{}: all values lie in {} to {}, but the run was trained on images of 0 to {}; give "
            "--range={},1 (or --range=0,{} if they are all but black)",
            array_.where, least, most, high_, least < 0 ? -1 : 0, high_);
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
  std::optional<image::SampleRange> deep_;
  double low_, high_;
  std::size_t done_ = 0;
};

image::SampleRange samples_of(const std::array<double, 2>& range) {
  const auto whole = [](double value) {
    require(value >= 0 && value <= 65535 && value == std::floor(value),
            "--range: {} is no sample of 16 bits, expected 0 to 65535", value);
    return static_cast<std::uint16_t>(value);
  };
  return {whole(range[0]), whole(range[1])};
}

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
  const Preparation prepared = parse_preparation(form.preparation, "the run file");
  const auto pictures = [&](std::vector<Picture> files) {
    return std::make_unique<PictureRows>(
        std::move(files), form.row, prepared.pictures,
        request.range ? std::optional(samples_of(*request.range)) : prepared.range);
  };
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return pictures(pictures_below(path));
  }
  if (picture_by_name(path)) {
    return pictures({{path, name, 0}});
  }
  const auto images = [&](NamedArray array) {
    return std::make_unique<ArrayImages>(std::move(array), form.row, request.range, prepared.range);
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
          ".jpg, .png, .bmp, IDX (...-ubyte), CIFAR's .bin, .npy, .npz or .hdf5",
          path.string(), fmt::join(form.row, " x "));
  return images(read_named_array(path, request.part));
}

}  // namespace cance::prep
