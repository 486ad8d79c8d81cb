#include "detectors/shared/squared_distances.hpp"

#include <ATen/ops/addmm.h>

namespace cance::detectors {

at::Tensor squared_distances(const at::Tensor& x, const at::Tensor& rows,
                             const at::Tensor& squares) {
  return at::addmm(x.square().sum(1, /*keepdim=*/true) + squares, x, rows.t(), /*beta=*/1,
                   /*alpha=*/-2)
      .clamp_min_(0);
}

std::string squared_distances(nn::GraphBuilder& g, const std::string& x, const at::Tensor& rows,
                              const std::string& name, models::GraphType type, std::int64_t axis) {
  const std::string squares = g.add(
      "Add",
      {g.sum(g.square(x), {axis}), g.constant(name + ".squares", rows.square().sum(1), type)});
  const std::string products = g.add("MatMul", {x, g.constant(name + ".t", rows.t(), type)});
  return g.at_least(g.add("Sub", {squares, g.scaled(products, 2, type)}), 0, type);
}

}  // namespace cance::detectors
