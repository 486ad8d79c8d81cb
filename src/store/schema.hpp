// What dataset and run files share: schema attributes, and the steps that make a written file
// whole.
#pragma once

#include <optional>
#include <string>

#include "base/atomic_file.hpp"
#include "base/cast.hpp"
#include "store/hdf5.hpp"

namespace cance::store {

/// The one file that `cance collect` makes of many runs.
inline constexpr const char* kArchiveSchema = "cance-archive";

/// Checks `schema`, `schema_version` and `complete` of `root`. Errors, each its own: another kind
/// of file, a newer major version, incomplete.
void check_schema(const Group& root, const std::string& schema);

/// Flushes and closes `root` and seals the temporary file as `kind`; it is ready to be committed.
/// No other Group of the file may be alive.
void seal_temporary(std::optional<Group>& root, const AtomicFile& file, const std::string& kind);
/// The same, and commits it.
void finish_file(std::optional<Group>& root, AtomicFile& file, const std::string& kind);

}  // namespace cance::store
