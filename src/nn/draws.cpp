#include "nn/draws.hpp"

namespace cance::nn {

at::Tensor normals(at::IntArrayRef shape, const Random& random, std::int64_t first,
                   at::ScalarType type) {
  at::Tensor values = at::empty(shape, type);
  const auto count = static_cast<std::size_t>(values.numel());
  const auto begin = static_cast<std::uint64_t>(first * c10::multiply_integers(shape.slice(1)));
  if (type == at::kDouble) {
    random.fill_normal(std::span(values.mutable_data_ptr<double>(), count), begin);
  } else {
    random.fill_normal(std::span(values.mutable_data_ptr<float>(), count), begin);
  }
  return values;
}

}  // namespace cance::nn
