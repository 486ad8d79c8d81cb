// The probes that open a foreign library at run time: MPI, CUDA driver, NCCL. Nothing links them,
// so that `cance` starts where they are absent. The few C signatures are those of the libraries'
// stable binary interfaces.
#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <memory>

#include "base/text.hpp"
#include "cli/doctor_probes.hpp"

namespace cance::cli {
namespace {

struct CloseLibrary {
  void operator()(void* handle) const noexcept { ::dlclose(handle); }
};
using Library = std::unique_ptr<void, CloseLibrary>;

Library open_library(const char* name) { return Library(::dlopen(name, RTLD_LAZY | RTLD_LOCAL)); }

template <class Function>
Function* symbol(const Library& library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library.get(), name));
}

std::string device_names(const Library& driver, int count) {
  using GetDevice = int(int*, int);
  using GetName = int(char*, int, int);
  auto* get_device = symbol<GetDevice>(driver, "cuDeviceGet");
  auto* get_name = symbol<GetName>(driver, "cuDeviceGetName");
  std::vector<std::string> names;
  for (int i = 0; get_device != nullptr && get_name != nullptr && i < count; ++i) {
    int device = 0;
    std::array<char, 256> name{};
    if (get_device(&device, i) == 0 &&
        get_name(name.data(), static_cast<int>(name.size()), device) == 0) {
      names.emplace_back(name.data());
    }
  }
  return join(names, ", ");
}

}  // namespace

Finding probe_mpi_library() {
  constexpr std::array kNames = {"libmpi.so.40", "libmpi.so.12", "libmpi.so"};
  for (const char* name : kNames) {
    const Library library = open_library(name);
    using GetVersion = int(char*, int*);
    auto* get_version = library ? symbol<GetVersion>(library, "MPI_Get_library_version") : nullptr;
    if (get_version != nullptr) {
      std::array<char, 8192> text{};  // MPI_MAX_LIBRARY_VERSION_STRING of MPICH, the longest
      int length = 0;
      get_version(text.data(), &length);
      const std::string version = text.data();
      return {Mark::ok, "MPI library", version.substr(0, version.find_first_of(",\n")), ""};
    }
  }
  return {Mark::note, "MPI library", "not on the library path",
          "cance-engine finds its own, or says above that it does not"};
}

Finding probe_cuda() {
  const std::string on_cpu = "trains on the CPU";
  const Library driver = open_library("libcuda.so.1");
  using Init = int(unsigned);
  using GetNumber = int(int*);
  auto* init = driver ? symbol<Init>(driver, "cuInit") : nullptr;
  auto* get_version = driver ? symbol<GetNumber>(driver, "cuDriverGetVersion") : nullptr;
  auto* get_count = driver ? symbol<GetNumber>(driver, "cuDeviceGetCount") : nullptr;
  if (init == nullptr || get_version == nullptr || get_count == nullptr) {
    return {Mark::note, "CUDA", "no driver (libcuda.so.1): " + on_cpu, ""};
  }
  int version = 0;
  int count = 0;
  const int status = init(0);
  if (status != 0 || get_version(&version) != 0 || get_count(&count) != 0 || count == 0) {
    return {Mark::note, "CUDA",
            fmt::format("driver without a usable device (cuInit {}): {}", status, on_cpu),
            "on a cluster ask for a GPU (--gres=gpu:1); see CUDA_VISIBLE_DEVICES and nvidia-smi"};
  }
  return {Mark::ok, "CUDA",
          fmt::format("driver for CUDA {}.{}, {} device(s): {}", version / 1000,
                      version % 1000 / 10, count, device_names(driver, count)),
          ""};
}

Finding probe_nccl() {
  const Library library = open_library("libnccl.so.2");
  using GetVersion = int(int*);
  auto* get_version = library ? symbol<GetVersion>(library, "ncclGetVersion") : nullptr;
  int version = 0;
  if (get_version == nullptr || get_version(&version) != 0) {
    return {Mark::note, "NCCL", "not on the library path (libnccl.so.2): only for several GPUs",
            ""};
  }
  return {Mark::ok, "NCCL",
          fmt::format("{}.{}.{}", version / 10000, version / 100 % 100, version % 100), ""};
}

}  // namespace cance::cli
