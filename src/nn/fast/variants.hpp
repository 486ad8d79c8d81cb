// Kernels are compiled several times (src/nn/CMakeLists.txt): as the rest of the program, and for
// newer processors. Such a source defines one table of functions, CANCE_VARIANT, and nothing else
// that the linker sees, so that code for newer processors runs nowhere but where it is chosen.
#pragma once

#ifndef CANCE_VARIANT
#define CANCE_VARIANT kBuilt  // or kAvx2, for x86-64-v3, or kAvx512, for x86-64-v4
#endif

namespace cance::nn {

enum class Variant { built, avx2, avx512 };

/// Whether this processor has the instructions that a variant is compiled for.
[[nodiscard]] bool can_run(Variant variant);

/// The newest that it can run; `built` where the program is compiled for no less.
[[nodiscard]] Variant best_variant();

}  // namespace cance::nn
