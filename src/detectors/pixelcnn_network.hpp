// Gated PixelCNN (van den Oord et al., NIPS 2016): masked convolutions that give each pixel of an
// image a distribution over its levels, from the pixels above and to its left and, within a pixel,
// the channels before it. Without a blind spot: one stack looks at the rows above, one along the
// row.
#pragma once

#include <vector>

#include "config/options.hpp"
#include "nn/export/graph_builder.hpp"

namespace cance::detectors {

class PixelCnn {
 public:
  /// For images of so many channels; weights from `seed`.
  PixelCnn(const config::PixelCnnOptions& options, std::int64_t channels, std::uint64_t seed,
           const nn::Compute& compute);

  /// Levels (B, c, h, w) of images in 0..1: 8-bit values in groups of 256 / levels, int64.
  [[nodiscard]] at::Tensor levels(const at::Tensor& x) const;
  /// Logits (B, h, w, c, levels) where the network sees `input` (B, c, h, w), levels as -1..1.
  [[nodiscard]] at::Tensor logits(const at::Tensor& input) const;
  /// -log p of images (B, c, h, w), in nats: (B).
  [[nodiscard]] at::Tensor nll(const at::Tensor& x) const;
  /// The same of a graph's images (n, c, h, w), in the networks' precision: (n, 1).
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& x) const;

  /// "LAYER.rows.weight", "LAYER.rows.bias", ..., "head.weight", ...
  [[nodiscard]] nn::NamedTensors state() const;

 private:
  struct Conv {
    at::Tensor weight, bias, mask = {};  // no mask: sees all
    std::int64_t top = 0, left = 0;      // where the kernel starts, from its pixel
    [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
    [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& x,
                                    const std::string& name) const;
  };
  struct Layer {
    Conv rows;    // of the rows above
    Conv across;  // from there to the pixel's row, 1 x 1
    Conv row;     // of the pixels to the left
    Conv out;     // 1 x 1
  };
  /// Of a graph's levels as -1..1: (n, c x levels, h, w).
  [[nodiscard]] std::string logits_graph(nn::GraphBuilder& g, const std::string& input) const;

  std::int64_t levels_, channels_, reach_;
  std::vector<Layer> layers_;
  Conv head_, last_;
};

}  // namespace cance::detectors
