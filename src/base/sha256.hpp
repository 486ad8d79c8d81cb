// SHA-256 by OpenSSL, as lower-case hex.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cance {

[[nodiscard]] std::string sha256(std::string_view bytes);
/// Of a file's bytes from `first` to its end, read in blocks. Throws when it cannot be read.
[[nodiscard]] std::string sha256_file(const std::filesystem::path& path, std::uintmax_t first = 0);

}  // namespace cance
