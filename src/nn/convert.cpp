#include "nn/convert.hpp"

#include "base/cast.hpp"
#include "base/ranges.hpp"

namespace cance::nn {
namespace {

template <class T>
at::Tensor copy_of(const T* data, std::vector<std::int64_t> shape) {
  auto* const memory = const_cast<T*>(data);  // from_blob wants it; the clone never writes
  return at::from_blob(memory, shape, c10::CppTypeToScalarType<T>::value).clone();
}

std::int64_t extent(std::size_t size) { return static_cast<std::int64_t>(size); }

}  // namespace

at::Tensor to_tensor(MatrixView<const float> matrix) {
  return copy_of(matrix.data, {extent(matrix.rows), extent(matrix.cols)});
}

at::Tensor to_tensor(MatrixView<const double> matrix) {
  return copy_of(matrix.data, {extent(matrix.rows), extent(matrix.cols)});
}

at::Tensor to_tensor(std::span<const double> values) {
  return copy_of(values.data(), {extent(values.size())});
}

Matrix<float> to_matrix(const at::Tensor& tensor) {
  const at::Tensor t = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
  const float* const data = t.const_data_ptr<float>();
  return {static_cast<std::size_t>(t.size(0)), static_cast<std::size_t>(t.size(1)),
          std::vector<float>(data, data + t.numel())};
}

std::vector<double> to_doubles(const at::Tensor& tensor) {
  const at::Tensor t = tensor.detach().to(at::kCPU, at::kDouble).contiguous();
  const double* const data = t.const_data_ptr<double>();
  return {data, data + t.numel()};
}

at::Tensor index_view(std::span<const std::int64_t> rows) {
  auto* const memory = const_cast<std::int64_t*>(rows.data());
  return at::from_blob(memory, {extent(rows.size())}, at::kLong);
}

std::vector<std::int64_t> sizes_of(const Shape& shape) {
  return mapped(shape, to<std::int64_t, std::size_t>);
}

Shape shape_of(at::IntArrayRef sizes) { return mapped(sizes, to<std::size_t, std::int64_t>); }

std::vector<std::int64_t> sizes_of(std::int64_t rows, const Shape& row) {
  std::vector<std::int64_t> sizes = sizes_of(row);
  sizes.insert(sizes.begin(), rows);
  return sizes;
}

}  // namespace cance::nn
