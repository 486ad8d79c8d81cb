// The tables of runs in forms for other programs.
#pragma once

#include <string>
#include <vector>

#include "archive/member.hpp"
#include "hdf5/table.hpp"

namespace cance::archive {

/// RFC 4180 with a header line; numbers with all their bits, an empty field for not a number.
[[nodiscard]] std::string to_csv(const hdf5::Table& table);

/// One object: "cells", a list of objects with the columns of /cells and "metrics" {method:
/// {metric: value}}, and "aggregates", a list of rows.
[[nodiscard]] std::string to_json(const std::vector<Member>& members);

}  // namespace cance::archive
