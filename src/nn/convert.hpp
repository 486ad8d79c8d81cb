// Between the program's matrices and torch tensors.
#pragma once

#include <span>
#include <vector>

#include "base/matrix.hpp"
#include "base/shape.hpp"
#include "nn/tensor.hpp"

namespace cance::nn {

/// A copy of the matrix as a (rows, cols) tensor.
[[nodiscard]] at::Tensor to_tensor(MatrixView<const float> matrix);
[[nodiscard]] at::Tensor to_tensor(MatrixView<const double> matrix);
[[nodiscard]] at::Tensor to_tensor(std::span<const double> values);
/// A (rows, cols) tensor as a float32 matrix.
[[nodiscard]] Matrix<float> to_matrix(const at::Tensor& tensor);
[[nodiscard]] std::vector<double> to_doubles(const at::Tensor& tensor);
/// Row indices as an int64 tensor that shares their memory.
[[nodiscard]] at::Tensor index_view(std::span<const std::int64_t> rows);

/// Extents as torch has them, and back.
[[nodiscard]] std::vector<std::int64_t> sizes_of(const Shape& shape);
[[nodiscard]] Shape shape_of(at::IntArrayRef sizes);
/// Those of `rows` rows of this shape; -1: of as many as there are.
[[nodiscard]] std::vector<std::int64_t> sizes_of(std::int64_t rows, const Shape& row);

}  // namespace cance::nn
