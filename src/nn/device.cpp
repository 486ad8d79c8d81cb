#include "nn/device.hpp"

#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <torch/cuda.h>

#include "base/log.hpp"
#include "nn/device_graph.hpp"

namespace cance::nn {
namespace {

/// Registers torch's CUDA part, which nothing links. Empty, or why it cannot.
std::string open_torch_cuda(int driver_version) {
  // cuBLAS gives the same bits twice only with a workspace of fixed size, told before it starts.
  // Nothing may ask torch for its CUDA hooks before: the answer "there are none" would stay.
  ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*replace=*/0);
  if (::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    return ::dlerror();
  }
  return torch::cuda::is_available() ? ""
                                     : fmt::format(
                                           "this libtorch cannot use the devices of a driver for "
                                           "CUDA {}.{}: a newer driver "
                                           "or a libtorch for an older CUDA is needed",
                                           driver_version / 1000, driver_version % 1000 / 10);
}

/// The CPU, which "auto" takes; why, where a GPU might have been meant.
at::Device instead_of_a_gpu(const std::string& why, int local_rank) {
  if (local_rank == 0) {
    log::warn("--device auto computes on the CPU: {}", why);
  }
  return at::kCPU;
}

c10::impl::VirtualGuardImpl guard(at::Device device) {
  return c10::impl::VirtualGuardImpl(device.type());
}

}  // namespace

at::Device choose_device(const std::string& word, const GpuDriver& driver, int local_rank) {
  require(word == "cpu" || word == "cuda" || word == "auto",
          "--device {}: expected auto, cpu or cuda", word);
  if (word == "cpu" || (word == "auto" && !driver.present)) {
    return at::kCPU;
  }
  if (word == "auto" && driver.gpus.empty()) {
    return instead_of_a_gpu(driver.why_none(), local_rank);
  }
  require(!driver.gpus.empty(), "--device cuda: {}; 'cance doctor' says more", driver.why_none());
  static const std::string problem = open_torch_cuda(driver.version);
  if (!problem.empty() && word == "auto") {
    return instead_of_a_gpu(problem, local_rank);
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

void require_streams(at::Device device, int lanes) {
  require(device.is_cpu() || lanes <= kStreams,
          "--lanes {}: a GPU has streams for {} lanes of a rank; use --lanes {}", lanes, kStreams,
          kStreams);
}

std::shared_ptr<c10::Stream> new_stream(at::Device device) {
  if (device.is_cpu()) {
    return nullptr;
  }
  guard(device).setDevice(device);
  return std::make_shared<c10::Stream>(guard(device).getNewStream(device));
}

std::shared_ptr<c10::Stream> current_stream(at::Device device) {
  return device.is_cpu() ? nullptr : std::make_shared<c10::Stream>(guard(device).getStream(device));
}

OwnStream::OwnStream(at::Device device, const std::shared_ptr<c10::Stream>& stream) {
  if (stream) {
    guard(device).setDevice(device);
    before_ = std::make_unique<c10::Stream>(guard(device).exchangeStream(*stream));
  }
}

OwnStream::~OwnStream() {
  if (before_) {
    guard(before_->device()).exchangeStream(*before_);
  }
}

at::Tensor sent(const at::Tensor& t, at::Device device) {
  return t.is_cpu() && !device.is_cpu() ? t.pin_memory().to(device, /*non_blocking=*/true)
                                        : t.to(device);
}

void wait_for_stream(at::Device device) {
  if (!device.is_cpu()) {
    guard(device).synchronizeStream(guard(device).getStream(device));
  }
}

bool device_answers(at::Device device) {
  try {
    wait_for_stream(device);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool is_out_of_memory(const std::exception& error) {
  return dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr;
}

std::size_t free_memory(at::Device gpu) {
  return c10::getDeviceAllocator(gpu.type())->getMemoryInfo(gpu.index()).first;
}

void free_unused_memory(at::Device device) {
  if (!device.is_cpu()) {
    const std::lock_guard lock(recording_mutex());  // a capture must not lose its memory
    c10::getDeviceAllocator(device.type())->emptyCache();
  }
}

void* native_stream(at::Device device) {
  return guard(device).getStreamNativeHandle(guard(device).getStream(device));
}

std::function<bool()> end_of_work(at::Device device) {
  if (device.is_cpu()) {
    return [] { return true; };
  }
  auto event = std::make_shared<c10::Event>(device.type());
  event->record(guard(device).getStream(device));
  return [event] {
    try {
      return event->query();
    } catch (const std::exception&) {  // of the device, which who waits for it will see
      return true;
    }
  };
}

}  // namespace cance::nn
