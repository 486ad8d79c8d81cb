// How much a packed file may become: some 1000 bytes of zeros fit a byte of a deflated one, so a
// small file could fill the memory.
#pragma once

#include <cstdint>
#include <string>

namespace cance {

/// Bytes that a file of `packed` bytes may become in memory: 200 times its own, or the number in
/// the environment variable CANCE_EXPANSION, and 64 MiB at least. Error: not a number from 1 on.
[[nodiscard]] std::uintmax_t most_unpacked(std::uintmax_t packed);

/// Error unless `bytes` out of a file of `packed` bytes are within `most_unpacked`.
void require_unpacked(std::uintmax_t bytes, std::uintmax_t packed, const std::string& where);

}  // namespace cance
