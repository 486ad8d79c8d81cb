#include "pipeline/extract/tensor_resize.hpp"

#include <algorithm>

#include "base/cast.hpp"
#include "image/resize.hpp"

namespace cance::pipeline {

using at::Tensor;

TensorResize::TensorResize(std::int64_t height, std::int64_t width, std::int64_t size,
                           at::Device device)
    : rows_(side(height, size, device)), columns_(side(width, size, device)) {}

TensorResize::Side TensorResize::side(std::int64_t from, std::int64_t becomes, at::Device device) {
  if (from == becomes) {
    return {};
  }
  const auto taps = image::resize_taps(to<std::size_t>(from), to<std::size_t>(becomes));
  const auto most =
      std::ranges::max(taps, {}, [](const image::Taps& t) { return t.weights.size(); });
  const Tensor places = at::zeros({signed_size(most.weights.size()), becomes}, at::kLong);
  const Tensor weights = at::zeros(places.sizes(), at::kInt);  // 0 beyond the sources of a pixel
  auto place = places.accessor<std::int64_t, 2>();
  auto weight = weights.accessor<std::int32_t, 2>();
  for (std::size_t pixel = 0; pixel < taps.size(); ++pixel) {
    for (std::size_t t = 0; t < taps[pixel].weights.size(); ++t) {
      place[signed_size(t)][signed_size(pixel)] = signed_size(taps[pixel].first + t);
      weight[signed_size(t)][signed_size(pixel)] = taps[pixel].weights[t];
    }
  }
  return {places.to(device), weights.to(device)};
}

Tensor TensorResize::along(std::int64_t dimension, const Tensor& pixels, const Side& side) {
  if (!side.places.defined()) {
    return pixels;
  }
  Tensor sum;
  for (std::int64_t t = 0; t < side.places.size(0); ++t) {
    const Tensor weights = side.weights[t].view({-1, dimension == 2 ? 1 : side.weights.size(1)});
    const Tensor part = pixels.index_select(dimension, side.places[t]) * weights;  // int32
    sum = sum.defined() ? sum.add_(part) : part.add(image::kHalfWeight);
  }
  return sum.bitwise_right_shift(image::kWeightBits).clamp_max_(255).to(at::kByte);
}

Tensor TensorResize::operator()(const Tensor& pixels) const {
  return along(2, along(3, pixels, columns_), rows_);
}

}  // namespace cance::pipeline
