#include "tests/robustness/fuzz/targets.hpp"
#include "tests/support/pictures.hpp"

// As it is, and with right checksums, so that what is inside the chunks is reached.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(cance::prep::fuzz::picture({data, size}));
  static_cast<void>(cance::prep::fuzz::picture(cance::tests::with_checksums({data, data + size})));
  return 0;
}
