// Named tensors of a model in a group: an array each, in as many digits as they have.
#pragma once

#include <map>
#include <string>

#include "hdf5/group.hpp"

namespace cance::store {

/// Tensors under their names.
using TensorMap = std::map<std::string, hdf5::Array<double>>;

/// Whether these numbers are float32.
[[nodiscard]] bool single_precision(const std::vector<double>& values);

/// Writes each tensor as float32 where that loses nothing, else as float64.
void write_tensors(const hdf5::Group& group, const TensorMap& tensors);
/// All arrays of the group.
[[nodiscard]] TensorMap read_tensors(const hdf5::Group& group);

}  // namespace cance::store
