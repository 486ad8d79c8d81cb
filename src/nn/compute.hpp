// Where, in what precision and with whom a model is computed.
#pragma once

#include "nn/device.hpp"
#include "nn/lockstep.hpp"
#include "nn/team.hpp"

namespace cance::nn {

struct Compute {
  at::ScalarType type = at::kFloat;  ///< float32 or float64
  at::Device device = at::kCPU;
  std::string device_name = "cpu";  ///< for eyes and files
  Team team;
  bool graphs = false;             ///< whether a rank alone on a GPU replays its steps as graphs
  Lockstep::Seat* seat = nullptr;  ///< among models that are trained together

  /// The tensor in this precision on this device. From the host to a GPU it goes without
  /// waiting for the work that the GPU has.
  [[nodiscard]] at::Tensor to_device(const at::Tensor& t) const { return sent(t.to(type), device); }
};

}  // namespace cance::nn
