#include "nn/fast/mlp.hpp"

#include <ATen/ops/linear.h>
#include <ATen/ops/silu.h>

#include <algorithm>

#include "nn/differentiable.hpp"
#include "nn/fast/kernels.hpp"
#include "nn/fast/product.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

constexpr std::int64_t kTile = 128;  // rows; with layers of 256 a tile is a fifth of the L2 cache

/// What the forward pass saves of all rows for the backward pass; of the rest one tile is enough.
struct Saved {
  bool inputs = false, slopes = false;
};

/// Calls f(first row, rows) for every tile.
template <class F>
void for_tiles(std::int64_t rows, F f) {
  for (std::int64_t first = 0; first < rows; first += kTile) {
    f(first, std::min(kTile, rows - first));
  }
}

Tensors joined(std::initializer_list<Tensors> lists) {
  Tensors all;
  for (const Tensors& list : lists) {
    all.insert(all.end(), list.begin(), list.end());
  }
  return all;
}

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

float* row(const Tensor& matrix, std::int64_t index) {
  return matrix.mutable_data_ptr<float>() + index * matrix.size(1);
}

/// g[i], i < last: slopes of the activation after layer i, which become the gradient there by that
/// after the last layer, g[last]; dx, where it is defined, becomes the gradient of the input. Gives
/// the sums of all g over rows.
Tensors pull_back(at::TensorList weights, const Tensors& g, const Tensor& dx) {
  const std::size_t last = weights.size() - 1;
  const std::int64_t rows = g[last].size(0);
  Tensors sums;
  std::int64_t widest = 0;
  for (std::size_t i = 0; i < last; ++i) {
    sums.push_back(at::zeros({g[i].size(1)}, g[i].options()));
    widest = std::max(widest, g[i].size(1));
  }
  sums.push_back(g[last].sum(0));
  const Tensor tile = at::empty({kTile, widest}, g[last].options());
  for_tiles(rows, [&](std::int64_t first, std::int64_t count) {
    for (std::size_t i = last + 1; i-- > (dx.defined() ? 0U : 1U);) {
      const std::int64_t width = weights[i].size(1);
      float* const out = i > 0 ? row(tile, 0) : row(dx, first);
      multiply({.m = count, .n = width, .k = weights[i].size(0)}, row(g[i], first),
               weights[i].const_data_ptr<float>(), out);
      if (i > 0) {
        kernels::fastest().multiply_and_sum(out, row(g[i - 1], first),
                                            sums[i - 1].mutable_data_ptr<float>(), size(count),
                                            size(width));
      }
    }
  });
  return sums;
}

/// g^T x; oneDNN is slow where the result is narrow, so that is made transposed.
Tensor weight_gradient(const Tensor& g, const Tensor& x) {
  return x.size(1) < g.size(1) ? product(x, true, g, false).t().contiguous()
                               : product(g, true, x, false);
}

/// saved: weights, inputs of the layers, slopes of the activations behind all but the last.
Tensors gradients_of(const BackwardCall& call, std::size_t layers) {
  const at::TensorList all(call.saved);
  const auto weights = all.slice(0, layers);
  const auto inputs = all.slice(layers, layers);
  Tensors g = all.slice(2 * layers).vec();  // the slopes, used up: a graph is walked once
  g.push_back(call.gradient.contiguous());
  Tensors result(2 * layers + 1);  // of x, weights, biases
  if (call.needs[0]) {
    result[0] = at::empty_like(inputs[0]);
  }
  const auto bias_gradients = pull_back(weights, g, result[0]);
  for (std::size_t i = 0; i < layers && call.needs[1]; ++i) {
    result[1 + i] = weight_gradient(g[i], inputs[i]);
    result[1 + layers + i] = bias_gradients[i];
  }
  return result;
}

/// inputs[i] is what layer i takes. slopes[i] is the slope of the activation after layer i, which
/// the backward pass turns into the gradient at that place.
Operation fast_mlp(const Tensor& x, const Tensors& weights, const Tensors& biases, Saved saved) {
  const std::int64_t rows = x.size(0);
  const std::size_t last = weights.size() - 1;
  const auto buffer = [&](bool whole, std::int64_t width) {
    return at::empty({whole ? rows : std::min(kTile, rows), width}, x.options());
  };
  Tensors transposed;  // a copy costs less than what oneDNN loses on a transposed factor
  Tensors inputs{x};
  Tensors slopes;
  for (std::size_t i = 0; i <= last; ++i) {
    transposed.push_back(weights[i].t().contiguous());
    if (i < last) {
      inputs.push_back(buffer(saved.inputs, weights[i].size(0)));
      slopes.push_back(buffer(saved.slopes, weights[i].size(0)));
    }
  }
  const Tensor y = buffer(/*whole=*/true, weights[last].size(0));
  for_tiles(rows, [&](std::int64_t first, std::int64_t count) {
    const float* in = row(x, first);
    for (std::size_t i = 0; i <= last; ++i) {
      float* const v = i < last ? row(slopes[i], saved.slopes ? first : 0) : row(y, first);
      const std::int64_t width = weights[i].size(0);
      multiply({.m = count, .n = width, .k = weights[i].size(1)}, in,
               transposed[i].const_data_ptr<float>(), v);
      if (i < last) {
        float* const out = row(inputs[i + 1], saved.inputs ? first : 0);
        kernels::fastest().bias_silu(v, biases[i].const_data_ptr<float>(), out, v, size(count),
                                     size(width));
        in = out;
      }
    }
  });
  Operation operation{{y.add_(biases[last])}, {}, {}};
  if (saved.slopes) {
    operation.saved = joined({weights, inputs, slopes});
    operation.backward = [layers = weights.size()](const BackwardCall& call) {
      return gradients_of(call, layers);
    };
  }
  return operation;
}

/// Torch's operators.
Tensor chain(Tensor h, const std::vector<Tensor>& weights, const std::vector<Tensor>& biases) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    h = at::linear(h, weights[i], biases[i]);
    h = i + 1 < weights.size() ? at::silu(h) : h;
  }
  return h;
}

}  // namespace

Tensor mlp(const Tensor& x, const std::vector<Tensor>& weights, const std::vector<Tensor>& biases) {
  if (!can_multiply() || !is_cpu_float(x)) {
    return chain(x, weights, biases);
  }
  const bool tracks = at::GradMode::is_enabled();
  const bool weights_learn = tracks && weights[0].requires_grad();
  const Saved saved{weights_learn, weights_learn || (tracks && x.requires_grad())};
  const Tensor rows = x.contiguous();
  return differentiable(joined({{rows}, weights, biases}),
                        [&] { return fast_mlp(rows, weights, biases, saved); })[0];
}

}  // namespace cance::nn
