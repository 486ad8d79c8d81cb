// What `cance` does where its processor lacks an instruction set: XOP is in no processor since
// 2017.
#include "base/processor.hpp"

namespace cance {
constinit const unsigned kProcessorNeeds = 1U << 12U;
}  // namespace cance

int main() { cance::check_processor(); }
