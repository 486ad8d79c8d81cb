// What a terminal would take for commands (names and files of others may hold it) is shown instead.
#pragma once

#include <string>
#include <string_view>

namespace cance {

/// The text with control characters as \x1b, but for line breaks and tabs; those beyond ASCII
/// (UTF-8 C2 80 to C2 9F) and DEL as \u009b, as JSON has them.
[[nodiscard]] std::string with_visible_controls(std::string_view text);

/// A message as it was meant: a line break is shown as \n, but before two blanks, where a message
/// goes on itself.
[[nodiscard]] std::string with_visible_breaks(std::string_view message);

/// From here on all that is printed to `stdout` and `stderr` passes through it. First in main.
void show_controls_in_output();

}  // namespace cance
