// What metrics are called wherever people read them.
#pragma once

#include <span>
#include <string>

#include "store/run_file.hpp"

namespace cance::store {

/// "AUROC", "F1", or the name as it is; under the protocol drocc, whose rule takes the normal rows
/// as the positive class, "F1 of normal rows", which compares with no other F1.
[[nodiscard]] std::string metric_title(const std::string& metric, const std::string& protocol);

/// What a cell came to, in one line: "AUROC: Error 0.9101, CANCE 0.9843"; of a table
/// "F1 / AUROC: k-NN 0.5930 / 0.9520, ..."; where kinds are told apart their mean AUROC stands
/// first. Each method and each metric is named once.
[[nodiscard]] std::string metrics_text(std::span<const Metric> metrics,
                                       const std::string& protocol);

}  // namespace cance::store
