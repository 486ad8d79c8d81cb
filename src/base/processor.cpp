// Compiled for the oldest processor and before everything else, so it calls nothing of ours.
#include "base/processor.hpp"

#include <unistd.h>

#include <cstdio>

namespace cance {

#if defined(__x86_64__) && defined(__GNUC__)
namespace {

struct InstructionSet {
  const char* name;
  bool there;
};

}  // namespace

// Before the constructors of other files, which may use such instructions already.
[[gnu::constructor(101)]] void check_processor() noexcept {
  __builtin_cpu_init();
  // In the order of the bits of kProcessorNeeds; the builtin takes literals alone.
  const InstructionSet kInstructionSets[] = {
      {"SSE4.2", __builtin_cpu_supports("sse4.2") != 0},
      {"AVX", __builtin_cpu_supports("avx") != 0},
      {"AVX2", __builtin_cpu_supports("avx2") != 0},
      {"FMA", __builtin_cpu_supports("fma") != 0},
      {"BMI", __builtin_cpu_supports("bmi") != 0},
      {"BMI2", __builtin_cpu_supports("bmi2") != 0},
      {"AVX512F", __builtin_cpu_supports("avx512f") != 0},
      {"AVX512BW", __builtin_cpu_supports("avx512bw") != 0},
      {"AVX512DQ", __builtin_cpu_supports("avx512dq") != 0},
      {"AVX512VL", __builtin_cpu_supports("avx512vl") != 0},
      {"AVX512VBMI", __builtin_cpu_supports("avx512vbmi") != 0},
      {"AVX512VNNI", __builtin_cpu_supports("avx512vnni") != 0},
      {"XOP", __builtin_cpu_supports("xop") != 0}};
  unsigned bit = 0;
  for (const InstructionSet& set : kInstructionSets) {
    if ((kProcessorNeeds >> bit++ & 1U) != 0 && !set.there) {
      std::fprintf(
          stderr,
          "cance: this processor has no %s, which the program was compiled for; compile it "
          "with -DCANCE_ARCH=x86-64-v3 or -DCANCE_ARCH=OFF (cmake), or on this machine\n",
          set.name);
      ::_exit(2);
    }
  }
}
#else
void check_processor() noexcept {}
#endif

}  // namespace cance
