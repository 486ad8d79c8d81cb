#include "stats/holm.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"

namespace cance::stats {

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [p](std::size_t i) { return p[i]; });
  std::vector<double> adjusted(p.size());
  double largest = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const double value = p[order[k]];
    require(value >= 0 && value <= 1, "p = {}: expected a number from 0 to 1", value);
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - k) * value));
    adjusted[order[k]] = largest;
  }
  return adjusted;
}

}  // namespace cance::stats
