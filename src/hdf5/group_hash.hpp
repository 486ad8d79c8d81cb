// A checksum of what a group holds, whatever file it lies in: names, types, shapes, values and
// attributes, not how HDF5 lays them out. A copy has the checksum of its original.
#pragma once

#include <string>

#include "hdf5/group.hpp"

namespace cance::hdf5 {

/// SHA-256, lower-case hex, over all that lies below the group in alphabetical order. One array is
/// held at a time. Errors: what reading an array finds wrong, content that no file of ours has.
[[nodiscard]] std::string group_sha256(const Group& group);

}  // namespace cance::hdf5
