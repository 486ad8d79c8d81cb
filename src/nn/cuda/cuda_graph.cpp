// CUDA graphs by torch, which gives what passes inside a captured step memory of its own. Linked
// with torch's CUDA libraries and opened at run time; see nn/device_graph.hpp.
#include <ATen/core/CachingHostAllocator.h>
#include <ATen/cuda/CUDAGraph.h>

#include <mutex>

#include "nn/device_graph.hpp"

namespace cance::nn {
namespace {

/// What may fail while something else has.
template <class F>
void quietly(F f) noexcept {
  try {
    f();
  } catch (const std::exception&) {
  }
}

struct Graph : at::cuda::CUDAGraph {
  /// Other lanes may allocate memory meanwhile, which only a capture of all threads forbids.
  void begin(at::cuda::MempoolId_t pool) { capture_begin(pool, cudaStreamCaptureModeThreadLocal); }
  /// After an exception since `begin`. Where the end of the capture is an error too, torch goes on
  /// to give memory from the pool to all that follows, so that is ended here.
  void abandon() noexcept {
    quietly([this] { capture_end(); });
    if (capture_ended_) {
      return;
    }
    quietly([this] {
      c10::cuda::CUDACachingAllocator::endAllocateToPool(capture_dev_, mempool_id_);
      c10::cuda::CUDACachingAllocator::releasePool(capture_dev_, mempool_id_);
    });
    quietly([this] {
      at::HostAllocator* const host = at::getHostAllocator(at::kCUDA);
      host->end_allocate_to_pool(mempool_id_);
      host->release_pool(mempool_id_);
    });
  }
};

/// The memory that the graphs of a thread share, one after another: torch keeps it as long as there
/// is a graph of it, so one does nothing else.
class Pool {
 public:
  /// `recording` is held by the caller.
  explicit Pool(std::mutex& recording) : recording_(recording) {
    try {
      graph_->begin(id_);
      const at::Tensor something = at::zeros({1}, at::kCUDA);
      graph_->capture_end();
    } catch (const std::exception&) {
      graph_->abandon();
      throw;
    }
  }
  ~Pool() {
    const std::lock_guard lock(recording_);
    graph_.reset();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  [[nodiscard]] at::cuda::MempoolId_t id() const { return id_; }

 private:
  std::mutex& recording_;
  const at::cuda::MempoolId_t id_ = at::cuda::graph_pool_handle();
  std::unique_ptr<Graph> graph_ = std::make_unique<Graph>();
};

class CudaGraph final : public DeviceGraph {
 public:
  explicit CudaGraph(std::mutex& recording) : recording_(recording) {}
  void begin() override {
    thread_local const Pool pool(recording_);
    begun_ = true;
    graph_.begin(pool.id());
  }
  void end() override { graph_.capture_end(); }
  void abandon() noexcept override {
    if (begun_) {
      graph_.abandon();
    }
  }
  void replay() override { graph_.replay(); }

 private:
  std::mutex& recording_;
  bool begun_ = false;
  Graph graph_;
};

}  // namespace
}  // namespace cance::nn

extern "C" cance::nn::DeviceGraph* cance_make_cuda_graph(std::mutex& recording) {
  return new cance::nn::CudaGraph(recording);  // owned by the caller's unique_ptr
}
