#include "detectors/drocc_ascent.hpp"

#include <ATen/ops/softplus.h>
#include <torch/csrc/autograd/autograd.h>

namespace cance::detectors {

using at::Tensor;

namespace {

constexpr int kProjectEvery = 10;  // steps of the ascent
constexpr double kLeastNorm = 1e-12;

/// Norm of each row of h (B, ...), shaped to divide it; not 0.
Tensor row_norms(const Tensor& h) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(h.dim()), 1);
  shape.front() = h.size(0);
  return h.flatten(1).norm(2, /*dim=*/1).clamp_min(kLeastNorm).view(shape);
}

}  // namespace

Tensor project_to_shell(const Tensor& h, const Shell& shell) {
  const Tensor norms = row_norms(h);
  return h * (norms.clamp(shell.radius, shell.gamma * shell.radius) / norms);
}

Tensor shell_negatives(const std::function<Tensor(const Tensor&)>& f, const Tensor& x,
                       const Tensor& noise, const Shell& shell,
                       const config::DroccOptions& options) {
  Tensor h = noise;
  for (int step = 1; step <= options.ascent_steps; ++step) {
    Tensor point = (x + h).detach().set_requires_grad(true);
    {
      const at::AutoGradMode with_gradients(true);
      const Tensor loss = at::softplus(f(point)).sum();
      const Tensor gradient = torch::autograd::grad({loss}, {point})[0];
      h = point.detach() - x + options.ascent_rate * (gradient / row_norms(gradient)).detach();
    }
    if (step % kProjectEvery == 0) {
      h = project_to_shell(h, shell);
    }
  }
  return x + project_to_shell(h, shell);
}

Tensor drocc_loss(const Tensor& f_data, const Tensor& f_negative, double mu, std::int64_t rows) {
  const auto part = [rows](const Tensor& losses) {
    return losses.sum() / static_cast<double>(rows);
  };
  const Tensor data = part(at::softplus(-f_data));
  return f_negative.defined() ? data + mu * part(at::softplus(f_negative)) : data;
}

}  // namespace cance::detectors
