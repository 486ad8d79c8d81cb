// Small .npy arrays for tests.
#pragma once

#include <cstring>
#include <span>
#include <string>

#include "tests/support/files.hpp"

namespace cance::tests {

/// A .npy file of version `major` with this header text and these data bytes.
inline Bytes npy_bytes(const std::string& header, const Bytes& data, std::uint8_t major = 1) {
  Bytes bytes{0x93, 'N', 'U', 'M', 'P', 'Y', major, 0};
  for (std::size_t i = 0; i < (major == 1 ? 2U : 4U); ++i) {
    bytes.push_back(static_cast<std::uint8_t>(header.size() >> (8 * i)));
  }
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

inline std::string npy_header(const std::string& descr, bool fortran, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
         ", 'shape': " + shape + ", }          \n";
}

/// The bytes of these numbers as this machine has them.
template <class T>
Bytes bytes_of_numbers(const std::vector<T>& numbers) {
  Bytes bytes(numbers.size() * sizeof(T));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

}  // namespace cance::tests
