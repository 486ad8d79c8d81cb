// Where, in what precision and with whom a model is computed.
#pragma once

#include "nn/team.hpp"

namespace cance::nn {

struct Compute {
  torch::ScalarType type = torch::kFloat32;  ///< float32 or float64
  torch::Device device = torch::kCPU;
  Team team;

  /// A tensor of numbers in this precision on this device.
  [[nodiscard]] torch::Tensor place(const torch::Tensor& t) const { return t.to(device, type); }
};

}  // namespace cance::nn
