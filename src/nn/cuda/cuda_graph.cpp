// CUDA graphs by torch, which gives a captured step memory of its own. Linked with torch's CUDA
// libraries and opened at run time; see nn/device_graph.hpp.
#include <ATen/cuda/CUDAGraph.h>

#include "nn/device_graph.hpp"

namespace cance::nn {
namespace {

class CudaGraph final : public DeviceGraph {
 public:
  void begin() override {
    // Other lanes may allocate memory meanwhile, which only a capture of all threads forbids.
    graph_.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
  }
  void end() override { graph_.capture_end(); }
  void replay() override { graph_.replay(); }

 private:
  at::cuda::CUDAGraph graph_;
};

}  // namespace
}  // namespace cance::nn

extern "C" cance::nn::DeviceGraph* cance_make_cuda_graph() {
  return new cance::nn::CudaGraph();  // owned by the caller's unique_ptr
}
