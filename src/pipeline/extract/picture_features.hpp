// Features of single picture files, as the extraction made them on which a run was trained.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/image.hpp"
#include "represent/resnet18.hpp"

namespace cance::pipeline {

class PictureFeatures {
 public:
  /// `manifest` and `preparation`: of the dataset file of features, as a run file keeps them;
  /// `weights` a file, or "random:SEED". On the CPU. Errors: features of something else than
  /// picture files, weights of another SHA-256.
  PictureFeatures(const std::string& manifest, const std::string& preparation,
                  const std::string& weights);

  /// Numbers of a row.
  [[nodiscard]] std::size_t width() const { return represent::tap_width(tap_); }
  /// A picture as the network sees it, uint8 (3, size, size). Error: it cannot be decoded.
  [[nodiscard]] at::Tensor pixels(std::span<const std::uint8_t> bytes,
                                  const std::string& name) const;
  /// Of such pictures, at least one: (pictures, width), one after another.
  [[nodiscard]] std::vector<float> features(const std::vector<at::Tensor>& pixels) const;

 private:
  represent::Tap tap_ = represent::Tap::avgpool;
  std::int64_t size_ = 0;
  image::SampleRange range_;
  std::optional<represent::ResNet18> network_;
};

}  // namespace cance::pipeline
