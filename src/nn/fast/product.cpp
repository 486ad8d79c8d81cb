#include "nn/fast/product.hpp"

#include <dlfcn.h>
#include <dnnl.h>

#include "base/error.hpp"

namespace cance::nn {
namespace {

using at::Tensor;

/// oneDNN's matrix product, or null where the library is absent. libtorch carries a oneDNN of
/// another version inside and shows some of its symbols, so ours is loaded apart: linked in, each
/// would bind to parts of the other. Sanitizers end the program when a library is loaded apart.
decltype(&dnnl_sgemm) load_sgemm() {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  return nullptr;
#endif
  for (const char* library : {"libdnnl.so.3", "libdnnl.so.2"}) {
    if (void* const handle = dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND)) {
      return reinterpret_cast<decltype(&dnnl_sgemm)>(dlsym(handle, "dnnl_sgemm"));
    }
  }
  return nullptr;
}

decltype(&dnnl_sgemm) sgemm() {
  static const auto loaded = load_sgemm();
  return loaded;
}

}  // namespace

bool is_cpu_float(const Tensor& t) { return t.is_cpu() && t.scalar_type() == at::kFloat; }

bool can_multiply() { return sgemm() != nullptr; }

void multiply(const Product& p, const float* a, const float* b, float* c) {
  const auto stride = [](std::int64_t given, std::int64_t width) {
    return given > 0 ? given : width;
  };
  const auto status = sgemm()(p.transpose_a ? 'T' : 'N', p.transpose_b ? 'T' : 'N', p.m, p.n, p.k,
                              1.0F, a, stride(p.a_stride, p.transpose_a ? p.m : p.k), b,
                              stride(p.b_stride, p.transpose_b ? p.k : p.n), p.add ? 1.0F : 0.0F, c,
                              stride(p.c_stride, p.n));
  require(status == dnnl_success, "oneDNN's matrix product ({} x {} x {}) failed: status {}", p.m,
          p.n, p.k, static_cast<int>(status));
}

Tensor product(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b) {
  if (!can_multiply() || !is_cpu_float(a) || !a.is_contiguous() || !b.is_contiguous() ||
      a.numel() == 0 || b.numel() == 0) {
    return at::mm(transpose_a ? a.t() : a, transpose_b ? b.t() : b);
  }
  const Product shape{transpose_a, transpose_b, a.size(transpose_a ? 1 : 0),
                      b.size(transpose_b ? 0 : 1), a.size(transpose_a ? 0 : 1)};
  Tensor c = at::empty({shape.m, shape.n}, a.options());
  multiply(shape, a.const_data_ptr<float>(), b.const_data_ptr<float>(),
           c.mutable_data_ptr<float>());
  return c;
}

at::Tensor channels_last(const at::Tensor& t) {
  return t.contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor empty_images(at::IntArrayRef sizes, const at::Tensor& like) {
  return at::empty(sizes, like.options(), at::MemoryFormat::ChannelsLast);
}

}  // namespace cance::nn
