// A network as a list of layers. Tensors are listed under stable names ("2.weight") for checkpoints
// and run files.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nn/compute.hpp"

namespace cance::nn {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

enum class LayerKind {
  conv,
  conv_transpose,
  dense,
  norm,
  residual,
  flatten,
  unflatten,
  sigmoid,
  leaky,
  tanh,
  pool,
  upsample
};

/// What a layer computes, for other forms of the network.
struct LayerFacts {
  LayerKind kind;
  NamedTensors tensors = {};                        ///< parameters and buffers
  std::int64_t stride = 1, padding = 0, extra = 0;  ///< of convolutions
  double slope = 1;                      ///< of leaky, and of the leaky ReLU behind norm, residual
  std::vector<std::int64_t> shape = {};  ///< of unflatten: -1, c, h, w
  std::vector<LayerFacts> body = {}, shortcut = {};  ///< of residual
};

class Layer {
 public:
  Layer() = default;
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  [[nodiscard]] virtual at::Tensor forward(const at::Tensor& x, bool training) = 0;
  /// Leaves that are trained.
  [[nodiscard]] virtual NamedTensors parameters() { return {}; }
  /// State that is not trained (running statistics).
  [[nodiscard]] virtual NamedTensors buffers() { return {}; }
  [[nodiscard]] virtual LayerFacts facts() = 0;
  /// Told whose batches it will see, where that matters.
  virtual void share_with(const Team&) {}
};

/// Layers in order. Parameters start uniform in +-1/sqrt(fan in), from (seed, position) alone.
class Sequence {
 public:
  explicit Sequence(std::uint64_t seed) : seed_(seed) {}

  Sequence& conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                 std::int64_t padding, bool bias);
  /// `extra`: rows and columns that the output gets on one side beyond (h - 1) stride - 2 padding +
  /// kernel, torch's output_padding.
  Sequence& conv_transpose(std::int64_t in, std::int64_t out, std::int64_t kernel,
                           std::int64_t stride, std::int64_t padding, bool bias,
                           std::int64_t extra = 0);
  Sequence& dense(std::int64_t in, std::int64_t out, bool bias);
  /// Batch normalisation, then leaky ReLU of this slope (1 = none).
  Sequence& norm(std::int64_t channels, bool affine, double slope);
  Sequence& flatten();
  Sequence& unflatten(std::int64_t channels, std::int64_t height, std::int64_t width);
  Sequence& sigmoid();
  /// Leaky ReLU of this slope (0: ReLU).
  Sequence& leaky(double slope);
  Sequence& tanh();
  /// The largest of every 2 x 2 pixels.
  Sequence& pool();
  /// Every pixel as 2 x 2.
  Sequence& upsample();
  /// A layer of another file.
  Sequence& add(std::unique_ptr<Layer> layer);

  /// x (B, ...) through all layers, as scores want it: batch normalisation by running statistics.
  [[nodiscard]] at::Tensor forward(const at::Tensor& x) const;
  /// The same while the network learns: by the statistics of the batch, of which the running ones
  /// take note.
  [[nodiscard]] at::Tensor train(const at::Tensor& x);
  [[nodiscard]] std::vector<at::Tensor> parameters() const;
  /// Parameters and buffers, each name behind `prefix`.
  [[nodiscard]] NamedTensors state(const std::string& prefix = "") const;
  /// Those of all layers, in their order.
  [[nodiscard]] std::vector<LayerFacts> facts() const;
  /// Batch statistics over this team.
  void share_with(const Team& team);
  /// All tensors in this precision on this device, image weights in the memory order that the CPU
  /// kernels like, batch statistics over this team.
  void to(const Compute& compute);

 private:
  [[nodiscard]] at::Tensor through_layers(at::Tensor x, bool training) const;

  std::uint64_t seed_;
  std::vector<std::unique_ptr<Layer>> layers_;
};

/// One list of several, in their order.
[[nodiscard]] NamedTensors joined(std::initializer_list<NamedTensors> states);
/// Values of a state, detached and copied.
[[nodiscard]] NamedTensors copy_state(const NamedTensors& state);
/// Writes saved values back into the tensors of `state`; names and shapes must agree.
void restore_state(const NamedTensors& state, const NamedTensors& saved);

/// A leaf of this shape, uniform in +-bound, from (seed, stream) alone.
[[nodiscard]] at::Tensor uniform_parameter(at::IntArrayRef shape, double bound, std::uint64_t seed,
                                           std::uint64_t stream);

}  // namespace cance::nn
