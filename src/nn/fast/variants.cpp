#include "nn/fast/variants.hpp"

#include "nn/fast/kernels.hpp"
#include "nn/fast/winograd.hpp"

namespace cance::nn {

#ifdef __x86_64__
bool can_run(Variant variant) {
  switch (variant) {
    case Variant::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
    case Variant::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi2");
    default:
      return true;
  }
}

Variant best_variant() {
#if defined(__AVX512VL__)
  return Variant::built;
#else
  if (can_run(Variant::avx512)) {
    return Variant::avx512;
  }
#ifndef __AVX2__
  if (can_run(Variant::avx2)) {
    return Variant::avx2;
  }
#endif
  return Variant::built;
#endif
}

namespace {

template <class Table>
const Table& best_of(const Table& built, const Table& avx2, const Table& avx512) {
  const Variant best = best_variant();
  return best == Variant::avx512 ? avx512 : best == Variant::avx2 ? avx2 : built;
}

}  // namespace

const kernels::Kernels& kernels::fastest() {
  static const Kernels& kBest = best_of(kBuilt, kAvx2, kAvx512);
  return kBest;
}

const winograd::Transforms& winograd::fastest() {
  static const Transforms& kBest = best_of(kBuilt, kAvx2, kAvx512);
  return kBest;
}
#else
bool can_run(Variant variant) { return variant == Variant::built; }
Variant best_variant() { return Variant::built; }
const kernels::Kernels& kernels::fastest() { return kernels::kBuilt; }
const winograd::Transforms& winograd::fastest() { return winograd::kBuilt; }
#endif

}  // namespace cance::nn
