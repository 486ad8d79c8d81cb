// A network as a list of layers. Its tensors have stable names ("2.weight"), for files.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/shape.hpp"
#include "nn/compute.hpp"

namespace cance::nn {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// The tensors that learn.
[[nodiscard]] std::vector<at::Tensor> leaves(const NamedTensors& state);

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

class BatchNormLeaky;

/// What a layer computes, and its tensors.
struct Layer {
  LayerKind kind;
  NamedTensors tensors = {};  ///< those that learn, and behind them running statistics
  std::int64_t stride = 1, padding = 0, extra = 0;  ///< of convolutions
  double slope = 1;  ///< of leaky, and of the leaky ReLU behind norm, residual
  Shape shape = {};  ///< of unflatten: c, h, w
  std::vector<Layer> body = {}, shortcut = {};     ///< of residual
  std::shared_ptr<BatchNormLeaky> norm = nullptr;  ///< of norm, on the same tensors
};

/// Layers in order. Parameters start uniform in +-1/sqrt(fan in), from (seed, position) alone.
class Sequence {
 public:
  explicit Sequence(std::uint64_t seed) : seed_(seed) {}
  /// K networks of the layers of `model` (all but residual ones) on channels or columns one behind
  /// the other, (B, K C, ...), with their stacked tensors: `state` as that of the model.
  Sequence(const Sequence& model, const NamedTensors& stacked);

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
  /// Two ways to the output, added (He et al., CVPR 2016): leaky(body(x) + shortcut(x)); a shortcut
  /// of no layers hands x on. Tensors are named "body.0.weight", ..., "shortcut.0.weight", ...
  Sequence& residual(const Sequence& body, const Sequence& shortcut, double slope);

  /// x (B, ...) through all layers, as scores want it: batch normalisation by running statistics.
  [[nodiscard]] at::Tensor forward(const at::Tensor& x) const;
  /// The same while it learns: by the batch's statistics, of which the running ones take note.
  [[nodiscard]] at::Tensor train(const at::Tensor& x);
  [[nodiscard]] std::vector<at::Tensor> parameters() const { return leaves(state()); }
  /// Parameters and buffers, each name behind `prefix`.
  [[nodiscard]] NamedTensors state(const std::string& prefix = "") const;
  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }
  /// Batch statistics over this team.
  void share_with(const Team& team);
  /// All tensors in this precision on this device, image weights in the memory order that the CPU
  /// kernels like, batch statistics over this team.
  void to(const Compute& compute);

 private:
  Sequence& add(Layer layer);
  /// Weight of this shape and, perhaps, bias of the layer that comes next.
  [[nodiscard]] NamedTensors weights(at::IntArrayRef shape, std::int64_t outputs, bool bias) const;

  std::uint64_t seed_;
  std::vector<Layer> layers_;
};

/// While it lives, the tensors that learn and are made by this thread hold no more elements: the
/// widths that a file says of a network take no more memory than its tensors.
class ParameterBudget {
 public:
  explicit ParameterBudget(std::size_t elements);
  ~ParameterBudget();
  ParameterBudget(const ParameterBudget&) = delete;
  ParameterBudget& operator=(const ParameterBudget&) = delete;
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
/// The same on the device and in the precision of `compute`.
[[nodiscard]] at::Tensor uniform_parameter(at::IntArrayRef shape, double bound, std::uint64_t seed,
                                           std::uint64_t stream, const Compute& compute);

}  // namespace cance::nn
