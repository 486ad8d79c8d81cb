// The device of a model: chosen by name, its libraries opened only where it is asked for, and a
// stream of its own for every lane.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/gpus.hpp"
#include "nn/tensor.hpp"

namespace cance::nn {

/// "cpu" | "cuda" | "auto" as a device of this process: GPU number `local_rank` modulo the visible
/// ones. auto: a GPU where there is one that libtorch can use; where there is a driver and still
/// none, the first rank of a machine says why. Opens libtorch's CUDA part when it chooses a GPU.
/// Error when "cuda" is not there, with the reason.
[[nodiscard]] at::Device choose_device(const std::string& word, const GpuDriver& driver,
                                       int local_rank);

/// "cpu", or the GPU's name.
[[nodiscard]] std::string device_name(at::Device device, const GpuDriver& driver);

/// Streams of a GPU that torch gives a process: the next ones would be the first again.
inline constexpr int kStreams = 32;
/// Error where so many lanes would share streams: the work of one would land in another's graphs.
void require_streams(at::Device device, int lanes);

/// A stream of a GPU that nothing else is sent to, and that of this thread. On the CPU: none.
[[nodiscard]] std::shared_ptr<c10::Stream> new_stream(at::Device device);
[[nodiscard]] std::shared_ptr<c10::Stream> current_stream(at::Device device);

/// While it lives, this thread's work on a GPU goes to this stream. On the CPU: nothing.
class OwnStream {
 public:
  explicit OwnStream(at::Device device) : OwnStream(device, new_stream(device)) {}
  OwnStream(at::Device device, const std::shared_ptr<c10::Stream>& stream);
  ~OwnStream();

 private:
  std::unique_ptr<c10::Stream> before_;
};

/// The tensor on the device. From the host to a GPU by pinned memory, behind the work of the
/// current stream, for which nothing waits.
[[nodiscard]] at::Tensor sent(const at::Tensor& t, at::Device device);

/// The device can do nothing more in this process.
class DeviceLost : public ProcessLost {
 public:
  using ProcessLost::ProcessLost;
};

/// Until the work of the current stream is done. On the CPU: nothing.
void wait_for_stream(at::Device device);
/// Whether the device still works: after some errors all that follows fails. Waits
/// for the current stream. The CPU always does.
[[nodiscard]] bool device_answers(at::Device device);
/// Whether this exception says that the memory of a device ran out.
[[nodiscard]] bool is_out_of_memory(const std::exception& error);
/// Bytes of a GPU's memory that nobody has.
[[nodiscard]] std::size_t free_memory(at::Device gpu);
/// Gives memory that no tensor uses back to the GPU, for all lanes. On the CPU: nothing.
void free_unused_memory(at::Device device);

/// The current stream of a GPU as its libraries know it (cudaStream_t).
[[nodiscard]] void* native_stream(at::Device device);
/// Tells, in any thread and without waiting, whether what the current stream has been given so far
/// is done, or will never be.
[[nodiscard]] std::function<bool()> end_of_work(at::Device device);

}  // namespace cance::nn
