#include "nn/mlp.hpp"

#include <algorithm>

#include "nn/kernels.hpp"
#include "nn/product.hpp"

namespace cance::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kTile = 128;  // rows; with layers of 256 a tile is a fifth of the L2 cache

/// What the forward pass keeps of all rows for the backward pass; of the rest one tile is enough.
struct Keep {
  bool inputs = false, slopes = false;
};

/// Calls f(first row, rows) for every tile.
template <class F>
void for_tiles(std::int64_t rows, F f) {
  for (std::int64_t first = 0; first < rows; first += kTile) {
    f(first, std::min(kTile, rows - first));
  }
}

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

float* row(const Tensor& matrix, std::int64_t index) {
  return matrix.mutable_data_ptr<float>() + index * matrix.size(1);
}

/// g[i], i < last: slopes of the activation after layer i, which become the gradient there by that
/// after the last layer, g[last]; dx, where it is defined, becomes the gradient of the input. Gives
/// the sums of all g over rows.
variable_list pull_back(torch::TensorList weights, const variable_list& g, const Tensor& dx) {
  const std::size_t last = weights.size() - 1;
  const std::int64_t rows = g[last].size(0);
  variable_list sums;
  std::int64_t widest = 0;
  for (std::size_t i = 0; i < last; ++i) {
    sums.push_back(torch::zeros({g[i].size(1)}, g[i].options()));
    widest = std::max(widest, g[i].size(1));
  }
  sums.push_back(g[last].sum(0));
  const Tensor tile = torch::empty({kTile, widest}, g[last].options());
  for_tiles(rows, [&](std::int64_t first, std::int64_t count) {
    for (std::size_t i = last + 1; i-- > (dx.defined() ? 0U : 1U);) {
      const std::int64_t width = weights[i].size(1);
      float* const out = i > 0 ? row(tile, 0) : row(dx, first);
      multiply({.m = count, .n = width, .k = weights[i].size(0)}, row(g[i], first),
               weights[i].const_data_ptr<float>(), out);
      if (i > 0) {
        kernels::multiply_and_sum(out, row(g[i - 1], first), sums[i - 1].mutable_data_ptr<float>(),
                                  size(count), size(width));
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

/// inputs[i] is what layer i takes. slopes[i] is the slope of the activation after layer i, which
/// the backward pass turns into the gradient at that place.
class MlpFunction : public torch::autograd::Function<MlpFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, torch::TensorList weights,
                        torch::TensorList biases, Keep keep) {
    const std::int64_t rows = x.size(0);
    const std::size_t last = weights.size() - 1;
    const auto buffer = [&](bool whole, std::int64_t width) {
      return torch::empty({whole ? rows : std::min(kTile, rows), width}, x.options());
    };
    variable_list transposed;  // a copy costs less than what oneDNN loses on a transposed factor
    variable_list inputs{x};
    variable_list slopes;
    for (std::size_t i = 0; i <= last; ++i) {
      transposed.push_back(weights[i].t().contiguous());
      if (i < last) {
        inputs.push_back(buffer(keep.inputs, weights[i].size(0)));
        slopes.push_back(buffer(keep.slopes, weights[i].size(0)));
      }
    }
    const Tensor y = buffer(/*whole=*/true, weights[last].size(0));
    for_tiles(rows, [&](std::int64_t first, std::int64_t count) {
      const float* in = row(x, first);
      for (std::size_t i = 0; i <= last; ++i) {
        float* const v = i < last ? row(slopes[i], keep.slopes ? first : 0) : row(y, first);
        const std::int64_t width = weights[i].size(0);
        multiply({.m = count, .n = width, .k = weights[i].size(1)}, in,
                 transposed[i].const_data_ptr<float>(), v);
        if (i < last) {
          float* const out = row(inputs[i + 1], keep.inputs ? first : 0);
          kernels::bias_silu(v, biases[i].const_data_ptr<float>(), out, v, size(count),
                             size(width));
          in = out;
        }
      }
    });
    if (keep.slopes) {
      context->saved_data["layers"] = static_cast<std::int64_t>(weights.size());
      variable_list saved = weights.vec();
      saved.insert(saved.end(), inputs.begin(), inputs.end());
      saved.insert(saved.end(), slopes.begin(), slopes.end());
      context->save_for_backward(std::move(saved));
    }
    return y.add_(biases[last]);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto layers = size(context->saved_data["layers"].toInt());
    const auto saved = context->get_saved_variables();
    const torch::TensorList all(saved);
    const auto weights = all.slice(0, layers);
    const auto inputs = all.slice(layers, layers);
    variable_list g = all.slice(2 * layers).vec();  // the slopes, used up: a graph is walked once
    g.push_back(gradients[0].contiguous());
    variable_list result(2 * layers + 2);  // of x, weights, biases, keep
    if (context->needs_input_grad(0)) {
      result[0] = torch::empty_like(inputs[0]);
    }
    const auto bias_gradients = pull_back(weights, g, result[0]);
    for (std::size_t i = 0; i < layers && context->needs_input_grad(1); ++i) {
      result[1 + i] = weight_gradient(g[i], inputs[i]);
      result[1 + layers + i] = bias_gradients[i];
    }
    return result;
  }
};

/// Torch's operators.
Tensor chain(Tensor h, const std::vector<Tensor>& weights, const std::vector<Tensor>& biases) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    h = torch::linear(h, weights[i], biases[i]);
    h = i + 1 < weights.size() ? torch::silu(h) : h;
  }
  return h;
}

}  // namespace

Tensor mlp(const Tensor& x, const std::vector<Tensor>& weights, const std::vector<Tensor>& biases) {
  if (!can_multiply() || !is_cpu_float(x)) {
    return chain(x, weights, biases);
  }
  const bool tracks = torch::GradMode::is_enabled();
  const bool weights_learn = tracks && weights[0].requires_grad();
  return MlpFunction::apply(x.contiguous(), torch::TensorList(weights), torch::TensorList(biases),
                            Keep{weights_learn, weights_learn || (tracks && x.requires_grad())});
}

}  // namespace cance::nn
