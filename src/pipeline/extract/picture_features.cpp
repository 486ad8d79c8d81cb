#include "pipeline/extract/picture_features.hpp"

#include <ATen/ops/stack.h>

#include <algorithm>
#include <cstdio>

#include "base/cast.hpp"
#include "pipeline/extract/extract_plan.hpp"
#include "pipeline/extract/feature_manifest.hpp"
#include "pipeline/extract/picture_batches.hpp"

namespace cance::pipeline {

using at::Tensor;

PictureFeatures::PictureFeatures(const std::string& manifest, const std::string& preparation,
                                 const std::string& weights) {
  const FeatureManifest made = read_feature_manifest(manifest);
  int shorter = 0;
  int side = 0;
  require(std::sscanf(made.preprocessing.c_str(), "shorter side to %d and the middle %d", &shorter,
                      &side) == 2 &&
              side > 0 && made.network == "resnet18",
          "the run was trained on features, but not of picture files ({}); extract features of the "
          "new rows (cance extract) and score these",
          made.preprocessing.empty() ? "its manifest does not say of what" : made.preprocessing);
  require(made.precision == "fp32" || made.precision == "bf16",
          "the run's features are of precision {}, which the CPU has not; extract those of the new "
          "rows on a GPU (cance extract) and score these",
          made.precision);
  const NamedWeights named = load_weights(weights);
  require(named.sha256 == made.weights_sha256,
          "--weights {}: its SHA-256 is {:.12}..., but the run's features are by {} of {:.12}...",
          weights, named.sha256, made.weights, made.weights_sha256);
  tap_ = represent::tap_of(made.tap);
  size_ = side;
  range_ = sample_range(preparation);
  nn::Compute compute;
  compute.type = made.precision == "bf16" ? at::kBFloat16 : at::kFloat;
  network_.emplace(named.tensors, named.name, tap_, compute, Reading().batch, size_);
}

Tensor PictureFeatures::pixels(std::span<const std::uint8_t> bytes, const std::string& name) const {
  const image::Image small = picture_for_network(bytes, name, range_, size_);
  Tensor pixels = at::empty({size_, size_, 3}, at::kByte);
  std::ranges::copy(small.pixels, pixels.mutable_data_ptr<std::uint8_t>());
  return pixels.permute({2, 0, 1});
}

std::vector<float> PictureFeatures::features(const std::vector<Tensor>& pixels) const {
  const Tensor batch = at::stack(pixels).contiguous(at::MemoryFormat::ChannelsLast);
  const Tensor features = network_->features(batch).contiguous();
  const float* const data = features.const_data_ptr<float>();
  return {data, data + features.numel()};
}

}  // namespace cance::pipeline
