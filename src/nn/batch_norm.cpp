#include "nn/batch_norm.hpp"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/rsqrt.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/differentiable.hpp"
#include "nn/fast/kernels.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

using Columns = std::vector<double>;  // one number a channel

/// Float32 on the CPU takes our kernels, everything else torch's operators.
bool fast(const Tensor& t) { return t.is_cpu() && t.scalar_type() == at::kFloat; }

Tensor channels_last(const Tensor& t) {
  return t.contiguous(t.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
}

/// Rows of (B, C, H, W) or (B, C) in channels-last memory seen as a (rows, C) matrix.
std::size_t row_count(const Tensor& t) { return static_cast<std::size_t>(t.numel() / t.size(1)); }

Columns columns_of(const Tensor& t) {
  const Tensor d = t.detach().to(at::kCPU, at::kDouble).contiguous();
  return {d.const_data_ptr<double>(), d.const_data_ptr<double>() + d.numel()};
}
std::vector<float> floats(const Columns& values) { return {values.begin(), values.end()}; }
Tensor tensor_of(const Columns& values, const Tensor& like) {
  return at::tensor(values, at::kDouble).to(like.options());
}
/// Sums over the rows of two quantities, and the number of rows; over the whole team after `share`.
struct Sums {
  Sums(std::size_t channels, std::size_t rows) : first(channels), second(channels) {
    count = static_cast<double>(rows);
  }
  void share(const Team& team) {
    if (team.alone()) {
      return;
    }
    Columns all{count};
    all.insert(all.end(), first.begin(), first.end());
    all.insert(all.end(), second.begin(), second.end());
    team.sum(all);
    count = all[0];
    std::copy_n(all.begin() + 1, first.size(), first.begin());
    std::copy_n(all.begin() + 1 + static_cast<std::ptrdiff_t>(first.size()), second.size(),
                second.begin());
  }
  Columns first, second;
  double count;
};

/// Of x - shift and its square.
Sums forward_sums(const Tensor& x, const Columns& shift) {
  Sums sums(shift.size(), row_count(x));
  if (row_count(x) == 0) {
    return sums;
  }
  // Float32 keeps its digits near a row of these data; float64 then moves to the common shift.
  const float* const data = x.const_data_ptr<float>();
  const std::vector<float> near(data, data + shift.size());
  kernels::fastest().column_sums(data, near.data(), sums.first.data(), sums.second.data(),
                                 row_count(x), shift.size());
  for (std::size_t c = 0; c < shift.size(); ++c) {
    const double move = static_cast<double>(near[c]) - shift[c];
    sums.second[c] += move * (2 * sums.first[c] + sums.count * move);
    sums.first[c] += sums.count * move;
  }
  return sums;
}

Tensor scale_leaky(const Tensor& x, const Columns& scale, const Columns& offset, double slope) {
  Tensor y = at::empty_like(x);
  kernels::fastest().scale_leaky(x.const_data_ptr<float>(), floats(scale).data(),
                                 floats(offset).data(), static_cast<float>(slope),
                                 y.mutable_data_ptr<float>(), row_count(x), scale.size());
  return y;
}

/// What the backward pass reads.
struct Saved {
  Tensor x, y, gradient;
  Columns mean;
  double slope;
};

/// Of the gradient g behind the leaky ReLU and g (x - mean).
Sums backward_sums(const Saved& s) {
  Sums sums(s.mean.size(), row_count(s.x));
  kernels::fastest().leaky_backward_sums(
      s.gradient.const_data_ptr<float>(), s.y.const_data_ptr<float>(), s.x.const_data_ptr<float>(),
      floats(s.mean).data(), static_cast<float>(s.slope), sums.first.data(), sums.second.data(),
      row_count(s.x), s.mean.size());
  return sums;
}

/// g * scale + (x - mean) * slope_x + offset.
Tensor input_gradient(const Saved& s, const Columns& scale, const Columns& slope_x,
                      const Columns& offset) {
  Tensor dx = at::empty_like(s.x);
  kernels::fastest().leaky_backward(s.gradient.const_data_ptr<float>(), s.y.const_data_ptr<float>(),
                                    s.x.const_data_ptr<float>(), floats(s.mean).data(),
                                    static_cast<float>(s.slope), floats(scale).data(),
                                    floats(slope_x).data(), floats(offset).data(),
                                    dx.mutable_data_ptr<float>(), row_count(s.x), scale.size());
  return dx;
}

/// saved: x, y, weight, mean, variance.
Tensors fused_gradients(const BackwardCall& call, double slope, const Team& team) {
  const Saved s{call.saved[0], call.saved[1], channels_last(call.gradient),
                columns_of(call.saved[3]), slope};
  const Columns gain = columns_of(call.saved[2]);
  const Columns variance = columns_of(call.saved[4]);
  const Sums own = backward_sums(s);
  Sums all = own;
  all.share(team);
  Columns scale(gain.size()), slope_x(gain.size()), offset(gain.size()), dweight(gain.size());
  for (std::size_t c = 0; c < gain.size(); ++c) {
    const double inverse = 1.0 / std::sqrt(variance[c] + kBatchNormEpsilon);
    scale[c] = gain[c] * inverse;
    slope_x[c] = -scale[c] * inverse * inverse * all.second[c] / all.count;
    offset[c] = -scale[c] * all.first[c] / all.count;
    dweight[c] = own.second[c] * inverse;  // the gradients' own reduction comes later
  }
  const Tensor dx = input_gradient(s, scale, slope_x, offset);
  if (!call.needs[1]) {
    return {dx, Tensor(), Tensor()};
  }
  return {dx, tensor_of(dweight, s.x), tensor_of(own.first, s.x)};
}

/// By our kernels. Gives y, the mean and the unbiased variance of the global batch, and its rows.
Operation fused(const Tensor& input, const Tensor& weight, const Tensor& bias,
                const Tensor& shift_tensor, double slope, const Team& team) {
  const Tensor x = channels_last(input);
  const Columns shift = columns_of(shift_tensor);
  Sums sums = forward_sums(x, shift);
  sums.share(team);
  const Columns gain = columns_of(weight);
  const Columns base = columns_of(bias);
  Columns mean(shift.size()), variance(shift.size()), unbiased(shift.size());
  Columns scale(shift.size()), offset(shift.size());
  for (std::size_t c = 0; c < shift.size(); ++c) {
    const double from_shift = sums.first[c] / sums.count;
    mean[c] = shift[c] + from_shift;
    variance[c] = std::max(0.0, sums.second[c] / sums.count - from_shift * from_shift);
    unbiased[c] = variance[c] * (sums.count / std::max(1.0, sums.count - 1));
    scale[c] = gain[c] / std::sqrt(variance[c] + kBatchNormEpsilon);
    offset[c] = base[c] - scale[c] * mean[c];
  }
  const Tensor y = scale_leaky(x, scale, offset, slope);
  const auto as_double = [](const Columns& v) { return at::tensor(v, at::kDouble); };
  return {{y, tensor_of(mean, x), tensor_of(unbiased, x), at::full({}, sums.count, at::kDouble)},
          {x, y, weight, as_double(mean), as_double(variance)},
          [slope, team](const BackwardCall& call) { return fused_gradients(call, slope, team); }};
}

/// By torch's operators, which differentiate it. Gives the same as fused.
Tensors normalise_together(const Tensor& x, const Tensor& weight, const Tensor& bias,
                           const Tensor& shift, double slope, const Team& team) {
  const auto against = [&x](const Tensor& t) { return x.dim() == 4 ? t.view({1, -1, 1, 1}) : t; };
  const std::vector<std::int64_t> rows =
      x.dim() == 4 ? std::vector<std::int64_t>{0, 2, 3} : std::vector<std::int64_t>{0};
  const Tensor centred = x - against(shift);
  const Tensor count = at::full({1}, static_cast<double>(row_count(x)),
                                x.options().dtype(at::kDouble).requires_grad(false));
  const Tensor sums = team.sum(at::cat({count, centred.sum(rows, false, at::kDouble),
                                        centred.square().sum(rows, false, at::kDouble)}));
  const std::int64_t channels = x.size(1);
  const Tensor total = sums[0];
  const Tensor from_shift = sums.slice(0, 1, 1 + channels) / total;
  const Tensor variance = (sums.slice(0, 1 + channels) / total - from_shift.square()).clamp_min(0);
  const Tensor scale = weight * at::rsqrt(variance + kBatchNormEpsilon).to(x.scalar_type());
  const Tensor y =
      (centred - against(from_shift.to(x.scalar_type()))) * against(scale) + against(bias);
  const Tensor unbiased = variance * (total / (total - 1).clamp_min(1));
  return {slope == 1.0 ? y : at::leaky_relu(y, slope),
          (shift + from_shift).detach().to(x.scalar_type()), unbiased.detach().to(x.scalar_type()),
          total.detach()};
}

}  // namespace

