// A shard: the features of one range of a dataset part, written by one rank while others write
// theirs, so that a stopped extraction goes on with the missing ranges (src/files.md, section 5).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hdf5/group.hpp"

namespace cance::store {

struct FeatureShard {
  std::string key;                     ///< weights, preprocessing and data; another key, no use
  std::vector<std::int64_t> rows;      ///< of the part, ascending; those that could be decoded
  std::vector<float> x;                ///< (rows, columns)
  std::size_t columns = 0;             ///< numbers a row
  std::vector<std::string> undecoded;  ///< "row 7, NAME: why", one for each row that is left out
};

/// Whole under `path`, sealed, or not at all.
void write_shard(const std::filesystem::path& path, const FeatureShard& shard);
/// Whether a whole shard with this key lies there.
[[nodiscard]] bool shard_is_done(const std::filesystem::path& path, const std::string& key);
/// Errors: missing, damaged, no shard.
[[nodiscard]] FeatureShard read_shard(const std::filesystem::path& path);

}  // namespace cance::store
