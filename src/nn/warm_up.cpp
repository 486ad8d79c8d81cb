#include "nn/warm_up.hpp"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/linalg_cholesky_ex.h>
#include <ATen/ops/linalg_solve_triangular.h>

namespace cance::nn {

void warm_libraries(at::Device device) {
  const auto options = at::dtype(at::kFloat).device(device);
  const at::Tensor pictures = at::ones({2, 4, 8, 8}, options).requires_grad_();
  const at::Tensor kernels = at::ones({4, 4, 3, 3}, options).requires_grad_();
  const at::Tensor flat = at::conv2d(pictures, kernels).flatten(1);
  at::mm(flat, flat.t()).sum().backward();
  const at::Tensor unit = at::eye(4, options);
  const auto [factor, status] = at::linalg_cholesky_ex(unit);
  (void)at::linalg_solve_triangular(factor, unit, /*upper=*/false).argsort();
  (void)kernels.grad().sum().item<float>();  // until all of it is done
}

}  // namespace cance::nn
