// The settings of the methods that CANCE is compared with.
#pragma once

#include <vector>

#include "config/option_table.hpp"

namespace cance::config {

/// Their rows of the option table, bound to `config`.
[[nodiscard]] std::vector<Option> method_rows(Config& config);

}  // namespace cance::config
