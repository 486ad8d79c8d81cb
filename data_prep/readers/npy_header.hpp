// The header of a .npy array: a Python dictionary in text, read by a grammar that knows its three
// keys and nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cance::prep {

struct NpyHeader {
  std::string descr;           ///< type, for example "<f4"
  bool fortran_order = false;  ///< columns first
  std::vector<std::size_t> shape;
};

/// Reads "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }". Errors: anything else; a
/// list in 'descr' (records), over 32 dimensions.
[[nodiscard]] NpyHeader parse_npy_header(std::string_view text, const std::string& where);

}  // namespace cance::prep
