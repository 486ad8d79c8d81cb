// Matrix products: oneDNN for float32 on the CPU, where it is faster than torch's own; other
// element types and devices take torch's operators. The values agree to rounding.
#pragma once

#include "nn/tensor.hpp"

namespace cance::nn {

/// a b, a^T b or a b^T for 2-d tensors.
[[nodiscard]] at::Tensor product(const at::Tensor& a, bool transpose_a, const at::Tensor& b,
                                 bool transpose_b);

/// A matrix product on bare memory, row-major: c (m, n) = op(a) (m, k) op(b) (k, n).
struct Product {
  bool transpose_a = false, transpose_b = false;
  std::int64_t m, n, k;
  std::int64_t a_stride = 0, b_stride = 0, c_stride = 0;  ///< from row to row; 0: without gaps
  bool add = false;                                       ///< to what c holds
};

/// Whether `multiply` can be called: oneDNN is there.
[[nodiscard]] bool can_multiply();
void multiply(const Product& shape, const float* a, const float* b, float* c);

/// A float32 tensor on the CPU: one that our own kernels take.
[[nodiscard]] bool is_cpu_float(const at::Tensor& t);
/// Images (n, c, h, w) with the channels of a pixel side by side, as our own kernels take them; new
/// ones of these sizes with the type and device of `like`.
[[nodiscard]] at::Tensor channels_last(const at::Tensor& t);
[[nodiscard]] at::Tensor empty_images(at::IntArrayRef sizes, const at::Tensor& like);

}  // namespace cance::nn
