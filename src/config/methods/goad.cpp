#include "config/methods/goad.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> GoadMethod::keys() {
  std::vector<Option> rows{
      number("goad.transforms", goad.transforms, 2, 1 << 16, "random maps of a row"),
      number("goad.size", goad.size, 1, 1 << 16, "numbers that each gives"),
      flag("goad.offsets", goad.offsets,
           "affine maps, as in the paper; the published code has linear ones"),
      number("goad.width", goad.width, 1, 1 << 16, "of the layers, the features among them"),
      number("goad.layers", goad.layers, 1, 64, "layers below the features"),
      number("goad.margin", goad.margin, 0.0, 1e6, "of the triplet loss"),
      number("goad.triplet_weight", goad.triplet_weight, 0.0, 1e6,
             "of the triplet loss, beside the cross entropy's 1"),
  };
  append(rows, training_keys("goad", goad.training, 1));
  return rows;
}

}  // namespace cance::config
