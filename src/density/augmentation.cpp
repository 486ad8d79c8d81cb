#include "density/augmentation.hpp"

namespace cance::density {

using torch::Tensor;

Augmentation::Augmentation(const std::vector<double>& mean, const Matrix<double>& covariance) {
  for (std::size_t column = mean.size() - 2; column < mean.size(); ++column) {
    const double variance = covariance(column, column);
    features_.emplace_back(mean[column], variance, stats::log_normal_mode(mean[column], variance));
  }
}

void Augmentation::mix(Tensor& phi, double p, std::uint64_t seed, std::uint64_t step) const {
  const Random coins(seed, Purpose::mixture, step);
  replace(phi, Random(seed, Purpose::artificial, step), &coins, p);
}

Tensor Augmentation::artificial(const Tensor& phi, std::uint64_t seed) const {
  Tensor copy = phi.detach().clone();
  replace(copy, Random(seed, Purpose::artificial_validation), nullptr, 1);
  return copy;
}

void Augmentation::replace(Tensor& phi, const Random& draws, const Random* coins, double p) const {
  const auto rows = static_cast<std::uint64_t>(phi.size(0));
  Tensor reconstruction = phi.slice(1, phi.size(1) - 2).to(torch::kFloat64).contiguous();
  auto* const values = reconstruction.mutable_data_ptr<double>();
  for (std::uint64_t row = 0; row < rows; ++row) {
    if (coins != nullptr && coins->uniform(row) >= p) {
      continue;
    }
    for (std::uint64_t k = 0; k < 2; ++k) {
      values[2 * row + k] = features_[k].quantile(draws.uniform(2 * row + k));
    }
  }
  phi.slice(1, phi.size(1) - 2).copy_(reconstruction);
}

}  // namespace cance::density
