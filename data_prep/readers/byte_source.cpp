#include "data_prep/readers/byte_source.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/cast.hpp"
#include "base/expansion.hpp"

namespace cance::prep {
namespace {

constexpr std::size_t kSourceBytes = std::size_t{1} << 24U;
constexpr std::size_t kFirstBytes = std::size_t{1} << 16U;

}  // namespace

Bytes read_up_to(const ReadBytes& source, std::size_t size) {
  Bytes bytes;
  std::size_t got = 1;
  for (std::size_t block = kFirstBytes; got > 0 && bytes.size() < size;
       block = std::min(2 * block, kSourceBytes)) {
    const std::size_t before = bytes.size();
    bytes.resize(before + std::min(size - before, block));
    got = source(std::span(bytes).subspan(before));
    bytes.resize(before + got);
  }
  return bytes;
}

GzipFile::GzipFile(const std::filesystem::path& path)
    : name_(path.string()), file_(gzopen(path.c_str(), "rb"), gzclose) {
  require(file_ != nullptr, "{}: cannot be opened: {}", name_, std::strerror(errno));
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  packed_ = error ? 0 : size;  // of a pipe no one knows
}

std::size_t GzipFile::read(std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::size_t wanted = std::min(kSourceBytes, out.size() - done);
    const int got = gzread(file_.get(), out.data() + done, to<unsigned>(wanted));
    check(got);
    if (got == 0) {
      break;
    }
    done += to<std::size_t>(got);
  }
  unpacked_ += done;
  if (packed_ > 0 && compressed()) {
    require_unpacked(unpacked_, packed_, name_);
  }
  return done;
}

bool GzipFile::compressed() const { return gzdirect(file_.get()) == 0; }

void GzipFile::check(int got) {
  int code = Z_OK;
  const char* text = gzerror(file_.get(), &code);
  require(code != Z_BUF_ERROR, "{}: truncated: the gzip stream ends early; fetch the file again",
          name_);
  require(got >= 0 && code == Z_OK, "{}: cannot be read: {}; fetch the file again", name_,
          code == Z_ERRNO ? std::strerror(errno) : text);
}

}  // namespace cance::prep
