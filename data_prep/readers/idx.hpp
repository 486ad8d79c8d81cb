// Reader of IDX, MNIST's format: a magic number, big-endian extents, bytes. Gzipped or plain.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace cance::prep {

/// An array of unsigned bytes, row-major.
struct IdxArray {
  std::vector<std::size_t> shape;
  std::vector<std::uint8_t> values;
};

/// The whole file, which must hold unsigned bytes in `dimensions` (1..4) dimensions: 3 for images,
/// 1 for labels. Errors: missing, empty, wrong magic number, an extent of 0, sizes that a file of
/// this length cannot hold (before they are allocated), truncated, trailing or damaged bytes.
[[nodiscard]] IdxArray read_idx(const std::filesystem::path& path, std::size_t dimensions);

}  // namespace cance::prep
