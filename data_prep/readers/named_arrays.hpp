// The array of rows in a file of arrays.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data_prep/readers/number_array.hpp"

namespace cance::prep {

/// Those of the arrays `wanted` that a .npz or HDF5 file holds, of a .mat X and, if wanted, y.
/// Errors: as of the readers, unknown kind of file.
[[nodiscard]] std::map<std::string, NumberArray> read_arrays(
    const std::filesystem::path& path, const std::vector<std::string>& wanted);

struct NamedArray {
  std::string where;  ///< "x.npz:X", for messages
  NumberArray numbers;
};

/// A .npy; X of a .npz, .mat or HDF5 file, or else X_test or, for part "train", X_train. Errors: as
/// of the readers, unknown kind of file, no such array.
[[nodiscard]] NamedArray read_named_array(const std::filesystem::path& path,
                                          const std::string& part);

}  // namespace cance::prep
