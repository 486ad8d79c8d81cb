// Means and deviations over seeds and cases, as every table shows them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/runs/gather.hpp"

namespace cance::report {

/// Mean of n values (NaN for none) and sample deviation (divisor n - 1), absent for n < 2.
struct MeanSd {
  double mean = 0;
  std::optional<double> sd;
  std::size_t n = 0;
  /// ".9843 ± .0012", ".9843", "n/a".
  [[nodiscard]] std::string text(int digits = 4) const;
};

/// Values that are not finite are left out.
[[nodiscard]] MeanSd mean_sd(std::span<const double> values);

/// What a group is: features of a pretrained network, a table whose rule flags rows, or other.
enum class GroupKind { features, table, other };
[[nodiscard]] GroupKind group_kind(const CellGroup& group);
/// The metric that leads the tables of a group: "f1" for a table, else "auroc".
[[nodiscard]] std::string lead_metric(const CellGroup& group);

/// A metric of one case over its seeds.
[[nodiscard]] MeanSd over_seeds(const CellGroup& group, const std::string& case_name,
                                const std::string& method, const std::string& metric = kAuroc);
/// Mean over the cases of their means over seeds; deviation over seeds of the average of all cases,
/// among the seeds that have every case.
[[nodiscard]] MeanSd over_cases(const CellGroup& group, const std::string& method,
                                const std::string& metric = kAuroc);
/// "k-NN 3, KDE 2": methods that fewer than all cells have, and how many; else empty.
[[nodiscard]] std::string fewer_cells(const CellGroup& group);
/// "cells trained with different settings: k-NN (2)", where a mean joins such; else empty.
[[nodiscard]] std::string mixed_settings(const CellGroup& group);
/// Order of stages of training: those of the representation first, then by method.
[[nodiscard]] int stage_rank(const std::string& stage);
/// Methods of the group that learned a noise scale, in the order of tables.
[[nodiscard]] std::vector<std::string> scaled_methods(const CellGroup& group);
/// Names of all metrics in the group, AUROC first, then by name.
[[nodiscard]] std::vector<std::string> metric_names(const std::vector<CellGroup>& groups);

}  // namespace cance::report
