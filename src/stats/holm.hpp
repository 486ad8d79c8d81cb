// Holm's step-down correction for several tests (Holm, Scandinavian Journal of Statistics 6, 1979).
#pragma once

#include <span>
#include <vector>

namespace cance::stats {

/// Adjusted p values in the given order: rejecting those <= alpha keeps the chance of any false
/// rejection in the family at alpha, whatever their dependence. Each p in [0, 1].
[[nodiscard]] std::vector<double> holm(std::span<const double> p);

}  // namespace cance::stats
