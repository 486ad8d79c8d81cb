#include "nn/linear.hpp"

#include <dlfcn.h>
#include <dnnl.h>

#include "nn/kernels.hpp"

namespace cance::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// oneDNN's matrix product, or null where the library is absent. libtorch carries a oneDNN of
/// another version inside and shows some of its symbols, so ours is loaded apart: linked in, each
/// would bind to parts of the other. Sanitizers end the program when a library is loaded apart.
decltype(&dnnl_sgemm) load_sgemm() {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  return nullptr;
#endif
  for (const char* library : {"libdnnl.so.3", "libdnnl.so.2"}) {
    if (void* const handle = dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND)) {
      return reinterpret_cast<decltype(&dnnl_sgemm)>(dlsym(handle, "dnnl_sgemm"));
    }
  }
  return nullptr;
}

bool fast(const Tensor& t) { return t.is_cpu() && t.scalar_type() == torch::kFloat32; }

/// The dense layer with or without SiLU; saves the slope of the activation so that the backward
/// pass is one product.
class DenseFunction : public torch::autograd::Function<DenseFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        const Tensor& bias, bool activate) {
    // A transposed copy of the weight costs less than what oneDNN loses on a transposed right-hand
    // side.
    Tensor y = product(x, false, weight.t().contiguous(), false);
    Tensor slope;
    if (!activate) {
      y.add_(bias);
    } else if (fast(y)) {
      slope = y;
      y = torch::empty_like(slope);
      kernels::bias_silu(slope.const_data_ptr<float>(), bias.const_data_ptr<float>(),
                         y.mutable_data_ptr<float>(), slope.mutable_data_ptr<float>(),
                         static_cast<std::size_t>(y.size(0)), static_cast<std::size_t>(y.size(1)));
    } else {
      const Tensor v = y.add_(bias);
      const Tensor s = torch::sigmoid(v);
      slope = s * (1 + v * (1 - s));
      y = v * s;
    }
    context->save_for_backward({x, weight, slope});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& x = saved[0];
    const Tensor& weight = saved[1];
    Tensor slope = saved[2];  // used up: a graph is walked once
    const Tensor g = slope.defined() ? slope.mul_(gradients[0]) : gradients[0].contiguous();
    Tensor dx;
    Tensor dweight;
    Tensor dbias;
    if (context->needs_input_grad(0)) {
      dx = product(g, false, weight, false);
    }
    if (context->needs_input_grad(1)) {
      dweight = product(g, true, x, false);
    }
    if (context->needs_input_grad(2)) {
      dbias = g.sum(0);
    }
    return {dx, dweight, dbias, Tensor()};
  }
};

}  // namespace

Tensor product(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b) {
  static const auto sgemm = load_sgemm();
  if (sgemm != nullptr && fast(a) && a.is_contiguous() && b.is_contiguous() && a.numel() > 0 &&
      b.numel() > 0) {
    const std::int64_t m = a.size(transpose_a ? 1 : 0);
    const std::int64_t k = a.size(transpose_a ? 0 : 1);
    const std::int64_t n = b.size(transpose_b ? 0 : 1);
    Tensor c = torch::empty({m, n}, a.options());
    const auto status = sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, 1.0F,
                              a.const_data_ptr<float>(), a.size(1), b.const_data_ptr<float>(),
                              b.size(1), 0.0F, c.mutable_data_ptr<float>(), n);
    if (status == dnnl_success) {
      return c;
    }
  }
  return torch::mm(transpose_a ? a.t() : a, transpose_b ? b.t() : b);
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return DenseFunction::apply(x, weight, bias, /*activate=*/false);
}

Tensor linear_silu(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return DenseFunction::apply(x, weight, bias, /*activate=*/true);
}

}  // namespace cance::nn
