// Row-major matrices: a view for parameters, an owner for results.
#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace cance {

/// Non-owning row-major view, shape (rows, cols). T may be const.
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;

  [[nodiscard]] std::span<T> row(std::size_t r) const {
    assert(r < rows);
    return {data + r * cols, cols};
  }
  T& operator()(std::size_t r, std::size_t c) const {
    assert(r < rows && c < cols);
    return data[r * cols + c];
  }
  [[nodiscard]] std::span<T> values() const { return {data, rows * cols}; }
};

/// Owning row-major matrix, shape (rows, cols), zero at first.
template <class T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t cols) : rows_(rows), cols_(cols), values_(rows * cols) {}
  Matrix(std::size_t rows, std::size_t cols, std::vector<T> values)
      : rows_(rows), cols_(cols), values_(std::move(values)) {
    assert(values_.size() == rows * cols);
  }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  T& operator()(std::size_t r, std::size_t c) { return values_[r * cols_ + c]; }
  const T& operator()(std::size_t r, std::size_t c) const { return values_[r * cols_ + c]; }
  [[nodiscard]] std::span<T> row(std::size_t r) { return {values_.data() + r * cols_, cols_}; }
  [[nodiscard]] std::span<const T> row(std::size_t r) const {
    return {values_.data() + r * cols_, cols_};
  }
  [[nodiscard]] std::vector<T>& values() { return values_; }
  [[nodiscard]] const std::vector<T>& values() const { return values_; }
  [[nodiscard]] MatrixView<const T> view() const { return {values_.data(), rows_, cols_}; }
  [[nodiscard]] MatrixView<T> view() { return {values_.data(), rows_, cols_}; }

 private:
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::vector<T> values_;
};

}  // namespace cance
