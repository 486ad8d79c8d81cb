// ResNet-18 (He et al., CVPR 2016, as torchvision builds it) with fixed weights: pooled features of
// pictures. Batch normalisation is folded into the convolutions when weights are loaded.
#pragma once

#include <string>
#include <vector>

#include "models/weights_file.hpp"
#include "nn/compute.hpp"
#include "nn/fast/fused_conv.hpp"

namespace cance::represent {

/// Where features are taken: the output of a stage, averaged over its pixels. avgpool is layer4.
enum class Tap { layer1 = 1, layer2, layer3, layer4, avgpool };

/// By name; Error with the names there are.
[[nodiscard]] Tap tap_of(const std::string& name);
/// 64, 128, 256, 512, 512.
[[nodiscard]] std::size_t tap_width(Tap tap);

/// Weights for tests, in torchvision's names: uniform by counter, of about unit gain, with batch
/// norms that are not the identity. A function of the seed alone.
[[nodiscard]] models::WeightMap random_resnet18(std::uint64_t seed);

class ResNet18 {
 public:
  /// The network up to `tap` from torchvision's names, or from convolutions that already have batch
  /// norm folded in (a bias and no bn). `where` names the weights in errors: a name that is not
  /// there, with the nearest one that is, another shape, a stage that is absent. `batch` and `size`
  /// (pixels) are what it is tuned for; device and precision are those of `compute`.
  ResNet18(const models::WeightMap& weights, const std::string& where, Tap tap,
           const nn::Compute& compute, std::int64_t batch, std::int64_t size);

  /// RGB or grey pictures, uint8 (B, 3 or 1, size, size), to float32 (B, width) on the device.
  /// Pixels are taken over 255, less ImageNet's mean, over its deviation.
  [[nodiscard]] at::Tensor features(const at::Tensor& pixels) const;

 private:
  struct Block {
    nn::FusedConv first, second;
    std::vector<nn::FusedConv> shortcut;  ///< one where the shape changes, else none
  };
  at::ScalarType type_;
  at::Tensor scale_, shift_;
  std::vector<nn::FusedConv> stem_;  ///< one
  std::vector<Block> blocks_;
};

}  // namespace cance::represent
