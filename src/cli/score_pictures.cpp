#include "cli/score_pictures.hpp"

#include <algorithm>

#include "data_prep/pictures/picture_folder.hpp"
#include "pipeline/extract/picture_features.hpp"

namespace cance::cli {
namespace {

class FeatureRows final : public prep::InputRows {
 public:
  FeatureRows(std::vector<prep::Picture> pictures, pipeline::PictureFeatures network)
      : pictures_(std::move(pictures)), network_(std::move(network)) {}

  [[nodiscard]] std::vector<float> next(std::size_t most) override {
    constexpr std::size_t kBatch = 16;
    const std::size_t end = std::min(pictures_.size(), done_ + most);
    std::vector<float> values;
    while (done_ < end) {
      append_batch(std::min(end, done_ + kBatch), values);
    }
    return values;
  }

 private:
  void append_batch(std::size_t end, std::vector<float>& values) {
    std::vector<at::Tensor> pixels;
    std::vector<std::size_t> places;
    for (; done_ < end; ++done_) {
      const prep::Picture& picture = pictures_[done_];
      add_row(done_, values, network_.width(), [&] {
        pixels.push_back(network_.pixels(prep::read_picture(picture), picture.path.string()));
        places.push_back(values.size());
        values.resize(values.size() + network_.width());
      });
      names_.push_back(picture.name);
    }
    if (pixels.empty()) {
      return;
    }
    const std::vector<float> features = network_.features(pixels);
    auto from = features.begin();
    for (const std::size_t place : places) {
      std::copy_n(from, network_.width(), values.begin() + static_cast<std::ptrdiff_t>(place));
      from += static_cast<std::ptrdiff_t>(network_.width());
    }
  }

  std::vector<prep::Picture> pictures_;
  pipeline::PictureFeatures network_;
  std::size_t done_ = 0;
};

}  // namespace

bool wants_features(const prep::InputRequest& request, const store::InputRecord& form) {
  std::error_code error;
  return !form.manifest.empty() && (std::filesystem::is_directory(request.path, error) ||
                                    prep::picture_by_name(request.path));
}

std::unique_ptr<prep::InputRows> open_picture_features(const prep::InputRequest& request,
                                                       const store::InputRecord& form,
                                                       const std::string& weights) {
  const std::string path = request.path.string();
  require(
      !weights.empty(),
      "{}: the run was trained on features of pictures; give the network's weights by --weights",
      path);
  require(
      request.id.empty() && request.label.empty() && !request.classes && !request.range &&
          request.rows.empty(),
      "{}: --id, --label, --normal, --range and --part own are not for pictures of which features "
      "are taken",
      path);
  std::error_code error;
  require(std::filesystem::exists(request.path, error), "{}: no such file or folder", path);
  auto pictures =
      std::filesystem::is_directory(request.path, error)
          ? prep::pictures_below(request.path)
          : std::vector<prep::Picture>{{request.path, request.path.filename().string(), 0}};
  return std::make_unique<FeatureRows>(
      std::move(pictures), pipeline::PictureFeatures(form.manifest, form.preparation, weights));
}

}  // namespace cance::cli
