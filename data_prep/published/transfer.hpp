// One request of a file over HTTP, from a given byte on, by libcurl.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace cance::prep {

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

}  // namespace cance::prep
