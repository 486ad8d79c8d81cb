// What `cance inspect` says of a run and of an archive.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "archive/archive_file.hpp"

namespace cance::cli {

using Json = nlohmann::ordered_json;

/// All of a run, as read in full detail; printed unless it is wanted as JSON.
[[nodiscard]] Json inspect_run(const store::RunRecord& run, bool as_json);

/// The cells of an archive, and how many cases, seeds and methods there are by data set.
[[nodiscard]] Json describe_archive(const archive::ArchiveFile& archive);
/// That description, for people.
void print_archive(const Json& json);

}  // namespace cance::cli
