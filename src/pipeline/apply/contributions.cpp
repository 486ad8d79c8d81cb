#include "pipeline/apply/contributions.hpp"

#include <bit>

namespace cance::pipeline {

using at::Tensor;

namespace {

/// |S|! (k - |S| - 1)! / k!: the share of the orders of k groups in which exactly those of S come
/// before a given other one.
double order_share(int before, int k) {
  double share = 1.0 / k;
  for (int i = 1; i <= before; ++i) {
    share *= static_cast<double>(i) / (k - i);
  }
  return share;
}

/// phi where the bit of a group is set, else `typical`.
Tensor mixed(const Tensor& phi, const Tensor& typical, const std::vector<FeatureGroup>& groups,
             std::size_t set) {
  Tensor rows = typical.repeat({phi.size(0), 1});
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if ((set >> g & 1U) != 0) {
      const auto& [name, first, last] = groups[g];
      rows.slice(1, first, last).copy_(phi.slice(1, first, last));
    }
  }
  return rows;
}

}  // namespace

Matrix<double> contributions(const detectors::Detector& detector, const Tensor& phi,
                             std::span<const double> scores, const Tensor& typical,
                             double typical_score, const std::vector<FeatureGroup>& groups) {
  const auto k = static_cast<int>(groups.size());
  const std::size_t all = (std::size_t{1} << groups.size()) - 1;
  std::vector<std::vector<double>> values(all + 1);  // of the score, by set of groups
  values[0].assign(scores.size(), typical_score);
  values[all].assign(scores.begin(), scores.end());
  for (std::size_t set = 1; set < all; ++set) {
    values[set] =
        detectors::scores_of(detector, {mixed(phi, typical, groups, set), nullptr, nullptr});
  }
  Matrix<double> parts(scores.size(), groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::size_t own = std::size_t{1} << g;
    for (std::size_t set = 0; set <= all; ++set) {
      if ((set & own) != 0) {
        continue;
      }
      const double share = order_share(std::popcount(set), k);
      for (std::size_t row = 0; row < scores.size(); ++row) {
        parts(row, g) += share * (values[set | own][row] - values[set][row]);
      }
    }
  }
  return parts;
}

}  // namespace cance::pipeline
