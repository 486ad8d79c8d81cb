// The few C signatures are those of the driver's stable binary interface.
#include "base/gpus.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace cance {
namespace {

/// Never closed: the driver does not bear being unloaded.
void* open_driver() { return ::dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL); }

template <class Function>
Function* symbol(void* library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library, name));
}

using GetText = int(char*, int, int);  // text, its size, device

std::string text_of(GetText* get, int device) {
  std::array<char, 256> text{};
  const bool told = get != nullptr && get(text.data(), static_cast<int>(text.size()), device) == 0;
  return told ? text.data() : "";
}

std::vector<Gpu> gpus_of(void* driver) {
  using GetCount = int(int*);
  using GetDevice = int(int*, int);
  auto* const get_count = symbol<GetCount>(driver, "cuDeviceGetCount");
  auto* const get_device = symbol<GetDevice>(driver, "cuDeviceGet");
  int count = 0;
  std::vector<Gpu> gpus;
  if (get_count == nullptr || get_device == nullptr || get_count(&count) != 0) {
    return gpus;
  }
  for (int i = 0; i < count; ++i) {
    int device = 0;
    if (get_device(&device, i) == 0) {
      gpus.push_back({text_of(symbol<GetText>(driver, "cuDeviceGetName"), device),
                      text_of(symbol<GetText>(driver, "cuDeviceGetPCIBusId"), device)});
    }
  }
  return gpus;
}

}  // namespace

std::string GpuDriver::why_none() const {
  if (!present) {
    return "no driver (libcuda.so.1)";
  }
  return gpus.empty() ? fmt::format("driver without a usable device (cuInit {})", status) : "";
}

GpuDriver look_for_gpus() {
  GpuDriver found;
  ::setenv("CUDA_DEVICE_MAX_CONNECTIONS", "32", /*replace=*/0);
  void* const driver = open_driver();
  using Init = int(unsigned);
  using GetVersion = int(int*);
  auto* const init = driver == nullptr ? nullptr : symbol<Init>(driver, "cuInit");
  auto* const get_version =
      driver == nullptr ? nullptr : symbol<GetVersion>(driver, "cuDriverGetVersion");
  found.present = init != nullptr && get_version != nullptr;
  if (found.present) {
    found.status = init(0);
    if (found.status == 0 && get_version(&found.version) == 0) {
      found.gpus = gpus_of(driver);
    }
  }
  return found;
}

void let_waits_block(const GpuDriver& driver, int local_rank) {
  using GetDevice = int(int*, int);
  using SetFlags = int(int, unsigned);
  constexpr unsigned kBlockingSync = 4;  // CU_CTX_SCHED_BLOCKING_SYNC
  if (driver.gpus.empty()) {
    return;
  }
  void* const library = open_driver();
  auto* const get_device = symbol<GetDevice>(library, "cuDeviceGet");
  auto* const set_flags = symbol<SetFlags>(library, "cuDevicePrimaryCtxSetFlags_v2");
  int device = 0;
  const int number = local_rank % static_cast<int>(driver.gpus.size());
  if (get_device != nullptr && set_flags != nullptr && get_device(&device, number) == 0) {
    (void)set_flags(device, kBlockingSync);  // else they do not sleep
  }
}

}  // namespace cance
