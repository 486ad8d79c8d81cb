// Bytes to an open descriptor.
#pragma once

#include <cstddef>
#include <span>

namespace cance {

/// Writes all of them, also where the system takes some at a time or a signal comes between. False,
/// with errno set, where it fails. Takes no memory and no lock.
[[nodiscard]] bool write_all(int descriptor, std::span<const std::byte> bytes) noexcept;

}  // namespace cance
