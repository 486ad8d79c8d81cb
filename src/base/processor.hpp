// Whether this processor can run what the program was compiled for.
#pragma once

namespace cance {

/// Ends the program with exit code 2 and one line where this processor lacks an instruction set
/// that the program was compiled for (CANCE_ARCH). Runs by itself before anything else of the
/// program; a call from `main` links it in.
void check_processor() noexcept;

/// One bit for each instruction set of kInstructionSets (processor.cpp) that the compiler may use.
extern const unsigned kProcessorNeeds;

}  // namespace cance
