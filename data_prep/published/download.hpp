// Fetches the published files of a set, by libcurl.
#pragma once

#include <filesystem>
#include <functional>

#include "data_prep/catalogue.hpp"

namespace cance::prep {

// One request of a file over HTTP, from a given byte on.
enum class TransferEnd {
  whole,        ///< all bytes arrived
  broken,       ///< cut off or a passing trouble of the server; worth another try
  no_range,     ///< the server does not go on from that byte; start anew
  unreachable,  ///< no such host or no network
  refused       ///< the server will not, or writing failed
};

struct Transfer {
  TransferEnd end = TransferEnd::whole;
  std::string reason = {};  ///< in words, unless whole
};

struct TransferRequest {
  std::string address;         ///< http or https
  std::filesystem::path file;  ///< bytes are appended to it; what it holds is not asked for again
  std::uintmax_t most_bytes;   ///< of the whole file; more are refused
  /// Gets the bytes of the file so far and in all (0: unknown).
  std::function<void(std::uintmax_t done, std::uintmax_t total)> progress;
};

[[nodiscard]] Transfer transfer(const TransferRequest& request);

/// Environment variable with the address of a mirror; SET/FILE is then fetched from below it.
inline constexpr const char* kMirrorVariable = "CANCE_CATALOGUE_URL";

/// Fetches every file of `set` that is not in `folder` yet. A file grows as FILE.part, from where
/// it was cut off before, and gets its name once size and SHA-256 are those of the catalogue; where
/// the catalogue has no hash, the one found is logged. Broken transfers are tried again. Errors: no
/// network, the server refuses, another size or hash (the part is removed), not writable.
void download_set(const PublicSet& set, const std::filesystem::path& folder);

}  // namespace cance::prep
