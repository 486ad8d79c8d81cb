#include "data_prep/readers/packed_file.hpp"

#include <archive.h>
#include <archive_entry.h>

#include "base/cast.hpp"
#include "base/expansion.hpp"

namespace cance::prep {
namespace {

constexpr std::size_t kEntryBytes = std::size_t{1} << 16U;

/// libarchive's words for what went wrong.
std::string reason(archive* file) {
  const char* text = archive_error_string(file);
  return text != nullptr ? text : "unknown format";
}

}  // namespace

PackedFile::PackedFile(const std::filesystem::path& path, ArchiveKind kind)
    : name_(path.string()), archive_(archive_read_new(), archive_read_free) {
  require(archive_ != nullptr, "{}: libarchive does not start", name_);
  archive* file = archive_.get();
  if (kind == ArchiveKind::zip) {
    archive_read_support_format_zip(file);
  } else {
    archive_read_support_format_tar(file);
    archive_read_support_filter_gzip(file);
    archive_read_support_filter_xz(file);
  }
  std::error_code error;
  packed_ = std::filesystem::file_size(path, error);
  require(!error, "{}: cannot be read: {}", name_, error.message());
  require(archive_read_open_filename(file, path.c_str(), kEntryBytes) == ARCHIVE_OK,
          "{}: cannot be opened as a {} archive: {}", name_,
          kind == ArchiveKind::zip ? "zip" : "tar", reason(file));
}

std::optional<std::string> PackedFile::next() {
  while (true) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(archive_.get(), &entry);
    if (status == ARCHIVE_EOF) {
      return std::nullopt;
    }
    require(status == ARCHIVE_OK || status == ARCHIVE_WARN,
            "{}: damaged or truncated: {}; fetch the file again", name_, reason(archive_.get()));
    if (archive_entry_filetype(entry) == AE_IFREG) {
      const char* name = archive_entry_pathname(entry);
      return name != nullptr ? name : "";
    }
  }
}

std::size_t PackedFile::read(std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto got = archive_read_data(archive_.get(), out.data() + done, out.size() - done);
    require(got >= 0, "{}: damaged or truncated: {}; fetch the file again", name_,
            reason(archive_.get()));
    if (got == 0) {
      break;
    }
    done += to<std::size_t>(got);
  }
  unpacked_ += done;
  require_unpacked(unpacked_, packed_, name_);
  return done;
}

}  // namespace cance::prep
