#include "store/tensors.hpp"

#include <algorithm>

namespace cance::store {

bool single_precision(const std::vector<double>& values) {
  return std::ranges::all_of(
      values, [](double value) { return static_cast<double>(static_cast<float>(value)) == value; });
}

void write_tensors(const hdf5::Group& group, const TensorMap& tensors) {
  for (const auto& [name, array] : tensors) {
    if (single_precision(array.values)) {
      const std::vector<float> single(array.values.begin(), array.values.end());
      group.write<float>(name, single, array.shape);
    } else {
      group.write<double>(name, array.values, array.shape);
    }
  }
}

TensorMap read_tensors(const hdf5::Group& group) {
  TensorMap tensors;
  for (const std::string& name : group.children()) {
    tensors[name] = group.read<double>(name);
  }
  return tensors;
}

}  // namespace cance::store
