#include "detectors/kde_density.hpp"

#include <ATen/ops/logaddexp.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "base/random.hpp"
#include "detectors/shared/squared_distances.hpp"
#include "nn/convert.hpp"
#include "nn/rows.hpp"

namespace cance::detectors {

using at::Tensor;

namespace {

constexpr std::int64_t kDensityBlock = 2048;  // rows of the density at a time

}  // namespace

KernelDensity::KernelDensity(const Tensor& rows)
    : centre_(rows.mean(0)), rows_(rows - centre_), squares_(rows_.square().sum(1)) {}

Tensor KernelDensity::log_density(const Tensor& x, std::span<const double> bandwidths) const {
  const Tensor at = x - centre_;
  const auto count = static_cast<std::int64_t>(bandwidths.size());
  Tensor sums = at::full({count, x.size(0)}, -INFINITY, at.options());
  for (std::int64_t first = 0; first < rows_.size(0); first += kDensityBlock) {
    const std::int64_t last = std::min(first + kDensityBlock, rows_.size(0));
    const Tensor distances =
        squared_distances(at, rows_.slice(0, first, last), squares_.slice(0, first, last));
    for (std::int64_t i = 0; i < count; ++i) {
      const double h = bandwidths[static_cast<std::size_t>(i)];
      sums[i] = at::logaddexp(sums[i], (distances * (-0.5 / (h * h))).logsumexp(1));
    }
  }
  for (std::int64_t i = 0; i < count; ++i) {
    sums[i] -= log_constant(bandwidths[static_cast<std::size_t>(i)]);
  }
  return sums;
}

double KernelDensity::log_constant(double h) const {
  const auto m = static_cast<double>(rows_.size(1));
  return std::log(static_cast<double>(rows_.size(0))) + m * std::log(h) +
         0.5 * m * std::log(2 * std::numbers::pi);
}

std::string KernelDensity::graph(nn::GraphBuilder& g, const std::string& x, double h) const {
  constexpr auto kWide = models::GraphType::float64;
  const std::string at = g.add("Sub", {x, g.constant("centre", centre_, kWide)});
  const std::string exponents =
      g.scaled(squared_distances(g, at, rows_, "rows", kWide), -0.5 / (h * h), kWide);
  return g.shifted(g.log_sum_exp(exponents, 1), -log_constant(h), kWide);
}

double likeliest_bandwidth(const Tensor& rows, std::span<const double> bandwidths,
                           std::int64_t folds, std::uint64_t seed, const nn::Team& team) {
  const std::int64_t n = rows.size(0);
  require(n >= 2, "a bandwidth is chosen on {} rows; expected 2 or more", n);
  const std::int64_t parts = std::min(folds, n);
  const auto order = Random(seed, Purpose::folds).permutation(static_cast<std::size_t>(n));
  const Tensor shuffled = rows.index_select(0, nn::index_view(order).to(rows.device()));
  Tensor total = at::zeros({static_cast<std::int64_t>(bandwidths.size())}, rows.options());
  for (std::int64_t fold = 0; fold < parts; ++fold) {
    const std::int64_t first = n * fold / parts;
    const std::int64_t last = n * (fold + 1) / parts;
    const KernelDensity others(at::cat({shuffled.slice(0, 0, first), shuffled.slice(0, last, n)}));
    nn::TensorRows held_out(shuffled.slice(0, first, last));
    nn::for_blocks(held_out, team, [&](const Tensor& x, std::int64_t) {
      total += others.log_density(x, bandwidths).sum(1);
    });
  }
  auto likelihoods = nn::to_doubles(total);
  team.sum(likelihoods);
  const auto best = std::ranges::max_element(likelihoods) - likelihoods.begin();
  return bandwidths[static_cast<std::size_t>(best)];
}

}  // namespace cance::detectors
