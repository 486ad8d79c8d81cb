// The probes that open a foreign library at run time: MPI, the GPU driver, NCCL. Nothing links
// them, so that `cance` starts where they are absent. The few C signatures are those of the
// libraries' stable binary interfaces.
#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <memory>

#include "base/gpus.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "cli/doctor/probes.hpp"
#include "cli/engine_program.hpp"

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
  const GpuDriver driver = look_for_gpus();
  if (driver.gpus.empty()) {
    return {Mark::note, "CUDA", driver.why_none() + ": trains on the CPU",
            driver.present ? "on a cluster ask for a GPU (--gres=gpu:1); see CUDA_VISIBLE_DEVICES "
                             "and nvidia-smi"
                           : ""};
  }
  const std::string driver_text = fmt::format(
      "driver for CUDA {}.{}, {} device(s): {}", driver.version / 1000, driver.version % 1000 / 10,
      driver.gpus.size(), join(mapped(driver.gpus, &Gpu::name), ", "));
  // Whether libtorch can use them, only the program that links it knows.
  const CommandResult engine = run_command(fmt::format("'{}' --device", engine_path().string()));
  const std::string said = split(engine.output, '\n').back();
  if (!engine.success) {
    return {Mark::note, "CUDA", fmt::format("{}; cance-engine: {}", driver_text, said),
            "cance run trains on the CPU; launch/setup.sh --gpu installs libtorch's CUDA packages"};
  }
  return {Mark::ok, "CUDA", fmt::format("{}; {}", driver_text, said), ""};
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
