#include "nn/gate.hpp"

#include "base/cast.hpp"
#include "nn/kernels.hpp"
#include "nn/product.hpp"

namespace cance::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class GateFunction : public torch::autograd::Function<GateFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& input) {
    const Tensor x = channels_last(input);
    const std::int64_t channels = x.size(1) / 2;
    Tensor y = empty_images({x.size(0), channels, x.size(2), x.size(3)}, x);
    Tensor parts = torch::empty_like(x);
    kernels::gate(x.const_data_ptr<float>(), y.mutable_data_ptr<float>(),
                  parts.mutable_data_ptr<float>(), to<std::size_t>(y.numel() / channels),
                  to<std::size_t>(channels));
    context->save_for_backward({parts});
    return y;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Tensor parts = context->get_saved_variables()[0];
    const Tensor g = channels_last(gradients[0]);
    Tensor dx = torch::empty_like(parts);
    kernels::gate_backward(g.const_data_ptr<float>(), parts.const_data_ptr<float>(),
                           dx.mutable_data_ptr<float>(), to<std::size_t>(g.numel() / g.size(1)),
                           to<std::size_t>(g.size(1)));
    return {dx};
  }
};

}  // namespace

Tensor gate(const Tensor& x) {
  if (is_cpu_float(x) && x.numel() > 0) {
    return GateFunction::apply(x);
  }
  const auto halves = x.chunk(2, 1);
  return torch::tanh(halves[0]) * torch::sigmoid(halves[1]);
}

}  // namespace cance::nn
