#include "nn/sequence.hpp"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/random.hpp"
#include "nn/batch_norm.hpp"
#include "nn/convert.hpp"
#include "nn/fast/dense.hpp"
#include "nn/fast/patch_conv.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

constexpr double kNoBudget = std::numeric_limits<double>::infinity();
thread_local double budget = kNoBudget;   // elements that may still be made
constexpr std::int64_t kStackedConv = 5;  // (K, out, in, h, w)

Tensor through(const std::vector<Layer>& layers, Tensor x, bool training);

Tensor through(const Layer& layer, const Tensor& x, bool training) {
  const auto tensor = [&layer](std::size_t i) {
    return i < layer.tensors.size() ? layer.tensors[i].second : Tensor();
  };
  const Tensor weight = tensor(0), bias = tensor(1);  // of layers that have them
  const std::int64_t stride = layer.stride, padding = layer.padding;
  const auto of_all = [](const Tensor& t) { return t.defined() ? t.flatten(0, 1) : t; };
  const bool stacked = weight.defined() && weight.dim() == kStackedConv;
  switch (layer.kind) {
    case LayerKind::conv:
      if (stacked) {
        return at::conv2d(x, of_all(weight), of_all(bias), stride, padding, /*dilation=*/1,
                          /*groups=*/weight.size(0));
      }
      return patches_pay(x, weight, stride) ? patch_conv(x, weight, bias, stride, padding)
                                            : at::conv2d(x, weight, bias, stride, padding);
    case LayerKind::conv_transpose:
      if (stacked) {
        return at::conv_transpose2d(x, of_all(weight), of_all(bias), stride, padding, layer.extra,
                                    /*groups=*/weight.size(0));
      }
      return patches_pay(x, weight, stride)
                 ? patch_conv_transpose(x, weight, bias, stride, padding, layer.extra)
                 : at::conv_transpose2d(x, weight, bias, stride, padding, layer.extra);
    case LayerKind::dense:
      return weight.dim() == 2 ? dense(x, weight, bias) : dense_of_each(x, weight, bias);
    case LayerKind::norm:
      return layer.norm->forward(x, training);
    case LayerKind::residual:
      return at::leaky_relu(through(layer.body, x, training) + through(layer.shortcut, x, training),
                            layer.slope);
    case LayerKind::flatten:
      return x.flatten(1);
    case LayerKind::unflatten:
      return x.view(sizes_of(-1, layer.shape)).contiguous(at::MemoryFormat::ChannelsLast);
    case LayerKind::sigmoid:
      return at::sigmoid(x);
    case LayerKind::leaky:
      return at::leaky_relu(x, layer.slope);
    case LayerKind::tanh:
      return at::tanh(x);
    case LayerKind::pool:
      return at::max_pool2d(x, 2);
    case LayerKind::upsample:
      return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
  }
  fail("unknown layer");
}

Tensor through(const std::vector<Layer>& layers, Tensor x, bool training) {
  for (const Layer& layer : layers) {
    x = through(layer, x, training);
  }
  return x;
}

void share_layers(const std::vector<Layer>& layers, const Team& team) {
  for (const Layer& layer : layers) {
    if (layer.norm) {
      layer.norm->share_with(team);
    }
    share_layers(layer.body, team);
    share_layers(layer.shortcut, team);
  }
}

}  // namespace

Sequence::Sequence(const Sequence& model, const NamedTensors& stacked)
    : seed_(model.seed_), layers_(model.layers_) {
  auto next = stacked.begin();
  const auto models = static_cast<std::size_t>(next->second.size(0));
  for (Layer& layer : layers_) {
    require(layer.kind != LayerKind::residual, "residual layers cannot be stacked");
    for (auto& [name, tensor] : layer.tensors) {
      tensor = (next++)->second;
    }
    if (layer.kind == LayerKind::unflatten) {
      layer.shape[0] *= models;
    }
    if (layer.norm) {
      layer.norm = std::make_shared<BatchNormLeaky>(*layer.norm);
      const std::size_t affine = layer.tensors.size() - 2;
      layer.norm->weight = affine > 0 ? layer.tensors[0].second : Tensor();
      layer.norm->bias = affine > 0 ? layer.tensors[1].second : Tensor();
      layer.norm->running_mean = layer.tensors[affine].second;
      layer.norm->running_variance = layer.tensors[affine + 1].second;
    }
  }
}

Sequence& Sequence::add(Layer layer) {
  layers_.push_back(std::move(layer));
  return *this;
}

NamedTensors Sequence::weights(at::IntArrayRef shape, std::int64_t outputs, bool bias) const {
  const auto fan_in = static_cast<double>(c10::multiply_integers(shape.slice(1)));
  const double bound = 1.0 / std::sqrt(fan_in);
  const std::uint64_t stream = 2 * layers_.size();
  NamedTensors all{{"weight", uniform_parameter(shape, bound, seed_, stream)}};
  if (bias) {
    all.emplace_back("bias", uniform_parameter({outputs}, bound, seed_, stream + 1));
  }
  return all;
}

