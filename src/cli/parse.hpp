// Command lines by Boost.Program_options; every fault is an Error that suggests the nearest name.
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"

namespace cance::cli {

namespace po = boost::program_options;

/// Parses `arguments` into a map. `usage` begins --help, and its first line ends messages, for
/// example "cance prep NAME --raw DIR --out FILE.h5". Returns nothing when --help was asked for and
/// printed. `positional` names the option that takes bare words (-1: any number).
[[nodiscard]] std::optional<po::variables_map> parse(
    const Arguments& arguments, const po::options_description& options, const std::string& usage,
    const po::positional_options_description& positional = {});

/// The names of "a,b" or, where one holds a comma, of "\"a, b\",c". Error: a quote without end.
[[nodiscard]] std::vector<std::string> parse_names(const std::string& words, const char* option);

}  // namespace cance::cli
