// The seal: a line in the 512-byte user block before the HDF5 data, with the SHA-256 and size of
// all that follows, checked before HDF5 sees a byte: it can crash on damaged metadata.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace cance::hdf5 {

inline constexpr unsigned kUserBlock = 512;

/// Fills the user block of a closed file. `kind` is "run", "dataset", "archive",
/// "checkpoint", "shard" or "scores" (src/files.md, section 1).
void seal_file(const std::filesystem::path& path, const std::string& kind,
               const std::string& shown = "");

/// The kind that the checksum line says of the file; "" where there is none.
[[nodiscard]] std::string sealed_kind(const std::filesystem::path& path);

/// SHA-256 of a file's content: that of its checksum line, which is not compared with the bytes
/// here, or of all its bytes where it has none.
[[nodiscard]] std::string content_sha256(const std::filesystem::path& path);

enum class Seal { none, good };

/// Bytes of the largest file that is compared with its checksum line, and unpacked by a child
/// process, each time it is opened.
inline constexpr std::uintmax_t kComparedUnasked = std::uintmax_t{1} << 30U;

/// Checks the seal. Without one (a file of another tool) the answer is `none`. Errors: truncated,
/// damaged. Files over 1 GiB have only their size checked unless `whole`: HDF5's own checksums
/// guard their chunks.
Seal check_seal(const std::filesystem::path& path, bool whole = false);

}  // namespace cance::hdf5
