#include "nn/batch_norm.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/kernels.hpp"

namespace cance::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// (B, C, H, W) or (B, C) in channels-last memory seen as a (rows, C) matrix.
struct Rows {
  explicit Rows(const Tensor& t)
      : cols(static_cast<std::size_t>(t.size(1))),
        rows(static_cast<std::size_t>(t.numel()) / cols) {}
  std::size_t cols;
  std::size_t rows;
};

Tensor channels_last(const Tensor& t) {
  return t.contiguous(t.dim() == 4 ? torch::MemoryFormat::ChannelsLast
                                   : torch::MemoryFormat::Contiguous);
}

std::vector<float> floats(const Tensor& t) {
  const Tensor f = t.to(torch::kFloat32).contiguous();
  return {f.const_data_ptr<float>(), f.const_data_ptr<float>() + f.numel()};
}

Tensor column_tensor(const std::vector<double>& values, const Tensor& like) {
  return torch::tensor(values, torch::kFloat64).to(like.scalar_type());
}

/// Float32 on the CPU; mean and biased variance come back for the running statistics.
class FusedFunction : public torch::autograd::Function<FusedFunction> {
 public:
  static variable_list forward(AutogradContext* context, const Tensor& input, const Tensor& weight,
                               const Tensor& bias, double slope) {
    const Tensor x = channels_last(input);
    const Rows size(x);
    const float* const data = x.const_data_ptr<float>();
    const std::vector<float> shift(data, data + size.cols);
    std::vector<double> sum(size.cols);
    std::vector<double> square(size.cols);
    kernels::column_sums(data, shift.data(), sum.data(), square.data(), size.rows, size.cols);

    const auto count = static_cast<double>(size.rows);
    const std::vector<float> gain = floats(weight);
    const std::vector<float> base = floats(bias);
    std::vector<double> mean(size.cols);
    std::vector<double> variance(size.cols);
    std::vector<float> scale(size.cols);
    std::vector<float> offset(size.cols);
    for (std::size_t c = 0; c < size.cols; ++c) {
      const double from_shift = sum[c] / count;
      mean[c] = static_cast<double>(shift[c]) + from_shift;
      variance[c] = std::max(0.0, square[c] / count - from_shift * from_shift);
      const double s = static_cast<double>(gain[c]) / std::sqrt(variance[c] + kBatchNormEpsilon);
      scale[c] = static_cast<float>(s);
      offset[c] = static_cast<float>(static_cast<double>(base[c]) - s * mean[c]);
    }
    Tensor y = torch::empty_like(x);
    kernels::scale_leaky(data, scale.data(), offset.data(), static_cast<float>(slope),
                         y.mutable_data_ptr<float>(), size.rows, size.cols);
    const Tensor mean_tensor = column_tensor(mean, x);
    const Tensor variance_tensor = column_tensor(variance, x);
    context->save_for_backward({x, y, weight, mean_tensor, variance_tensor});
    context->saved_data["slope"] = slope;
    context->mark_non_differentiable({mean_tensor, variance_tensor});
    return {y, mean_tensor, variance_tensor};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& x = saved[0];
    const Tensor& y = saved[1];
    const Tensor& weight = saved[2];
    const auto slope = static_cast<float>(context->saved_data["slope"].toDouble());
    const Tensor gradient = channels_last(gradients[0]);
    const Rows size(x);
    const std::vector<float> mean = floats(saved[3]);
    const std::vector<float> variance = floats(saved[4]);
    const float* const g = gradient.const_data_ptr<float>();
    std::vector<double> sum_g(size.cols);
    std::vector<double> sum_gx(size.cols);
    kernels::leaky_backward_sums(g, y.const_data_ptr<float>(), x.const_data_ptr<float>(),
                                 mean.data(), slope, sum_g.data(), sum_gx.data(), size.rows,
                                 size.cols);
    const auto count = static_cast<double>(size.rows);
    const std::vector<float> gain = floats(weight);
    std::vector<float> scale(size.cols);
    std::vector<float> slope_x(size.cols);
    std::vector<float> offset(size.cols);
    for (std::size_t c = 0; c < size.cols; ++c) {
      const double inverse = 1.0 / std::sqrt(static_cast<double>(variance[c]) + kBatchNormEpsilon);
      const double s = static_cast<double>(gain[c]) * inverse;
      scale[c] = static_cast<float>(s);
      slope_x[c] = static_cast<float>(-s * inverse * inverse * sum_gx[c] / count);
      offset[c] = static_cast<float>(-s * sum_g[c] / count);
      sum_gx[c] *= inverse;
    }
    Tensor dx = torch::empty_like(x);
    kernels::leaky_backward(g, y.const_data_ptr<float>(), x.const_data_ptr<float>(), mean.data(),
                            slope, scale.data(), slope_x.data(), offset.data(),
                            dx.mutable_data_ptr<float>(), size.rows, size.cols);
    if (!context->needs_input_grad(1)) {
      return {dx, Tensor(), Tensor(), Tensor()};
    }
    return {dx, column_tensor(sum_gx, x), column_tensor(sum_g, x), Tensor()};
  }
};

}  // namespace

BatchNormLeaky::BatchNormLeaky(std::int64_t channels, bool affine, double slope)
    : running_mean(torch::zeros({channels})),
      running_variance(torch::ones({channels})),
      slope_(slope) {
  if (affine) {
    weight = torch::ones({channels}).set_requires_grad(true);
    bias = torch::zeros({channels}).set_requires_grad(true);
  }
}

Tensor BatchNormLeaky::forward(const Tensor& x, bool training) {
  if (training && x.is_cpu() && x.scalar_type() == torch::kFloat32) {
    const bool affine = weight.defined();
    const auto results = FusedFunction::apply(x, affine ? weight : torch::ones({x.size(1)}),
                                              affine ? bias : torch::zeros({x.size(1)}), slope_);
    const auto count = static_cast<double>(x.numel() / x.size(1));
    const torch::NoGradGuard no_grad;
    running_mean.lerp_(results[1], kBatchNormMomentum);
    running_variance.lerp_(results[2] * (count / std::max(1.0, count - 1)), kBatchNormMomentum);
    return results[0];
  }
  const Tensor y = torch::batch_norm(x, weight, bias, running_mean, running_variance, training,
                                     kBatchNormMomentum, kBatchNormEpsilon, /*cudnn_enabled=*/true);
  return slope_ == 1.0 ? y : torch::leaky_relu(y, slope_);
}

}  // namespace cance::nn
