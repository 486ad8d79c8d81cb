// The GPUs that this process sees, asked for at run time, as programs start without any.
#pragma once

#include <string>
#include <vector>

namespace cance {

struct Gpu {
  std::string name;    ///< "NVIDIA H100 80GB HBM3"
  std::string bus_id;  ///< "0000:1b:00.0", unique in its machine
};

struct GpuDriver {
  bool present = false;   ///< libcuda.so.1 is there
  int status = 0;         ///< of cuInit; 0: well
  int version = 0;        ///< newest CUDA that the driver knows, 13000 for 13.0
  std::vector<Gpu> gpus;  ///< in the order of CUDA_VISIBLE_DEVICES

  /// Why there is no GPU, one line; empty when there is one.
  [[nodiscard]] std::string why_none() const;
};

/// Looks once; a second call looks again. From the first one on the driver has a queue for each of
/// 32 streams, where the environment does not say otherwise (CUDA_DEVICE_MAX_CONNECTIONS).
[[nodiscard]] GpuDriver look_for_gpus();

/// Lets threads that wait for GPU number `local_rank` modulo the visible ones sleep, for threads
/// that are more than the cores; otherwise they ask again and again. Before the first work on it.
void let_waits_block(const GpuDriver& driver, int local_rank);

}  // namespace cance
