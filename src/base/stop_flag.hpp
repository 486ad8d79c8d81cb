// A request to stop: TERM, INT, USR1 and USR2 set a flag that long work looks at between steps.
#pragma once

namespace cance {

/// Installs the handlers. A second INT ends the program at once.
void install_stop_handlers();
/// Whether this process was asked to stop.
[[nodiscard]] bool stop_requested() noexcept;
/// Sets or clears the flag by hand (tests, and ranks that learn of it from another).
void set_stop_requested(bool value) noexcept;
/// Throws Stopped when the flag is set.
void throw_if_stop_requested();
/// Another rank was asked to stop: sets the flag and throws Stopped.
void stop_with_others();

}  // namespace cance
