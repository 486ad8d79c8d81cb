#include "data_prep/published/download.hpp"

#include <chrono>
#include <cstdlib>
#include <limits>
#include <optional>
#include <system_error>
#include <thread>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/sha256.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

constexpr int kTries = 5;  // without a byte of progress
constexpr std::chrono::milliseconds kFirstWait{500};
constexpr double kMegabyte = 1e6;

std::string source_address(const PublicSet& set, const PublicFile& file) {
  const char* mirror = std::getenv(kMirrorVariable);
  return mirror == nullptr || *mirror == '\0'
             ? address_of(set, file)
             : fmt::format("{}/{}/{}", mirror, set.name, file.name);
}

std::uintmax_t size_of(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(path, error);
  return error ? 0 : bytes;
}

/// Transfers until the whole file has arrived in `part`.
void fetch(const std::string& address, const PublicFile& file, const fs::path& part) {
  std::optional<log::Progress> progress;
  const TransferRequest request{
      .address = address,
      .file = part,
      .most_bytes = file.bytes != 0 ? file.bytes : std::numeric_limits<std::uintmax_t>::max(),
      .progress = [&](std::uintmax_t done, std::uintmax_t total) {
        if (!progress && total > 0) {
          progress.emplace(static_cast<double>(total) / kMegabyte, "MB");
        }
        if (progress) {
          progress->update(static_cast<double>(done) / kMegabyte, file.name);
        }
      }};
  auto wait = kFirstWait;
  for (int failed = 0; file.bytes == 0 || size_of(part) != file.bytes;) {
    const std::uintmax_t before = size_of(part);
    const Transfer result = transfer(request);
    if (result.end == TransferEnd::whole) {
      break;
    }
    if (result.end == TransferEnd::no_range && before > 0) {
      fs::resize_file(part, 0);
      continue;
    }
    if (size_of(part) == 0) {
      fs::remove(part);
    }
    require(result.end == TransferEnd::broken, "{}: {}{}", address, result.reason,
            result.end == TransferEnd::unreachable
                ? fmt::format("; is there a network? fetch it elsewhere and put it into {}",
                              part.parent_path().string())
                : "");
    const bool forward = size_of(part) > before;
    failed = forward ? 1 : failed + 1;
    wait = forward ? kFirstWait : wait;
    require(failed < kTries, "{}: {} ({} tries; the same command goes on from byte {})", address,
            result.reason, kTries, size_of(part));
    log::info("{}: {}; trying again from byte {}", address, result.reason, size_of(part));
    std::this_thread::sleep_for(wait);
    wait *= 2;
  }
}

/// Size and hash of what arrived; a wrong file is removed.
void check(const std::string& address, const PublicFile& file, const fs::path& part) {
  const std::uintmax_t bytes = size_of(part);
  const std::string found = sha256_file(part);
  if (file.sha256.empty()) {
    log::info("{}: checksum unknown to the catalogue; SHA-256 {}", file.name, found);
    return;
  }
  if (found != file.sha256) {
    fs::remove(part);
    fail("{}: not the published file: {} bytes with SHA-256 {}, the catalogue has {}; removed",
         address, bytes, found, file.sha256);
  }
}

void download(const PublicSet& set, const PublicFile& file, const fs::path& folder) {
  const fs::path target = folder / file.name;
  std::error_code error;
  if (fs::is_regular_file(target, error)) {
    static_cast<void>(check_source(file, target));
    log::info("{}: already there", target.string());
    return;
  }
  const fs::path part = folder / (file.name + ".part");
  const std::string address = source_address(set, file);
  fetch(address, file, part);
  check(address, file, part);
  fs::rename(part, target, error);
  require(!error, "{}: cannot be renamed to {}: {}", part.string(), target.string(),
          error.message());
  log::info("{}: {:.3g} MB from {}", target.string(),
            static_cast<double>(size_of(target)) / kMegabyte, address);
}

}  // namespace

void download_set(const PublicSet& set, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  require(!error, "{}: the folder cannot be made: {}", folder.string(), error.message());
  for (const PublicFile& file : set.files) {
    download(set, file, folder);
  }
}

}  // namespace cance::prep
