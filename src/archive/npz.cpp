#include "archive/npz.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cstring>

#include "base/atomic_file.hpp"
#include "base/error.hpp"

namespace cance::archive {
namespace {

struct FreeZip {
  void operator()(::archive* zip) const { archive_write_free(zip); }
};
struct FreeEntry {
  void operator()(::archive_entry* entry) const { archive_entry_free(entry); }
};

/// Version 1.0: magic, length of the header, a Python literal padded to 64 bytes.
std::string npy_header(const std::string& type, std::size_t count) {
  constexpr std::size_t kAlign = 64;
  constexpr std::size_t kPrefix = 10;
  std::string text =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({},), }}", type, count);
  text.resize((kPrefix + text.size() + kAlign) / kAlign * kAlign - kPrefix - 1, ' ');
  text += '\n';
  const auto length = static_cast<std::uint16_t>(text.size());
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(length & 0xFFU);
  header += static_cast<char>(length >> 8U);
  return header + text;
}

template <class T>
std::string npy_of(const char* type, const std::vector<T>& values) {
  std::string bytes = npy_header(type, values.size());
  const std::size_t begin = bytes.size();
  bytes.resize(begin + values.size() * sizeof(T));
  if (!values.empty()) {
    std::memcpy(&bytes[begin], values.data(), values.size() * sizeof(T));
  }
  return bytes;
}

/// Code points of UTF-8; a byte that begins none stands for itself.
std::u32string code_points(const std::string& text) {
  std::u32string points;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead >= 0xF0U ? 3 : lead >= 0xE0U ? 2 : lead >= 0xC0U ? 1 : 0;
    char32_t point = more == 0 ? lead : lead & (0x3FU >> more);
    for (std::size_t k = 1; k <= more && i + k < text.size(); ++k) {
      point = (point << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    }
    points += point;
    i += 1 + more;
  }
  return points;
}

}  // namespace

struct NpzFile::Impl {
  explicit Impl(const std::filesystem::path& path) : file(path), zip(archive_write_new()) {
    check(archive_write_set_format_zip(zip.get()));
    check(archive_write_open_filename(zip.get(), file.temporary().c_str()));
  }

  void check(int status) const {
    require(status == ARCHIVE_OK, "{}: cannot be written: {}", file.temporary().string(),
            archive_error_string(zip.get()));
  }

  void add(const std::string& name, const std::string& bytes) const {
    const std::unique_ptr<::archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), (name + ".npy").c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    check(archive_write_header(zip.get(), entry.get()));
    const la_ssize_t written = archive_write_data(zip.get(), bytes.data(), bytes.size());
    check(written == static_cast<la_ssize_t>(bytes.size()) ? ARCHIVE_OK : ARCHIVE_FATAL);
  }

  AtomicFile file;
  std::unique_ptr<::archive, FreeZip> zip;
};

NpzFile::NpzFile(const std::filesystem::path& path) : impl_(std::make_unique<Impl>(path)) {}
NpzFile::~NpzFile() = default;

void NpzFile::add(const std::string& name, const std::vector<double>& values) {
  impl_->add(name, npy_of("<f8", values));
}
void NpzFile::add(const std::string& name, const std::vector<std::int64_t>& values) {
  impl_->add(name, npy_of("<i8", values));
}
void NpzFile::add(const std::string& name, const std::vector<std::uint8_t>& values) {
  impl_->add(name, npy_of("|u1", values));
}
void NpzFile::add(const std::string& name, const std::vector<std::string>& values) {
  std::vector<std::u32string> wide;
  std::size_t longest = 1;
  for (const std::string& text : values) {
    wide.push_back(code_points(text));
    longest = std::max(longest, wide.back().size());
  }
  std::string bytes = npy_header(fmt::format("<U{}", longest), values.size());
  for (std::u32string& text : wide) {
    text.resize(longest, U'\0');
    bytes.append(reinterpret_cast<const char*>(text.data()), longest * sizeof(char32_t));
  }
  impl_->add(name, bytes);
}

void NpzFile::commit() {
  impl_->check(archive_write_close(impl_->zip.get()));
  impl_->file.commit();
}

}  // namespace cance::archive
