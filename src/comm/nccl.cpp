// NCCL. Every status goes through check_status(). Built where CANCE_CUDA is ON.
#include <dlfcn.h>
#include <nccl.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <source_location>
#include <thread>
#include <utility>

#include "base/build_info.hpp"
#include "base/error.hpp"
#include "comm/device_sum.hpp"

namespace cance::comm {
namespace {

/// The functions of libnccl.so.2 that are used.
struct Nccl {
  decltype(&ncclGetUniqueId) get_unique_id = nullptr;
  decltype(&ncclCommInitRankConfig) init_rank = nullptr;
  decltype(&ncclAllReduce) all_reduce = nullptr;
  decltype(&ncclCommGetAsyncError) get_async_error = nullptr;
  decltype(&ncclCommAbort) abort = nullptr;
  decltype(&ncclCommFinalize) finalize = nullptr;
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
  load(nccl.init_rank, "ncclCommInitRankConfig");
  load(nccl.all_reduce, "ncclAllReduce");
  load(nccl.get_async_error, "ncclCommGetAsyncError");
  load(nccl.abort, "ncclCommAbort");
  load(nccl.finalize, "ncclCommFinalize");
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

/// The communicator is one that does not block: what waits for other ranks goes on in a thread of
/// NCCL's, and is asked after here until the limit.
class NcclSum final : public DeviceSum {
 public:
  NcclSum(Communicator& host, double limit) : limit_(limit) {
    require(nccl().problem.empty(), "no NCCL: {}", nccl().problem);
    const ncclUniqueId id = common_id(host);
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.blocking = 0;
    try {
      check_status(nccl().init_rank(&handle_, host.size(), id, host.rank(), &config), nullptr);
      settle();
    } catch (const std::exception&) {
      abort();
      throw;
    }
  }
  ~NcclSum() override {
    try {
      if (std::uncaught_exceptions() == 0 && handle_ != nullptr) {
        check_status(nccl().finalize(handle_), handle_);
        settle();
        nccl().destroy(std::exchange(handle_, nullptr));
      }
    } catch (const std::exception&) {  // the ranks are lost, and the work is done
    }
    abort();
  }
  void start(void* values, std::size_t count, Number kind, void* stream) override {
    {
      const std::lock_guard lock(mutex_);
      require_handle();
      check_status(nccl().all_reduce(values, values, count,
                                     kind == Number::float32 ? ncclFloat32 : ncclFloat64, ncclSum,
                                     handle_, static_cast<cudaStream_t>(stream)),
                   handle_);
    }
    try {
      settle();
    } catch (const LostRanks&) {
      std::thread([handle = taken()] { end(handle); }).detach();  // this thread may have graphs
      throw;
    }
  }
  std::string problem() override {
    const std::lock_guard lock(mutex_);
    const ncclResult_t status = handle_ == nullptr ? ncclSuccess : state();
    return status == ncclSuccess || status == ncclInProgress ? "" : text_of(status, handle_);
  }
  void abort() noexcept override {
    end(taken());  // unlocked: others are to hear of it meanwhile
  }

 private:
  /// The handle, which nobody has from now on.
  ncclComm_t taken() {
    const std::lock_guard lock(mutex_);
    return std::exchange(handle_, nullptr);
  }
  static void end(ncclComm_t handle) noexcept {
    if (handle != nullptr) {
      nccl().abort(handle);
    }
  }
  void require_handle() const {
    if (handle_ == nullptr) {
      throw LostRanks(fmt::format("NCCL was ended on {}: a rank was lost", host_name()));
    }
  }
  [[nodiscard]] ncclResult_t state() const {
    ncclResult_t status = ncclSuccess;
    check_status(nccl().get_async_error(handle_, &status), handle_);
    return status;
  }
  /// Returns when NCCL has taken the last call up.
  void settle() {
    const auto start = std::chrono::steady_clock::now();
    for (bool first = true;; first = false) {
      if (!first) {
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
      const std::lock_guard lock(mutex_);
      require_handle();
      const ncclResult_t status = state();
      if (status == ncclSuccess) {
        return;
      }
      const double waited =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      if (status != ncclInProgress || waited > limit_) {
        const std::string why = status == ncclInProgress
                                    ? fmt::format("no answer in {:.0f} s (--team-timeout)", limit_)
                                    : text_of(status, handle_);
        throw LostRanks(fmt::format("NCCL lost a rank, seen on {}: {}", host_name(), why));
      }
    }
  }

  double limit_;
  std::mutex mutex_;  // SumWatch has a thread of its own
  ncclComm_t handle_ = nullptr;
};

}  // namespace

std::string why_no_nccl() { return nccl().problem; }

std::unique_ptr<DeviceSum> make_nccl_sum(Communicator& host, double limit) {
  return std::make_unique<NcclSum>(host, limit);
}

}  // namespace cance::comm
