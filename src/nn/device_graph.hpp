// What is launched on a device between `begin` and `end` is recorded, not run; `replay` runs it.
// The CUDA one lives in a library of its own (nn/cuda), which the program opens where there is a
// GPU, so that the program starts without one.
#pragma once

#include <memory>

#include "nn/tensor.hpp"

namespace cance::nn {

class DeviceGraph {
 public:
  DeviceGraph() = default;
  virtual ~DeviceGraph() = default;
  DeviceGraph(const DeviceGraph&) = delete;
  DeviceGraph& operator=(const DeviceGraph&) = delete;
  /// The current stream must not be the device's default stream.
  virtual void begin() = 0;
  virtual void end() = 0;
  /// On the current stream.
  virtual void replay() = 0;
};

/// A graph for the device, or nothing for the CPU. Error where the library is not there.
[[nodiscard]] std::unique_ptr<DeviceGraph> make_device_graph(at::Device device);

/// The one function of libcance-cuda.so, by its name there.
inline constexpr const char* kMakeCudaGraph = "cance_make_cuda_graph";
using MakeCudaGraph = DeviceGraph*();

}  // namespace cance::nn
