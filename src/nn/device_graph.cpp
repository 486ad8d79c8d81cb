#include "nn/device_graph.hpp"

#include <dlfcn.h>

#include "base/error.hpp"

namespace cance::nn {
namespace {

namespace fs = std::filesystem;

/// Error where it is in none of its places.
void* open_cuda_library() {
  const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
  std::string problem;
  for (const fs::path& path : cuda_library_places(folder)) {
    if (void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
      return library;
    }
    const std::string why = ::dlerror();
    problem = problem.empty() || fs::exists(path) ? why : problem;  // rather of one that is there
  }
  fail("no CUDA graphs: {}; build with -DCANCE_CUDA=ON, or train with --graphs off", problem);
}

/// Opened at the first call that finds it, and never closed.
void* cuda_library() {
  static void* const library = open_cuda_library();
  return library;
}

}  // namespace

std::mutex& recording_mutex() {
  static std::mutex mutex;
  return mutex;
}

std::vector<fs::path> cuda_library_places(const fs::path& program_folder) {
  const char* const name = "libcance-cuda.so";
  return {program_folder / name, program_folder / "../lib" / name,
          program_folder / "../bin" / name};
}

FillNormals* device_normals() {
  static FillNormals* const fill = [] {
    try {
      return reinterpret_cast<FillNormals*>(::dlsym(cuda_library(), kFillNormals));
    } catch (const Error&) {
      return static_cast<FillNormals*>(nullptr);
    }
  }();
  return fill;
}

std::unique_ptr<DeviceGraph> make_device_graph(at::Device device) {
  if (device.is_cpu()) {
    return nullptr;
  }
  auto* const make = reinterpret_cast<MakeCudaGraph*>(::dlsym(cuda_library(), kMakeCudaGraph));
  require(make != nullptr, "libcance-cuda.so is of another version than this program");
  return std::unique_ptr<DeviceGraph>(make(recording_mutex()));
}

}  // namespace cance::nn
