#include "config/methods/ocsvm.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> OcsvmMethod::keys() {
  auto rows = projection_keys("ocsvm", ocsvm.projection);
  rows.push_back(
      number("ocsvm.nu", ocsvm.nu, 1e-6, 1.0, "highest share of the training rows outside"));
  rows.push_back(number("ocsvm.gamma", ocsvm.gamma, 0.0, 1e9,
                        "of the kernel exp(-gamma d^2); 0: 1 / (columns x variance)"));
  rows.push_back(number("ocsvm.tolerance", ocsvm.tolerance, 1e-12, 1.0,
                        "at which the dual problem is solved"));
  rows.push_back(number("ocsvm.rows", ocsvm.rows, 0, 1 << 30,
                        "training rows that are kept, drawn by seed; 0: all"));
  return rows;
}

}  // namespace cance::config
