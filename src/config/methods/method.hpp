// What the file of a method declares to the rest of config.
#pragma once

#include <string_view>

namespace cance::config {

/// What tables, reports and grid.methods know of a method. Its file also has the struct that is its
/// part of a Config, with `kFacts` and, where the method has settings, `kOptions`: their member
/// there. `keys` of the settings names each, with its range and help, to whatever has the kinds of
/// settings of option_kinds.hpp as functions, in the section that bears the method's name.
struct MethodFacts {
  std::string_view name;           ///< "goad", in grid.methods
  std::string_view title;          ///< "GOAD", in tables
  std::string_view sections = "";  ///< of a config, that it reads; [autoencoder]: a cell trains one
  bool sees_representation = false;  ///< its scores depend on it
};

}  // namespace cance::config
