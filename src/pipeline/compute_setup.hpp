// From what was asked for on the command line to where this rank computes, with whom and how.
#pragma once

#include <memory>

#include "comm/world.hpp"
#include "nn/compute.hpp"
#include "pipeline/compute_request.hpp"

namespace cance::pipeline {

struct ComputeSetup {
  int team = 0;
  std::unique_ptr<comm::Communicator> ranks;  ///< of the team
  nn::Compute compute;                        ///< its team uses `ranks`
  int lanes = 1;
};

/// Error unless "auto", "cpu" or "cuda"; there or not.
void require_device_word(const std::string& device);

/// Lanes of a rank with so many cores. A GPU waits for the host less the more of them there are, as
/// long as each has a core; on CPUs ranks do the same better.
[[nodiscard]] int lanes_of(const ComputeRequest& request, bool on_gpu, int cores);

/// Rank 0 says what was chosen where that is a GPU. Collective. Errors, on all ranks: a device or
/// transport that is not there, too many ranks or lanes on one GPU.
[[nodiscard]] ComputeSetup set_up_compute(const ComputeRequest& request, comm::World& world);

}  // namespace cance::pipeline
