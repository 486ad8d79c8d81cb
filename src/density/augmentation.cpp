#include "density/augmentation.hpp"

#include <cmath>

#include "nn/device.hpp"

namespace cance::density {

using at::Tensor;

Augmentation::Augmentation(const std::vector<double>& mean, const Matrix<double>& covariance,
                           const represent::FeatureTransform& transform)
    : transform_(transform) {
  for (std::size_t column = mean.size() - 2; column < mean.size(); ++column) {
    const double variance = covariance(column, column);
    features_.emplace_back(mean[column], variance, stats::log_normal_mode(mean[column], variance));
  }
}

void Augmentation::mix(Tensor& phi, double p, std::uint64_t seed, std::uint64_t step,
                       std::int64_t first) const {
  const Random coins(seed, Purpose::mixture, step);
  replace(phi, first, Random(seed, Purpose::artificial, step), &coins, p);
}

Tensor Augmentation::artificial(const Tensor& phi, std::uint64_t seed, std::int64_t first) const {
  Tensor copy = phi.detach().clone();
  replace(copy, first, Random(seed, Purpose::artificial_validation), nullptr, 1);
  return copy;
}

void Augmentation::replace(Tensor& phi, std::int64_t first, const Random& draws,
                           const Random* coins, double p) const {
  // Drawn on the host without a look at phi, which may lie on a device; not a number: not drawn.
  const Tensor drawn = at::full({phi.size(0), 2}, std::nan(""), at::kDouble);
  auto* const values = drawn.mutable_data_ptr<double>();
  for (std::int64_t row = 0; row < phi.size(0); ++row) {
    const auto position = static_cast<std::uint64_t>(first + row);
    const bool replaced = coins == nullptr || coins->uniform(position) < p;
    for (std::uint64_t k = 0; replaced && k < 2; ++k) {
      values[2 * row + static_cast<std::int64_t>(k)] =
          transform_.apply(k, features_[k].quantile(draws.uniform(2 * position + k)));
    }
  }
  const Tensor sent = nn::sent(drawn.to(phi.scalar_type()), phi.device());
  Tensor target = phi.slice(1, phi.size(1) - 2);
  target.copy_(at::where(sent.isnan(), target, sent));
}

}  // namespace cance::density
