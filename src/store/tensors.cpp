#include "store/tensors.hpp"

#include <algorithm>

namespace cance::store {

void write_tensors(const Group& group, const TensorMap& tensors) {
  for (const auto& [name, array] : tensors) {
    const std::vector<float> single(array.values.begin(), array.values.end());
    if (std::ranges::equal(array.values, single)) {
      group.write<float>(name, single, array.shape);
    } else {
      group.write<double>(name, array.values, array.shape);
    }
  }
}

TensorMap read_tensors(const Group& group) {
  TensorMap tensors;
  for (const std::string& name : group.children()) {
    tensors[name] = group.read<double>(name);
  }
  return tensors;
}

}  // namespace cance::store
