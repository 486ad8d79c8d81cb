// Reader of NumPy's .npy (versions 1 to 3) and .npz: numbers only, nothing is executed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data_prep/readers/byte_source.hpp"
#include "data_prep/readers/number_array.hpp"

namespace cance::prep {

// The header: a Python dictionary in text, read by a grammar that knows its three keys alone.
struct NpyHeader {
  std::string descr;           ///< type, for example "<f4"
  bool fortran_order = false;  ///< columns first
  std::vector<std::size_t> shape;
};

/// Reads "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }". Errors: anything else; a
/// list in 'descr' (records), over 32 dimensions.
[[nodiscard]] NpyHeader parse_npy_header(std::string_view text, const std::string& where);

/// One array from `source`; `where` names it in messages, `most` bounds its bytes (a number that
/// the file cannot exceed). Types: float of 2, 4 and 8 bytes, whole numbers of 1 to 8 bytes with
/// and without sign, bool; either byte order; C and Fortran order. Errors: another magic, version
/// or type (Python objects, text, complex, records), a header that is not such a dictionary, sizes
/// over `most` (before anything of that size is allocated), truncated, trailing bytes.
[[nodiscard]] NumberArray read_npy(const std::string& where, const ReadBytes& source,
                                   std::uintmax_t most);

/// A whole .npy file, plain or gzipped.
[[nodiscard]] NumberArray read_npy(const std::filesystem::path& path);

/// Names of the members of a .npz file, without ".npy". Error: not a zip archive, damaged.
[[nodiscard]] std::vector<std::string> npz_names(const std::filesystem::path& path);

/// The members of a .npz file that are named in `wanted` (without ".npy"), those that are there.
/// Errors: as read_npy, not a zip archive; a member in Python objects only when it is wanted.
[[nodiscard]] std::map<std::string, NumberArray> read_npz(const std::filesystem::path& path,
                                                          const std::vector<std::string>& wanted);

}  // namespace cance::prep
