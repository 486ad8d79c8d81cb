#include "config/methods/kde.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> KdeMethod::keys() {
  auto rows = projection_keys("kde", kde.projection);
  rows.push_back(number("kde.selection_rows", kde.selection_rows, 0, 1 << 30,
                        "training rows that choose the bandwidth, drawn by seed; 0: all"));
  rows.push_back(number("kde.bandwidth", kde.bandwidth, 0.0, 1e6,
                        "of the kernel; 0: the likeliest of 2^-4.5, 2^-4, ..., 2^5 over five folds "
                        "of training rows"));
  return rows;
}

}  // namespace cance::config
