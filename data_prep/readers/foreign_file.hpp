// Files that other programs keep tables in and that are not read here: what they are, and how they
// become a CSV.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cance::prep {

/// "an Excel workbook; write a CSV of it, for example in Python: ...", by a file's ending or, where
/// that tells nothing, its first bytes; empty where it is not known.
[[nodiscard]] std::string foreign_advice(const std::filesystem::path& path);
/// By first bytes alone.
[[nodiscard]] std::string foreign_advice(std::string_view first);

}  // namespace cance::prep
