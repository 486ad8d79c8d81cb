// The end of a process that has libtorch loaded.
#pragma once

namespace cance {

/// Ends the process at once, without the destructors of global objects: at exit torch takes each of
/// its operators down again, a third of the time of a short command. Standard output is written
/// before; where it cannot be, one line says so and the exit code is that of bad input.
[[noreturn]] void leave(int code);

}  // namespace cance
