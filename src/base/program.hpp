// How every program of ours begins and ends.
#pragma once

namespace cance {

/// First in main: the processor is one that the program was compiled for, the descriptors 0 to 2
/// are open, and control characters are shown in all that is printed.
void begin_program();

/// Error unless all that was printed to standard output could be written.
void require_output_written();

/// Ends the process at once, without the destructors of global objects: at exit torch takes each of
/// its operators down again, a third of the time of a short command. Standard output is written
/// before; where it cannot be, one line says so and the exit code is that of bad input.
[[noreturn]] void leave(int code);

}  // namespace cance
