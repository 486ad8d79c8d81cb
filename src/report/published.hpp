// Mean AUROC that others published for a dataset and protocol, to stand beside ours and marked as
// published.
#pragma once

#include <string>
#include <vector>

namespace cance::report {

struct Published {
  std::string method;
  double mean_auroc = 0;  ///< average over the ten classes
  std::string source;
};

/// Nothing where no number is known.
[[nodiscard]] std::vector<Published> published_results(const std::string& dataset,
                                                       const std::string& protocol);

}  // namespace cance::report
