// Small MATLAB 5 files for tests: X [3, 2] and y [3, 1].
#pragma once

#include <zlib.h>

#include <string>
#include <vector>

#include "tests/support/npy_files.hpp"
#include "tests/support/zip_files.hpp"

namespace cance::tests {

/// An element: type, bytes, data, padded to 8 bytes.
inline Bytes mat_element(std::size_t type, const Bytes& data) {
  Bytes element;
  append_little_endian(element, type, 4);
  append_little_endian(element, data.size(), 4);
  element.insert(element.end(), data.begin(), data.end());
  element.resize((element.size() + 7) / 8 * 8);
  return element;
}

inline Bytes mat_matrix(const std::string& name, const std::vector<std::int32_t>& sizes,
                        const std::vector<double>& columns) {
  constexpr std::size_t kInt8 = 1, kInt32 = 5, kUint32 = 6, kDouble = 9, kMatrix = 14;
  Bytes body;
  for (const Bytes& part : {mat_element(kUint32, {6, 0, 0, 0, 0, 0, 0, 0}),  // class double
                            mat_element(kInt32, bytes_of_numbers(sizes)),
                            mat_element(kInt8, Bytes(name.begin(), name.end())),
                            mat_element(kDouble, bytes_of_numbers(columns))}) {
    body.insert(body.end(), part.begin(), part.end());
  }
  return mat_element(kMatrix, body);
}

inline Bytes mat_header() {
  const std::string text = "MATLAB 5.0 MAT-file";
  Bytes header(text.begin(), text.end());
  header.resize(124, ' ');
  header.insert(header.end(), {0x00, 0x01, 'I', 'M'});
  return header;
}

inline std::vector<Bytes> mat_matrices() {
  return {mat_matrix("X", {3, 2}, {1, 2, 3, 4, 5, 6}), mat_matrix("y", {3, 1}, {0, 0, 1})};
}

inline Bytes small_mat() {
  Bytes file = mat_header();
  for (const Bytes& matrix : mat_matrices()) {
    file.insert(file.end(), matrix.begin(), matrix.end());
  }
  return file;
}

/// The same with each matrix deflated, as MATLAB 7 and SciPy may write them.
inline Bytes small_packed_mat() {
  constexpr std::size_t kCompressed = 15;
  Bytes file = mat_header();
  for (const Bytes& matrix : mat_matrices()) {
    uLongf size = compressBound(matrix.size());
    Bytes packed(size);
    compress(packed.data(), &size, matrix.data(), matrix.size());
    append_little_endian(file, kCompressed, 4);
    append_little_endian(file, size, 4);
    file.insert(file.end(), packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return file;
}

}  // namespace cance::tests
