#include "tests/robustness/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(cance::prep::fuzz::picture({data, size}));
  return 0;
}
