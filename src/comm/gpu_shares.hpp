// Which ranks compute on which GPU. Two on one by accident both run, at half the speed.
#pragma once

#include <string>
#include <vector>

#include "comm/communicator.hpp"

namespace cance::comm {

/// Where a rank computes.
struct GpuPlace {
  std::string host;
  std::string gpu;  ///< its bus id; empty: on the CPU
  bool operator==(const GpuPlace&) const = default;
};

/// The places of all ranks, in rank order. Collective.
[[nodiscard]] std::vector<GpuPlace> gather_places(Communicator& communicator, const GpuPlace& own);

/// Errors: ranks on GPUs and on the CPU; more than `ranks_per_gpu` ranks on one GPU (named).
void require_gpu_shares(const std::vector<GpuPlace>& places, int ranks_per_gpu);

/// Whether two of these ranks are on one GPU.
[[nodiscard]] bool share_a_gpu(std::span<const GpuPlace> places);

}  // namespace cance::comm
