// What is launched on a device between `begin` and `end` is recorded, not run; `replay` runs it.
// The CUDA one lives in a library of its own (nn/cuda), which the program opens where there is a
// GPU, so that the program starts without one.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "nn/tensor.hpp"

namespace cance::nn {

/// Graphs of one thread share the memory of what passes inside them, so they are replayed one after
/// another on its stream, and what they give is kept elsewhere before another one is replayed.
class DeviceGraph {
 public:
  virtual ~DeviceGraph() = default;
  /// The current stream must not be the device's default stream. Until the end of the recording,
  /// and when the graph is destroyed, the caller holds `recording_mutex`.
  virtual void begin() = 0;
  virtual void end() = 0;
  /// After an exception in `begin`, `end` or between them: the stream and the memory are as before,
  /// the graph is of no use.
  virtual void abandon() noexcept = 0;
  /// On the current stream.
  virtual void replay() = 0;
};

/// Of the whole process: torch keeps books of recordings that no lock of its own guards.
[[nodiscard]] std::mutex& recording_mutex();

/// A graph for the device, or nothing for the CPU. Error where the library is not there.
[[nodiscard]] std::unique_ptr<DeviceGraph> make_device_graph(at::Device device);

/// Where libcance-cuda.so may lie, for a program in this folder: beside it (a build, an installed
/// tree), in the bundle's lib, or in the build's bin (programs of tests).
[[nodiscard]] std::vector<std::filesystem::path> cuda_library_places(
    const std::filesystem::path& program_folder);

/// Writes standard normals number first, first + 1, ... of a stream of Random (its `key` and
/// `upper`) into the memory of the current device, behind the work of `stream` (cudaStream_t).
using FillNormals = void(float* values, std::uint64_t count, std::uint64_t first,
                         std::array<std::uint32_t, 2> key, std::array<std::uint32_t, 2> upper,
                         void* stream);
/// That of libcance-cuda.so; none where there is no library, or one that was built without nvcc.
[[nodiscard]] FillNormals* device_normals();

/// The functions of libcance-cuda.so, by their names there.
inline constexpr const char* kMakeCudaGraph = "cance_make_cuda_graph";
inline constexpr const char* kFillNormals = "cance_fill_normals";
using MakeCudaGraph = DeviceGraph*(std::mutex& recording);

}  // namespace cance::nn
