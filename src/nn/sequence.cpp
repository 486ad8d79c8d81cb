#include "nn/sequence.hpp"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <cmath>
#include <functional>

#include "base/error.hpp"
#include "base/random.hpp"
#include "nn/batch_norm.hpp"
#include "nn/fast/dense.hpp"
#include "nn/fast/patch_conv.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

/// Weight and optional bias of a convolution or a dense layer.
class Weighted : public Layer {
 public:
  Weighted(at::IntArrayRef shape, std::int64_t outputs, bool with_bias, std::uint64_t seed,
           std::uint64_t position) {
    std::int64_t fan_in = 1;
    for (std::size_t i = 1; i < shape.size(); ++i) {
      fan_in *= shape[i];
    }
    const double bound = 1.0 / std::sqrt(static_cast<double>(fan_in));
    weight = uniform_parameter(shape, bound, seed, 2 * position);
    if (with_bias) {
      bias = uniform_parameter({outputs}, bound, seed, 2 * position + 1);
    }
  }

  [[nodiscard]] NamedTensors parameters() override {
    NamedTensors all{{"weight", weight}};
    if (bias.defined()) {
      all.emplace_back("bias", bias);
    }
    return all;
  }

 protected:
  Tensor weight, bias;
};

class Conv final : public Weighted {
 public:
  Conv(at::IntArrayRef shape, std::int64_t outputs, bool with_bias, std::int64_t stride,
       std::int64_t padding, std::int64_t extra, bool transposed, std::uint64_t seed,
       std::uint64_t position)
      : Weighted(shape, outputs, with_bias, seed, position),
        stride_(stride),
        padding_(padding),
        extra_(extra),
        transposed_(transposed) {}
  [[nodiscard]] Tensor forward(const Tensor& x, bool) override {
    if (patches_pay(x, weight, stride_)) {
      return transposed_ ? patch_conv_transpose(x, weight, bias, stride_, padding_, extra_)
                         : patch_conv(x, weight, bias, stride_, padding_);
    }
    return transposed_ ? at::conv_transpose2d(x, weight, bias, stride_, padding_, extra_)
                       : at::conv2d(x, weight, bias, stride_, padding_);
  }

  [[nodiscard]] LayerFacts facts() override {
    return {.kind = transposed_ ? LayerKind::conv_transpose : LayerKind::conv,
            .tensors = parameters(),
            .stride = stride_,
            .padding = padding_,
            .extra = extra_};
  }

 private:
  std::int64_t stride_, padding_, extra_;
  bool transposed_;
};

class Dense final : public Weighted {
 public:
  using Weighted::Weighted;
  [[nodiscard]] Tensor forward(const Tensor& x, bool) override { return dense(x, weight, bias); }
  [[nodiscard]] LayerFacts facts() override {
    return {.kind = LayerKind::dense, .tensors = parameters()};
  }
};

class Norm final : public Layer {
 public:
  Norm(std::int64_t channels, bool affine, double slope) : norm_(channels, affine, slope) {}
  [[nodiscard]] Tensor forward(const Tensor& x, bool training) override {
    return norm_.forward(x, training);
  }
  [[nodiscard]] NamedTensors parameters() override {
    return norm_.weight.defined() ? NamedTensors{{"weight", norm_.weight}, {"bias", norm_.bias}}
                                  : NamedTensors{};
  }
  [[nodiscard]] NamedTensors buffers() override {
    return {{"running_mean", norm_.running_mean}, {"running_variance", norm_.running_variance}};
  }
  void share_with(const Team& team) override { norm_.share_with(team); }
  [[nodiscard]] LayerFacts facts() override {
    LayerFacts facts{.kind = LayerKind::norm, .tensors = parameters(), .slope = norm_.slope()};
    for (auto& buffer : buffers()) {
      facts.tensors.push_back(std::move(buffer));
    }
    return facts;
  }

 private:
  BatchNormLeaky norm_;
};

/// A layer without tensors.
class Function final : public Layer {
 public:
  using Map = std::function<Tensor(const Tensor&)>;
  Function(LayerFacts facts, Map map) : facts_(std::move(facts)), map_(std::move(map)) {}
  [[nodiscard]] Tensor forward(const Tensor& x, bool) override { return map_(x); }
  [[nodiscard]] LayerFacts facts() override { return facts_; }

 private:
  LayerFacts facts_;
  Map map_;
};

std::unique_ptr<Layer> function(LayerFacts facts, Function::Map map) {
  return std::make_unique<Function>(std::move(facts), std::move(map));
}

}  // namespace

Sequence& Sequence::conv(std::int64_t in, std::int64_t out, std::int64_t kernel,
                         std::int64_t stride, std::int64_t padding, bool bias) {
  const std::vector<std::int64_t> shape{out, in, kernel, kernel};
  layers_.push_back(std::make_unique<Conv>(shape, out, bias, stride, padding, /*extra=*/0,
                                           /*transposed=*/false, seed_, layers_.size()));
  return *this;
}

Sequence& Sequence::conv_transpose(std::int64_t in, std::int64_t out, std::int64_t kernel,
                                   std::int64_t stride, std::int64_t padding, bool bias,
                                   std::int64_t extra) {
  const std::vector<std::int64_t> shape{in, out, kernel, kernel};
  layers_.push_back(std::make_unique<Conv>(shape, out, bias, stride, padding, extra,
                                           /*transposed=*/true, seed_, layers_.size()));
  return *this;
}

