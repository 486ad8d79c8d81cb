// The device of a model: chosen by name, its libraries opened only where it is asked for, and a
// stream of its own for every lane.
#pragma once

#include <memory>
#include <string>

#include "base/gpus.hpp"
#include "nn/tensor.hpp"

namespace cance::nn {

/// "cpu" | "cuda" | "auto" as a device of this process: GPU number `local_rank` modulo the visible
/// ones. auto: a GPU where there is one that libtorch can use. Opens libtorch's CUDA part when it
/// chooses a GPU. Error when "cuda" is not there, with the reason.
[[nodiscard]] at::Device choose_device(const std::string& word, const GpuDriver& driver,
                                       int local_rank);

/// "cpu", or the GPU's name.
[[nodiscard]] std::string device_name(at::Device device, const GpuDriver& driver);

/// While it lives, this thread's work on a GPU goes to a stream of its own. On the CPU: nothing.
class OwnStream {
 public:
  explicit OwnStream(at::Device device);
  ~OwnStream();
  OwnStream(const OwnStream&) = delete;
  OwnStream& operator=(const OwnStream&) = delete;

 private:
  std::unique_ptr<c10::Stream> before_;
};

/// The current stream of a GPU as its libraries know it (cudaStream_t).
[[nodiscard]] void* native_stream(at::Device device);
/// Whether all work on the current stream is done.
[[nodiscard]] bool stream_is_idle(at::Device device);

}  // namespace cance::nn
