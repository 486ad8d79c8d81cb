#include "nn/adamw.hpp"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_fused_adamw.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cance::nn {
namespace {

/// The kernels walk all tensors of a parameter in one order.
at::Tensor in_the_order_of(const at::Tensor& parameter, const at::Tensor& gradient) {
  return gradient.strides() == parameter.strides() ? gradient
                                                   : at::empty_like(parameter).copy_(gradient);
}

}  // namespace

AdamW::AdamW(std::vector<at::Tensor> parameters, double rate, double weight_decay, bool maximize,
             double beta1)
    : parameters_(std::move(parameters)),
      highest_rate_(rate),
      weight_decay_(weight_decay),
      maximize_(maximize),
      beta1_(beta1) {
  const at::Device device = parameters_.front().device();
  // The kernels read the rate so: a number of the host in full, one of the device as float32.
  rate_ = at::full({}, rate, at::dtype(device.is_cpu() ? at::kDouble : at::kFloat)).to(device);
  for (const auto& parameter : parameters_) {
    first_moments_.push_back(at::zeros_like(parameter));
    second_moments_.push_back(at::zeros_like(parameter));
    steps_.push_back(at::zeros({}, parameter.options().dtype(at::kFloat).requires_grad(false)));
  }
}

void AdamW::scale_rate(double relative) {
  const at::NoGradGuard no_grad;
  rate_.fill_(relative * highest_rate_);
}

void AdamW::step() {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> gradients;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    gradients.push_back(in_the_order_of(parameters_[i], parameters_[i].grad()));
  }
  at::_foreach_add_(steps_, 1);
  at::_fused_adamw_(parameters_, gradients, first_moments_, second_moments_, /*max_exp_avg_sqs=*/{},
                    steps_, rate_, beta1_, /*beta2=*/0.999, weight_decay_, /*eps=*/1e-8,
                    /*amsgrad=*/false, maximize_);
  forget_gradients();
}

void AdamW::forget_gradients() {
  for (auto& parameter : parameters_) {
    parameter.mutable_grad().reset();
  }
}

NamedTensors AdamW::state(const std::string& prefix) const {
  NamedTensors all;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    all.emplace_back(fmt::format("{}{}.first", prefix, i), first_moments_[i]);
    all.emplace_back(fmt::format("{}{}.second", prefix, i), second_moments_[i]);
    all.emplace_back(fmt::format("{}{}.step", prefix, i), steps_[i]);
  }
  return all;
}

double after_drops(std::int64_t step, std::int64_t steps, const std::vector<int>& percents) {
  const auto behind =
      std::ranges::count_if(percents, [&](int percent) { return 100 * step >= steps * percent; });
  return std::pow(0.1, static_cast<double>(behind));
}

double schedule(std::int64_t step, std::int64_t steps, double warmup_share, double final_rate) {
  const auto total = static_cast<double>(steps);
  const double ramp = std::max(1.0, std::round(warmup_share * total));
  const auto now = static_cast<double>(step);
  if (now < ramp) {
    return (now + 1) / ramp;
  }
  const double t = (now - ramp) / std::max(1.0, total - ramp);
  return final_rate + (1 - final_rate) * 0.5 * (1 + std::cos(std::numbers::pi * t));
}

}  // namespace cance::nn
