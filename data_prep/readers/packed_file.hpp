// Members of a tar (plain, gzip, xz) or zip archive, in their order, by libarchive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

struct archive;

namespace cance::prep {

enum class ArchiveKind { tar, zip };

class PackedFile {
 public:
  /// Error: not an archive of that kind.
  PackedFile(const std::filesystem::path& path, ArchiveKind kind);
  /// Goes on to the next regular file; its name with folders, nothing at the end. Error: damaged.
  [[nodiscard]] std::optional<std::string> next();
  /// Bytes of the member at hand, as ReadBytes. Error: truncated or damaged; all
  /// that was read is more than may come of such a file.
  std::size_t read(std::span<std::uint8_t> out);

 private:
  std::string name_;
  std::unique_ptr<archive, int (*)(archive*)> archive_;
  std::uintmax_t packed_ = 0, unpacked_ = 0;  // bytes
};

}  // namespace cance::prep