Sequence& Sequence::dense(std::int64_t in, std::int64_t out, bool bias) {
  const std::vector<std::int64_t> shape{out, in};
  layers_.push_back(std::make_unique<Dense>(shape, out, bias, seed_, layers_.size()));
  return *this;
}

Sequence& Sequence::norm(std::int64_t channels, bool affine, double slope) {
  layers_.push_back(std::make_unique<Norm>(channels, affine, slope));
  return *this;
}

Sequence& Sequence::flatten() {
  return add(function({LayerKind::flatten}, [](const Tensor& x) { return x.flatten(1); }));
}

Sequence& Sequence::unflatten(std::int64_t channels, std::int64_t height, std::int64_t width) {
  const std::vector<std::int64_t> shape{-1, channels, height, width};
  return add(function({.kind = LayerKind::unflatten, .shape = shape}, [shape](const Tensor& x) {
    return x.view(shape).contiguous(at::MemoryFormat::ChannelsLast);
  }));
}

Sequence& Sequence::sigmoid() {
  return add(function({LayerKind::sigmoid}, [](const Tensor& x) { return at::sigmoid(x); }));
}

Sequence& Sequence::leaky(double slope) {
  return add(function({.kind = LayerKind::leaky, .slope = slope},
                      [slope](const Tensor& x) { return at::leaky_relu(x, slope); }));
}

Sequence& Sequence::tanh() {
  return add(function({LayerKind::tanh}, [](const Tensor& x) { return at::tanh(x); }));
}

Sequence& Sequence::pool() {
  return add(function({LayerKind::pool}, [](const Tensor& x) { return at::max_pool2d(x, 2); }));
}

Sequence& Sequence::upsample() {
  return add(function({LayerKind::upsample}, [](const Tensor& x) {
    return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
  }));
}

std::vector<LayerFacts> Sequence::facts() const {
  std::vector<LayerFacts> all;
  for (const auto& layer : layers_) {
    all.push_back(layer->facts());
  }
  return all;
}

Sequence& Sequence::add(std::unique_ptr<Layer> layer) {
  layers_.push_back(std::move(layer));
  return *this;
}

Tensor Sequence::forward(const Tensor& x) const { return through_layers(x, /*training=*/false); }

Tensor Sequence::train(const Tensor& x) { return through_layers(x, /*training=*/true); }

Tensor Sequence::through_layers(Tensor x, bool training) const {
  for (const auto& layer : layers_) {
    x = layer->forward(x, training);
  }
  return x;
}

std::vector<Tensor> Sequence::parameters() const {
  std::vector<Tensor> all;
  for (const auto& layer : layers_) {
    for (const auto& [name, tensor] : layer->parameters()) {
      all.push_back(tensor);
    }
  }
  return all;
}

NamedTensors Sequence::state(const std::string& prefix) const {
  NamedTensors all;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    for (const auto& part : {layers_[i]->parameters(), layers_[i]->buffers()}) {
      for (const auto& [name, tensor] : part) {
        all.emplace_back(fmt::format("{}{}.{}", prefix, i, name), tensor);
      }
    }
  }
  return all;
}

void Sequence::share_with(const Team& team) {
  for (const auto& layer : layers_) {
    layer->share_with(team);
  }
}

void Sequence::to(const Compute& compute) {
  share_with(compute.team);
  for (auto& [name, tensor] : state()) {
    Tensor converted = compute.place(tensor.detach());
    if (converted.dim() == 4) {
      converted = converted.contiguous(at::MemoryFormat::ChannelsLast);
    }
    tensor.set_data(converted);
  }
}

NamedTensors joined(std::initializer_list<NamedTensors> states) {
  NamedTensors all;
  for (const NamedTensors& state : states) {
    all.insert(all.end(), state.begin(), state.end());
  }
  return all;
}

NamedTensors copy_state(const NamedTensors& state) {
  NamedTensors copy;
  for (const auto& [name, tensor] : state) {
    copy.emplace_back(name, tensor.detach().clone());
  }
  return copy;
}

void restore_state(const NamedTensors& state, const NamedTensors& saved) {
  require(state.size() == saved.size(), "a saved model holds {} tensors, expected {}", saved.size(),
          state.size());
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < state.size(); ++i) {
    require(state[i].first == saved[i].first && state[i].second.sizes() == saved[i].second.sizes(),
            "a saved model holds tensor {}, expected {} of another shape or name", saved[i].first,
            state[i].first);
    state[i].second.detach().copy_(saved[i].second);
  }
}

Tensor uniform_parameter(at::IntArrayRef shape, double bound, std::uint64_t seed,
                         std::uint64_t stream) {
  Tensor values = at::empty(shape, at::kDouble);
  const std::span<double> out(values.mutable_data_ptr<double>(),
                              static_cast<std::size_t>(values.numel()));
  Random(seed, Purpose::weights, stream).fill_uniform(out);
  return ((2 * values - 1) * bound).to(at::kFloat).set_requires_grad(true);
}

}  // namespace cance::nn
