// Matrices of a MATLAB 5 file (.mat), by libmatio. Releases of the library have had overflows on
// damaged files, so it works in a child process with limits: whatever happens there becomes an
// Error here. (12,000 mutations did not crash release 1.5.23.)
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data_prep/readers/number_array.hpp"

namespace cance::prep {

/// Whether the file says that it is of MATLAB 7.3, which is HDF5 with another way of rows.
[[nodiscard]] bool is_matlab_73(const std::filesystem::path& path);

/// Names of the variables of a MATLAB 5 file, up to 100. Errors: as read_mat.
[[nodiscard]] std::vector<std::string> mat_names(const std::filesystem::path& path);

/// The real matrices of two dimensions that `wanted` names, as float64 [rows, columns]. Errors: not
/// a MATLAB 5 file (version 4 and 7.3 are named), a matrix missing (lists what is there), complex,
/// sparse or not of numbers, damaged.
[[nodiscard]] std::map<std::string, NumberArray> read_mat(const std::filesystem::path& path,
                                                          const std::vector<std::string>& wanted);

}  // namespace cance::prep
