#include "nn/convert.hpp"

namespace cance::nn {
namespace {

template <class T>
torch::Tensor copy_of(const T* data, std::vector<std::int64_t> shape) {
  auto* const memory = const_cast<T*>(data);  // from_blob wants it; the clone never writes
  return torch::from_blob(memory, shape, c10::CppTypeToScalarType<T>::value).clone();
}

std::int64_t extent(std::size_t size) { return static_cast<std::int64_t>(size); }

}  // namespace

torch::Tensor to_tensor(MatrixView<const float> matrix) {
  return copy_of(matrix.data, {extent(matrix.rows), extent(matrix.cols)});
}

torch::Tensor to_tensor(MatrixView<const double> matrix) {
  return copy_of(matrix.data, {extent(matrix.rows), extent(matrix.cols)});
}

torch::Tensor to_tensor(std::span<const double> values) {
  return copy_of(values.data(), {extent(values.size())});
}

Matrix<float> to_matrix(const torch::Tensor& tensor) {
  const torch::Tensor t = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  const float* const data = t.const_data_ptr<float>();
  return {static_cast<std::size_t>(t.size(0)), static_cast<std::size_t>(t.size(1)),
          std::vector<float>(data, data + t.numel())};
}

std::vector<double> to_doubles(const torch::Tensor& tensor) {
  const torch::Tensor t = tensor.detach().to(torch::kCPU, torch::kFloat64).contiguous();
  const double* const data = t.const_data_ptr<double>();
  return {data, data + t.numel()};
}

torch::Tensor index_view(std::span<const std::int64_t> rows) {
  auto* const memory = const_cast<std::int64_t*>(rows.data());
  return torch::from_blob(memory, {extent(rows.size())}, torch::kInt64);
}

}  // namespace cance::nn
