#include "tests/robustness/fuzz/targets.hpp"

// Only with seeds (fuzz_seeds), as no mutation finds the way to an HDF5 file, and with
// ASAN_OPTIONS=detect_leaks=0 and -timeout=10: without a checksum line HDF5 itself meets the bytes,
// and it leaks where it refuses them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(cance::prep::fuzz::dataset({data, size}));
  return 0;
}
