// Bytes that arrive in turn: from a plain or gzipped file, or from a member of an archive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct gzFile_s;

namespace cance::prep {

using Bytes = std::vector<std::uint8_t>;

/// Fills the span as far as there are bytes and returns how many there were; fewer than asked for
/// only at the end. Error: damaged.
using ReadBytes = std::function<std::size_t(std::span<std::uint8_t>)>;

/// `size` bytes, or fewer where the source ends; memory grows with what arrives, not with `size`.
[[nodiscard]] Bytes read_up_to(const ReadBytes& source, std::size_t size);

/// A file open for reading through zlib, which passes plain files on as they are.
class GzipFile {
 public:
  /// Error: cannot be opened.
  explicit GzipFile(const std::filesystem::path& path);
  /// As ReadBytes. Errors: truncated or damaged gzip stream, one that becomes too much.
  std::size_t read(std::span<std::uint8_t> out);
  /// Whether the file is gzipped; ask after the first read.
  [[nodiscard]] bool compressed() const;

 private:
  void check(int got);
  std::string name_;
  std::unique_ptr<gzFile_s, int (*)(gzFile_s*)> file_;
  std::uintmax_t packed_ = 0, unpacked_ = 0;  // bytes
};

}  // namespace cance::prep