Sequence& Sequence::conv(std::int64_t in, std::int64_t out, std::int64_t kernel,
                         std::int64_t stride, std::int64_t padding, bool bias) {
  return add({.kind = LayerKind::conv,
              .tensors = weights({out, in, kernel, kernel}, out, bias),
              .stride = stride,
              .padding = padding});
}

Sequence& Sequence::conv_transpose(std::int64_t in, std::int64_t out, std::int64_t kernel,
                                   std::int64_t stride, std::int64_t padding, bool bias,
                                   std::int64_t extra) {
  return add({.kind = LayerKind::conv_transpose,
              .tensors = weights({in, out, kernel, kernel}, out, bias),
              .stride = stride,
              .padding = padding,
              .extra = extra});
}

Sequence& Sequence::dense(std::int64_t in, std::int64_t out, bool bias) {
  return add({.kind = LayerKind::dense, .tensors = weights({out, in}, out, bias)});
}

Sequence& Sequence::norm(std::int64_t channels, bool affine, double slope) {
  const auto norm = std::make_shared<BatchNormLeaky>(channels, affine, slope);
  NamedTensors tensors{{"running_mean", norm->running_mean},
                       {"running_variance", norm->running_variance}};
  if (affine) {
    tensors.insert(tensors.begin(), {{"weight", norm->weight}, {"bias", norm->bias}});
  }
  return add({.kind = LayerKind::norm, .tensors = tensors, .slope = slope, .norm = norm});
}

Sequence& Sequence::residual(const Sequence& body, const Sequence& shortcut, double slope) {
  NamedTensors tensors = joined({body.state("body."), shortcut.state("shortcut.")});
  std::ranges::stable_partition(tensors, [](const auto& t) { return t.second.requires_grad(); });
  return add({.kind = LayerKind::residual,
              .tensors = tensors,
              .slope = slope,
              .body = body.layers_,
              .shortcut = shortcut.layers_});
}

Sequence& Sequence::flatten() { return add({LayerKind::flatten}); }
Sequence& Sequence::sigmoid() { return add({LayerKind::sigmoid}); }
Sequence& Sequence::tanh() { return add({LayerKind::tanh}); }
Sequence& Sequence::pool() { return add({LayerKind::pool}); }
Sequence& Sequence::upsample() { return add({LayerKind::upsample}); }
Sequence& Sequence::leaky(double slope) { return add({.kind = LayerKind::leaky, .slope = slope}); }
Sequence& Sequence::unflatten(std::int64_t channels, std::int64_t height, std::int64_t width) {
  return add({.kind = LayerKind::unflatten, .shape = shape_of({channels, height, width})});
}

Tensor Sequence::forward(const Tensor& x) const { return through(layers_, x, /*training=*/false); }

Tensor Sequence::train(const Tensor& x) { return through(layers_, x, /*training=*/true); }

NamedTensors Sequence::state(const std::string& prefix) const {
  NamedTensors all;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    for (const auto& [name, tensor] : layers_[i].tensors) {
      all.emplace_back(fmt::format("{}{}.{}", prefix, i, name), tensor);
    }
  }
  return all;
}

void Sequence::share_with(const Team& team) { share_layers(layers_, team); }

void Sequence::to(const Compute& compute) {
  share_with(compute.team);
  for (auto& [name, tensor] : state()) {
    Tensor converted = compute.to_device(tensor.detach());
    if (converted.dim() == 4) {
      converted = converted.contiguous(at::MemoryFormat::ChannelsLast);
    }
    tensor.set_data(converted);
  }
}

std::vector<Tensor> leaves(const NamedTensors& state) {
  std::vector<Tensor> all;
  for (const auto& [name, tensor] : state) {
    if (tensor.requires_grad()) {
      all.push_back(tensor);
    }
  }
  return all;
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

ParameterBudget::ParameterBudget(std::size_t elements) { budget = static_cast<double>(elements); }
ParameterBudget::~ParameterBudget() { budget = kNoBudget; }

Tensor uniform_parameter(at::IntArrayRef shape, double bound, std::uint64_t seed,
                         std::uint64_t stream) {
  double elements = 1;
  for (const std::int64_t extent : shape) {
    elements *= static_cast<double>(extent);
  }
  budget -= elements;
  require(budget >= 0, "its settings describe larger networks than its tensors are of");
  Tensor values = at::empty(shape, at::kDouble);
  const std::span<double> out(values.mutable_data_ptr<double>(),
                              static_cast<std::size_t>(values.numel()));
  Random(seed, Purpose::weights, stream).fill_uniform(out);
  return ((2 * values - 1) * bound).to(at::kFloat).set_requires_grad(true);
}

Tensor uniform_parameter(at::IntArrayRef shape, double bound, std::uint64_t seed,
                         std::uint64_t stream, const Compute& compute) {
  return compute.to_device(uniform_parameter(shape, bound, seed, stream).detach())
      .set_requires_grad(true);
}

}  // namespace cance::nn
