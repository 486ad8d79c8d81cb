#include "nn/device.hpp"

#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <torch/cuda.h>

#include <filesystem>

#include "base/error.hpp"
#include "nn/device_graph.hpp"

namespace cance::nn {
namespace {

/// Registers torch's CUDA part, which nothing links. Empty, or why it cannot.
std::string open_torch_cuda() {
  // cuBLAS gives the same bits twice only with a workspace of fixed size, told before it starts.
  ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*replace=*/0);
  if (::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    return ::dlerror();
  }
  return torch::cuda::is_available() ? "" : "this libtorch cannot use the driver's devices";
}

c10::impl::VirtualGuardImpl guard(at::Device device) {
  return c10::impl::VirtualGuardImpl(device.type());
}

}  // namespace

at::Device choose_device(const std::string& word, const GpuDriver& driver, int local_rank) {
  require(word == "cpu" || word == "cuda" || word == "auto",
          "--device {}: expected auto, cpu or cuda", word);
  if (word == "cpu" || (word == "auto" && driver.gpus.empty())) {
    return at::kCPU;
  }
  require(!driver.gpus.empty(), "--device cuda: {}; 'cance doctor' says more", driver.why_none());
  static const std::string problem = open_torch_cuda();
  if (!problem.empty() && word == "auto") {
    return at::kCPU;
  }
  require(problem.empty(),
          "--device cuda: {}; install libtorch with its CUDA packages (launch/setup.sh --gpu)",
          problem);
  const int count = torch::cuda::device_count();
  const at::Device device(at::kCUDA, static_cast<c10::DeviceIndex>(local_rank % count));
  guard(device).setDevice(device);
  return device;
}

std::string device_name(at::Device device, const GpuDriver& driver) {
  if (device.is_cpu()) {
    return "cpu";
  }
  return driver.gpus.at(static_cast<std::size_t>(device.index())).name;
}

OwnStream::OwnStream(at::Device device) {
  if (!device.is_cpu()) {
    guard(device).setDevice(device);
    const c10::Stream own = guard(device).getNewStream(device);
    before_ = std::make_unique<c10::Stream>(guard(device).exchangeStream(own));
  }
}

OwnStream::~OwnStream() {
  if (before_) {
    guard(before_->device()).exchangeStream(*before_);
  }
}

void* native_stream(at::Device device) {
  return guard(device).getStreamNativeHandle(guard(device).getStream(device));
}

bool stream_is_idle(at::Device device) {
  return guard(device).queryStream(guard(device).getStream(device));
}

std::unique_ptr<DeviceGraph> make_device_graph(at::Device device) {
  if (device.is_cpu()) {
    return nullptr;
  }
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  void* library = nullptr;
  for (const auto& path : {here / "libcance-cuda.so", here / "../lib/libcance-cuda.so"}) {
    library = library == nullptr ? ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) : library;
  }
  require(library != nullptr,
          "no CUDA graphs: {}; build with -DCANCE_CUDA=ON, or train with --graphs off",
          ::dlerror());
  auto* const make = reinterpret_cast<MakeCudaGraph*>(::dlsym(library, kMakeCudaGraph));
  require(make != nullptr, "libcance-cuda.so is of another version than this program");
  return std::unique_ptr<DeviceGraph>(make());
}

}  // namespace cance::nn
