// What the file of a method declares to the rest of config.
#pragma once

#include <string_view>
#include <vector>

namespace cance::config {

struct Option;  // of option_table.hpp

/// What tables, reports and grid.methods know of a method; its file also has the struct that is its
/// part of a Config, with `kFacts` and, where the method has settings, `keys()`.
struct MethodFacts {
  std::string_view name;           ///< "goad", in grid.methods
  std::string_view title;          ///< "GOAD", in tables
  std::string_view sections = "";  ///< of a config, that hold its settings
  bool sees_representation = false;
};

}  // namespace cance::config
