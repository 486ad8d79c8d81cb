#include "nn/draws.hpp"

#include "nn/device_graph.hpp"

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

at::Tensor normals(at::IntArrayRef shape, const Random& random, std::int64_t first,
                   const Compute& compute) {
  FillNormals* const fill = compute.device.is_cpu() ? nullptr : device_normals();
  if (fill == nullptr) {
    return compute.to_device(normals(shape, random, first));
  }
  const at::Tensor values = at::empty(shape, at::dtype(at::kFloat).device(compute.device));
  const auto begin = static_cast<std::uint64_t>(first * c10::multiply_integers(shape.slice(1)));
  fill(values.mutable_data_ptr<float>(), static_cast<std::uint64_t>(values.numel()), begin,
       random.key(), random.upper(), native_stream(compute.device));
  return values.to(compute.type);
}

}  // namespace cance::nn
