// Small IDX files for tests, plain or gzipped.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "tests/support/files.hpp"

namespace cance::tests {

inline void append_big_endian(Bytes& bytes, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

/// An IDX file of unsigned bytes; its header says `shape`, whatever `values` holds.
inline Bytes idx_bytes(const std::vector<std::uint32_t>& shape, const Bytes& values) {
  Bytes bytes;
  append_big_endian(bytes, 0x0800U + static_cast<std::uint32_t>(shape.size()));
  for (const std::uint32_t extent : shape) {
    append_big_endian(bytes, extent);
  }
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

inline void write_gz(const std::filesystem::path& path, const Bytes& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  const int written = gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  if (gzclose(file) != Z_OK || written != static_cast<int>(bytes.size())) {
    throw std::runtime_error("no gzipped test file");
  }
}

}  // namespace cance::tests
