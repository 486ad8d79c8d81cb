#include "detectors/dpad_loss.hpp"

#include <ATen/ops/constant_pad_nd.h>

#include <algorithm>

#include "base/ranges.hpp"

namespace cance::detectors {

using at::Tensor;

namespace {

constexpr std::int64_t kChunk = 512;  // rows whose distances from all are held at a time

}  // namespace

Tensor rows_of_all(const Tensor& z, const nn::Share& own, std::int64_t rows, const nn::Team& team) {
  return team.alone()
             ? z
             : team.sum(at::constant_pad_nd(z, {0, 0, own.first, rows - own.first - own.count}));
}

Tensor pair_loss(const Tensor& z, const Tensor& all, const Tensor& unit) {
  const Tensor squares = all.square().sum(1);
  Tensor sum = at::zeros({}, z.options());
  for (const Tensor& own : z.split(kChunk)) {
    const Tensor distances =
        ((own.square().sum(1, /*keepdim=*/true) + squares - 2 * at::mm(own, all.t())) / unit)
            .clamp_min(0);
    sum = sum + ((-distances.detach()).exp() * distances).sum();
  }
  const auto rows = static_cast<double>(all.size(0));
  return sum / (rows * std::max(1.0, rows - 1));
}

Tensor norms_of(const std::vector<Tensor>& weights) {
  const auto norms = mapped(weights, [](const Tensor& weight) { return weight.norm(); });
  return at::stack(norms);
}

Tensor norm_penalty(const std::vector<Tensor>& weights, const Tensor& norms) {
  return (norms_of(weights) / norms - 1).square().sum();
}

}  // namespace cance::detectors
