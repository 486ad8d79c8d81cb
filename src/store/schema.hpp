// What the HDF5 files of this program share: the names and the version of their schemas, and the
// steps that make a written file whole.
#pragma once

#include <optional>
#include <string>

#include "base/atomic_file.hpp"
#include "base/cast.hpp"
#include "hdf5/group.hpp"

namespace cance::store {

inline constexpr const char* kDatasetSchema = "cance-dataset";
inline constexpr const char* kRunSchema = "cance-run";
/// The one file that `cance collect` makes of many runs.
inline constexpr const char* kArchiveSchema = "cance-archive";
inline constexpr const char* kShardSchema = "cance-shard";
inline constexpr const char* kCheckpointSchema = "cance-checkpoint";

/// Of what is written. 1.1 keeps how raw rows were prepared, and in a run file the prepared row's
/// form and the validation scores, so that new rows can be scored; 1.0 has none of these.
inline constexpr const char* kSchemaVersion = "1.2";

/// What a file says that it is, "cance-run"; "none" where it says nothing. Error: no HDF5 file.
[[nodiscard]] std::string schema_of(const std::filesystem::path& path);

/// Checks `schema`, `schema_version` and `complete` of `root`. Errors, each its own: another kind
/// of file, a newer major version, incomplete.
void check_schema(const hdf5::Group& root, const std::string& schema);

/// Flushes and closes `root` and seals the temporary file as `kind`; it is ready to be committed.
/// No other Group of the file may be alive.
void seal_temporary(std::optional<hdf5::Group>& root, const AtomicFile& file,
                    const std::string& kind);
/// The same, and commits it.
void finish_file(std::optional<hdf5::Group>& root, AtomicFile& file, const std::string& kind);

}  // namespace cance::store
