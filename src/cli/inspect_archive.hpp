// What `cance inspect` says of an archive.
#pragma once

#include <nlohmann/json.hpp>

#include "archive/archive_file.hpp"

namespace cance::cli {

using Json = nlohmann::ordered_json;

/// Its cells, and how many cases, seeds and methods there are by data set.
[[nodiscard]] Json describe_archive(const archive::ArchiveFile& archive);
/// That description, for people.
void print_archive(const Json& json);

}  // namespace cance::cli