BatchNormLeaky::BatchNormLeaky(std::int64_t channels, bool affine, double slope)
    : running_mean(at::zeros({channels})), running_variance(at::ones({channels})), slope_(slope) {
  if (affine) {
    weight = at::ones({channels}).set_requires_grad(true);
    bias = at::zeros({channels}).set_requires_grad(true);
  }
}

Tensor BatchNormLeaky::forward(const Tensor& x, bool training) {
  const auto channels = [](const Tensor& t) { return t.defined() ? t.flatten() : t; };
  const Tensor mean = channels(running_mean), variance = channels(running_variance);
  if (training && (fast(x) || !team_.alone() || row_count(x) == 1)) {
    const Tensor gain = weight.defined() ? channels(weight) : at::ones_like(mean);
    const Tensor base = weight.defined() ? channels(bias) : at::zeros_like(mean);
    const auto results =
        fast(x) ? differentiable({x, gain, base},
                                 [&] { return fused(x, gain, base, mean, slope_, team_); })
                : normalise_together(x, gain, base, mean.clone(), slope_, team_);
    const at::NoGradGuard no_grad;
    const Tensor momentum =
        (results[3] > 1).to(mean.scalar_type()) * kBatchNormMomentum;  // one row has no variance
    mean.lerp_(results[1], momentum);
    variance.lerp_(results[2], momentum);
    return results[0];
  }
  const Tensor y = at::batch_norm(x, channels(weight), channels(bias), mean, variance, training,
                                  kBatchNormMomentum, kBatchNormEpsilon, /*cudnn_enabled=*/true);
  return slope_ == 1.0 ? y : at::leaky_relu(y, slope_);
}

}  // namespace cance::nn
