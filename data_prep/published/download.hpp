// Fetches the published files of a set, by libcurl.
#pragma once

#include <filesystem>
#include <string>

#include "data_prep/catalogue.hpp"

namespace cance::prep {

/// Environment variable with the address of a mirror; SET/FILE is then fetched from below it.
inline constexpr const char* kMirrorVariable = "CANCE_CATALOGUE_URL";

/// Fetches every file of `set` that is not in `folder` yet. A file grows as FILE.part, from where
/// it was cut off before, and gets its name once size and SHA-256 are those of the catalogue; where
/// the catalogue has no hash, the one found is logged. Broken transfers are tried again. Errors: no
/// network, the server refuses, another size or hash (the part is removed), not writable.
void download_set(const PublicSet& set, const std::filesystem::path& folder);

}  // namespace cance::prep
