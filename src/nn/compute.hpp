// Where, in what precision and with whom a model is computed.
#pragma once

#include "nn/team.hpp"

namespace cance::nn {

struct Compute {
  torch::ScalarType type = torch::kFloat32;  ///< float32 or float64
  torch::Device device = torch::kCPU;
  std::string device_name = "cpu";  ///< for eyes and files
  Team team;
  bool graphs = false;  ///< whether a rank alone on a GPU replays its steps as graphs

  /// A tensor of numbers in this precision on this device.
  [[nodiscard]] torch::Tensor place(const torch::Tensor& t) const { return t.to(device, type); }
};

}  // namespace cance::nn
