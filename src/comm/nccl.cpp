// NCCL. Every status goes through check_status(). Built where CANCE_CUDA is ON.
#include <dlfcn.h>
#include <nccl.h>

#include <algorithm>
#include <mutex>
#include <source_location>

#include "base/build_info.hpp"
#include "base/error.hpp"
#include "comm/device_sum.hpp"

namespace cance::comm {
namespace {

/// The functions of libnccl.so.2 that are used.
struct Nccl {
  decltype(&ncclGetUniqueId) get_unique_id = nullptr;
  decltype(&ncclCommInitRank) init_rank = nullptr;
  decltype(&ncclAllReduce) all_reduce = nullptr;
  decltype(&ncclCommGetAsyncError) get_async_error = nullptr;
  decltype(&ncclCommAbort) abort = nullptr;
  decltype(&ncclCommDestroy) destroy = nullptr;
  decltype(&ncclGetErrorString) error_string = nullptr;
  decltype(&ncclGetLastError) last_error = nullptr;
  std::string problem;  // why they are not there
};

Nccl open_nccl() {
  Nccl nccl;
  void* const library = ::dlopen("libnccl.so.2", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    nccl.problem = ::dlerror();
    return nccl;
  }
  const auto load = [&](auto& function, const char* name) {
    function =
        reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
    if (function == nullptr) {
      nccl.problem = fmt::format("libnccl.so.2 has no {}", name);
    }
  };
  load(nccl.get_unique_id, "ncclGetUniqueId");
  load(nccl.init_rank, "ncclCommInitRank");
  load(nccl.all_reduce, "ncclAllReduce");
  load(nccl.get_async_error, "ncclCommGetAsyncError");
  load(nccl.abort, "ncclCommAbort");
  load(nccl.destroy, "ncclCommDestroy");
  load(nccl.error_string, "ncclGetErrorString");
  load(nccl.last_error, "ncclGetLastError");
  return nccl;
}

const Nccl& nccl() {
  static const Nccl functions = open_nccl();
  return functions;
}

std::string text_of(ncclResult_t status, ncclComm_t handle) {
  const char* const last = handle == nullptr ? nullptr : nccl().last_error(handle);
  return fmt::format("{}{}{}", nccl().error_string(status), last == nullptr ? "" : ": ",
                     last == nullptr ? "" : last);
}

void check_status(ncclResult_t status, ncclComm_t handle,
                  std::source_location place = std::source_location::current()) {
  if (status != ncclSuccess && status != ncclInProgress) {
    fail("NCCL failed in {} on {}: {}", place.function_name(), host_name(),
         text_of(status, handle));
  }
}

/// Rank 0's identifier of a new group of ranks, on all of them. Collective.
ncclUniqueId common_id(Communicator& host) {
  ncclUniqueId id{};
  run_together(host, [&] {
    if (host.rank() == 0) {
      check_status(nccl().get_unique_id(&id), nullptr);
    }
  });
  std::vector<std::int64_t> numbers(std::begin(id.internal), std::end(id.internal));
  host.broadcast(std::span(numbers), 0);
  std::ranges::transform(numbers, std::begin(id.internal),
                         [](std::int64_t n) { return static_cast<char>(n); });
  return id;
}

class NcclSum final : public DeviceSum {
 public:
  explicit NcclSum(Communicator& host) {
    require(nccl().problem.empty(), "no NCCL: {}", nccl().problem);
    const ncclUniqueId id = common_id(host);
    check_status(nccl().init_rank(&handle_, host.size(), id, host.rank()), nullptr);
  }
  ~NcclSum() override {
    if (handle_ != nullptr) {
      nccl().destroy(handle_);
    }
  }
  void start(void* values, std::size_t count, Number kind, void* stream) override {
    const std::lock_guard lock(mutex_);
    check_status(nccl().all_reduce(values, values, count,
                                   kind == Number::float32 ? ncclFloat32 : ncclFloat64, ncclSum,
                                   handle_, static_cast<cudaStream_t>(stream)),
                 handle_);
  }
  void check() override {
    const std::lock_guard lock(mutex_);
    ncclResult_t status = ncclSuccess;
    check_status(nccl().get_async_error(handle_, &status), handle_);
    if (status != ncclSuccess && status != ncclInProgress) {
      const std::string text = text_of(status, handle_);
      end();
      throw LostRanks(fmt::format("NCCL lost a rank, seen on {}: {}", host_name(), text));
    }
  }
  void abort() noexcept override {
    const std::lock_guard lock(mutex_);
    end();
  }

 private:
  void end() noexcept {
    if (handle_ != nullptr) {
      nccl().abort(handle_);
      handle_ = nullptr;
    }
  }
  std::mutex mutex_;  // torch's backward pass has a thread of its own
  ncclComm_t handle_ = nullptr;
};

}  // namespace

std::string why_no_nccl() { return nccl().problem; }

std::unique_ptr<DeviceSum> make_nccl_sum(Communicator& host) {
  return std::make_unique<NcclSum>(host);
}

}  // namespace cance::comm
