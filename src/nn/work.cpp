#include "nn/work.hpp"

namespace cance::nn {
namespace {

// Fitted to the comparison methods' training on MNIST, one core.
constexpr double kProduct = 3 / 8e10;  // seconds, forward and backward
constexpr double kElement = 8e-9;
constexpr double kStep = 5e-4;

}  // namespace

Work& Work::dense(double in, double out) { return conv(in, out, 1, 1); }

Work& Work::conv(double in, double out, double kernel, double pixels) {
  products += in * out * kernel * pixels;
  elements += out * pixels;
  return *this;
}

Work& Work::chain(const std::vector<double>& widths) {
  for (std::size_t i = 1; i < widths.size(); ++i) {
    dense(widths[i - 1], widths[i]);
  }
  return *this;
}

Work Work::operator+(const Work& other) const {
  return {products + other.products, elements + other.elements};
}

Work Work::operator*(double times) const { return {products * times, elements * times}; }

double training_seconds(const Work& row, double rows, double batch) {
  return rows * (row.products * kProduct + row.elements * kElement + kStep / batch);
}

double scoring_seconds(const Work& row, double rows) {
  constexpr double kForward = 3;  // a step is a forward pass and, twice as long, a backward one
  return rows * (row.products * kProduct + row.elements * kElement) / kForward;
}

}  // namespace cance::nn
