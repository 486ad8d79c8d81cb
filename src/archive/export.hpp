// The tables of runs in forms for other programs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "archive/run_source.hpp"
#include "store/table.hpp"

namespace cance::archive {

/// RFC 4180, a header line; numbers with the digits that give the same bits back, an empty field
/// for not a number.
[[nodiscard]] std::string to_csv(const store::Table& table);

/// One object: "cells", a list of objects with the columns of /cells and "metrics" {method:
/// {metric: value}}, and "aggregates", a list of rows.
[[nodiscard]] std::string to_json(const std::vector<Member>& members);

/// Writes a NumPy .npz: every column of the tables as "table/COLUMN", "cells/COLUMN",
/// "aggregates/COLUMN", and of each run "runs/CELL/labels", "runs/CELL/index" and
/// "runs/CELL/scores/METHOD". One run is held at a time; whole or not at all.
void write_npz(const std::filesystem::path& path, const std::vector<RunPlace>& places);

}  // namespace cance::archive
