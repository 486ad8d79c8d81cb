#include "nn/fast/mlp.hpp"

#include <ATen/ops/baddbmm.h>
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
struct SavedLayers {
  bool inputs = false, slopes = false;
};

/// How many models tensors (K, B, columns) are of; one: (B, columns).
std::int64_t models_of(const Tensor& rows) { return rows.dim() == 3 ? rows.size(0) : 1; }

/// Calls f(model, first row among those of all models, rows) for every tile.
template <class F>
void for_tiles(const Tensor& x, F f) {
  const std::int64_t rows = x.size(-2);
  for (std::int64_t model = 0; model < models_of(x); ++model) {
    for (std::int64_t first = 0; first < rows; first += kTile) {
      f(model, model * rows + first, std::min(kTile, rows - first));
    }
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
  return matrix.mutable_data_ptr<float>() + index * matrix.size(-1);
}

/// Of a layer's weights.
float* of_model(const Tensor& weight, std::int64_t model) {
  return row(weight, model * weight.size(-2));
}

/// g[i], i < last: slopes of the activation after layer i, which become the gradient there by that
/// after the last layer, g[last]; dx, where it is defined, becomes the gradient of the input. Gives
/// the sums of all g over rows.
Tensors pull_back(at::TensorList weights, const Tensors& g, const Tensor& dx) {
  const std::size_t last = weights.size() - 1;
  Tensors sums;
  std::int64_t widest = 0;
  for (std::size_t i = 0; i < last; ++i) {
    sums.push_back(at::zeros(weights[i].sizes().slice(0, weights[i].dim() - 1), g[i].options()));
    widest = std::max(widest, g[i].size(-1));
  }
  sums.push_back(g[last].sum(-2));
  const Tensor tile = at::empty({kTile, widest}, g[last].options());
  for_tiles(g[last], [&](std::int64_t model, std::int64_t first, std::int64_t count) {
    for (std::size_t i = last + 1; i-- > (dx.defined() ? 0U : 1U);) {
      const std::int64_t width = weights[i].size(-1);
      float* const out = i > 0 ? row(tile, 0) : row(dx, first);
      multiply({.m = count, .n = width, .k = weights[i].size(-2)}, row(g[i], first),
               of_model(weights[i], model), out);
      if (i > 0) {
        kernels::fastest().multiply_and_sum(out, row(g[i - 1], first), row(sums[i - 1], model),
                                            size(count), size(width));
      }
    }
  });
  return sums;
}

/// a^T b, of each model.
Tensor transposed_product(const Tensor& a, const Tensor& b) {
  if (a.dim() == 2) {
    return product(a, true, b, false);
  }
  const std::int64_t rows = a.size(1);
  const Tensor c = at::empty({a.size(0), a.size(2), b.size(2)}, a.options());
  for (std::int64_t model = 0; model < a.size(0); ++model) {
    multiply({.transpose_a = true, .m = a.size(2), .n = b.size(2), .k = rows}, row(a, model * rows),
             row(b, model * rows), of_model(c, model));
  }
  return c;
}

/// g^T x; oneDNN is slow where the result is narrow, so that is made transposed.
Tensor weight_gradient(const Tensor& g, const Tensor& x) {
  return x.size(-1) < g.size(-1) ? transposed_product(x, g).mT().contiguous()
                                 : transposed_product(g, x);
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
Operation fast_mlp(const Tensor& x, const Tensors& weights, const Tensors& biases,
                   SavedLayers saved) {
  const std::size_t last = weights.size() - 1;
  const auto buffer = [&](bool whole, std::int64_t width) {
    std::vector<std::int64_t> sizes = x.sizes().vec();
    if (!whole) {
      sizes = {std::min(kTile, x.size(-2)), 0};
    }
    sizes.back() = width;
    return at::empty(sizes, x.options());
  };
  Tensors transposed;  // a copy costs less than what oneDNN loses on a transposed factor
  Tensors inputs{x};
  Tensors slopes;
  for (std::size_t i = 0; i <= last; ++i) {
    transposed.push_back(weights[i].mT().contiguous());
    if (i < last) {
      inputs.push_back(buffer(saved.inputs, weights[i].size(-2)));
      slopes.push_back(buffer(saved.slopes, weights[i].size(-2)));
    }
  }
  const Tensor y = buffer(/*whole=*/true, weights[last].size(-2));
  for_tiles(x, [&](std::int64_t model, std::int64_t first, std::int64_t count) {
    const float* in = row(x, first);
    for (std::size_t i = 0; i <= last; ++i) {
      float* const v = i < last ? row(slopes[i], saved.slopes ? first : 0) : row(y, first);
      const std::int64_t width = weights[i].size(-2);
      multiply({.m = count, .n = width, .k = weights[i].size(-1)}, in,
               of_model(transposed[i], model), v);
      if (i < last) {
        float* const out = row(inputs[i + 1], saved.inputs ? first : 0);
        kernels::fastest().bias_silu(v, row(biases[i], model), out, v, size(count), size(width));
        in = out;
      }
    }
  });
  Operation operation{{y.add_(biases[last].unsqueeze(-2))}, {}, {}};
  if (saved.slopes) {
    operation.saved = joined({weights, inputs, slopes});
    operation.backward = [layers = weights.size()](const BackwardCall& call) {
      return gradients_of(call, layers);
    };
  }
  return operation;
}

/// Torch's operators.
Tensor chain(Tensor h, const Tensors& weights, const Tensors& biases) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    h = weights[i].dim() == 2 ? at::linear(h, weights[i], biases[i])
                              : at::baddbmm(biases[i].unsqueeze(1), h, weights[i].mT());
    h = i + 1 < weights.size() ? at::silu(h) : h;
  }
  return h;
}

}  // namespace

Tensor mlp(const Tensor& x, const Tensors& weights, const Tensors& biases) {
  if (!can_multiply() || !is_cpu_float(x)) {
    return chain(x, weights, biases);
  }
  const bool tracks = at::GradMode::is_enabled();
  const bool weights_learn = tracks && weights[0].requires_grad();
  const SavedLayers saved{weights_learn, weights_learn || (tracks && x.requires_grad())};
  const Tensor rows = x.contiguous();
  return differentiable(joined({{rows}, weights, biases}),
                        [&] { return fast_mlp(rows, weights, biases, saved); })[0];
}

}  // namespace cance::nn
