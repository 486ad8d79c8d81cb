// A check of the heaps in which HDF5 keeps texts of variable length. They have no checksum, and
// HDF5 1.10 reads out of bounds when their sizes or the references to them are damaged; so a file
// without a seal is looked through before.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>

namespace cance::hdf5 {

/// Sizes of the texts in a file: address of the heap (from the file's start) -> number in the heap
/// -> bytes.
using HeapSizes = std::map<std::uint64_t, std::map<std::uint32_t, std::uint64_t>>;

/// Walks every global heap collection of the file. Error: damaged, when one does not add up.
[[nodiscard]] HeapSizes check_heaps(const std::filesystem::path& path);

}  // namespace cance::hdf5
