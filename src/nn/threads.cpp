#include "nn/threads.hpp"

#include <ATen/Parallel.h>
#include <c10/core/AutogradState.h>
#include <malloc.h>
#include <torch/version.h>

#include "nn/tensor.hpp"

namespace cance::nn {

void configure_torch(int threads) {
  // Activations of a megabyte come and go every step: keep them out of mmap, whose pages are
  // cleared each time.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  configure_thread(threads);
  at::set_num_interop_threads(1);
  at::globalContext().setDeterministicAlgorithms(/*enabled=*/true, /*warn_only=*/false);
  at::globalContext().setDeterministicCuDNN(true);
  at::globalContext().setAllowTF32CuDNN(
      false);  // float32 means float32; matrix products have it off
  at::globalContext().setDeterministicFillUninitializedMemory(false);  // nothing reads such memory
}

void configure_thread(int threads) {
  at::set_num_threads(threads);
  at::globalContext().setFlushDenormal(true);
  // The backward pass of a GPU runs in the thread of its lane, not in one that all lanes wait for.
  c10::AutogradState::get_tls_state().set_multithreading_enabled(false);
}

int threads() { return at::get_num_threads(); }

std::string torch_version() { return TORCH_VERSION; }

}  // namespace cance::nn
