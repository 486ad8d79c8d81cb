// First uses of a device's libraries by a thread.
#pragma once

#include "nn/tensor.hpp"

namespace cance::nn {

/// Lets this thread's products, convolutions, factorisations and sorts make what they keep for
/// later (handles, workspaces), which must not happen while another thread captures a graph.
void warm_libraries(at::Device device);

}  // namespace cance::nn
