// The array of rows in a file of arrays.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data_prep/readers/number_array.hpp"

namespace cance::prep {

// Endings are read with small and capital letters alike.

[[nodiscard]] bool is_npy(const std::filesystem::path& path);

/// Those of the arrays `wanted` that a .npz, .mat (of MATLAB 5 or 7.3) or HDF5 file holds. Errors:
/// as of the readers, unknown kind of file.
[[nodiscard]] std::map<std::string, NumberArray> read_arrays(
    const std::filesystem::path& path, const std::vector<std::string>& wanted);

/// Refuses such a file as it has other arrays than `expected`, and names those that it has.
[[noreturn]] void refuse_names(const std::filesystem::path& path, const std::string& expected);

struct NamedArray {
  std::string where;  ///< "x.npz:X", for messages
  NumberArray numbers;
};

/// A .npy; X of a .npz, .mat or HDF5 file, or else X_test or, for part "train", X_train. Errors: as
/// of the readers, unknown kind of file, no such array.
[[nodiscard]] NamedArray read_named_array(const std::filesystem::path& path,
                                          const std::string& part);

}  // namespace cance::prep
