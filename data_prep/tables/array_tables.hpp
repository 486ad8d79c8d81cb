// Tables out of files of arrays: X [n, d] and y [n].
#pragma once

#include <filesystem>
#include <vector>

#include "data_prep/tables/row_source.hpp"

namespace cance::prep {

/// The parts of a .npy (X; y in the .npy `labels`, if not empty), .npz, .mat or HDF5 file (X, y; or
/// X_train, y_train, X_test, y_test; y may be absent). The columns are x0, x1, ..., and y the
/// label. The arrays are held in memory while the parts live. Errors: as open_table.
[[nodiscard]] std::vector<TablePart> array_parts(const std::filesystem::path& path,
                                                 const std::filesystem::path& labels);

}  // namespace cance::prep
