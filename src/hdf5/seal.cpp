#include "hdf5/seal.hpp"

#include <fstream>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"

namespace cance::hdf5 {
namespace {

namespace fs = std::filesystem;

std::string seal_line(const std::string& kind, const std::string& hash, std::uintmax_t size) {
  return fmt::format("cance {} 1.0 sha256={} size={}\n", kind, hash, size);
}

/// The checksum line, or as many bytes as it could have.
std::string checksum_line(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return "";  // a pipe or device may give bytes without end
  }
  std::ifstream file(path, std::ios::binary);
  std::string block(kUserBlock, '\0');
  file.read(block.data(), kUserBlock);
  block.resize(static_cast<std::size_t>(file.gcount()));
  return first_line(block);
}

}  // namespace

void seal_file(const fs::path& path, const std::string& kind, const std::string& shown) {
  std::string block = seal_line(kind, sha256_file(path, kUserBlock), fs::file_size(path));
  block.resize(kUserBlock, '\0');
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.write(block.data(), kUserBlock);
  file.close();
  require(file.good(), "{}: the checksum line cannot be written; is the disk full?",
          shown.empty() ? path.string() : shown);
}

std::string sealed_kind(const fs::path& path) {
  const auto words = split(checksum_line(path), ' ');
  return words.size() == 5 && words[0] == "cance" ? words[1] : "";
}

std::string content_sha256(const fs::path& path) {
  std::error_code error;
  require(!fs::exists(path, error) || fs::is_regular_file(path, error), "{}: not a file",
          path.string());
  const std::string line = checksum_line(path);
  const auto begin = line.find(" sha256=");
  const auto end = line.find(" size=");
  return line.starts_with("cance ") && begin < end && end != std::string::npos
             ? line.substr(begin + 8, end - begin - 8)
             : sha256_file(path);
}

Seal check_seal(const fs::path& path, bool whole) {
  const std::string line = checksum_line(path);
  if (!line.starts_with("cance ")) {
    return Seal::none;
  }
  const auto words = split(line, ' ');
  const bool complete = words.size() == 5 && words[3].starts_with("sha256=") &&
                        words[4].starts_with("size=") && line.size() < kUserBlock;
  const auto size = parse_number<std::uintmax_t>(complete ? words[4].substr(5) : "");
  require(size.has_value(),
          "{}: damaged: its checksum line is not readable; restore or rewrite the file",
          path.string());
  const std::uintmax_t actual = fs::file_size(path);
  require(actual >= *size, "{}: truncated: {} of {} bytes are there; copy or write it again",
          path.string(), actual, *size);
  require(actual == *size, "{}: damaged: {} bytes, written with {}; copy or write it again",
          path.string(), actual, *size);
  if (whole || actual <= kComparedUnasked) {
    require(sha256_file(path, kUserBlock) == words[3].substr(7),
            "{}: damaged: the SHA-256 of its content differs from the one written with it; "
            "copy or write it again",
            path.string());
  }
  return Seal::good;
}

}  // namespace cance::hdf5
