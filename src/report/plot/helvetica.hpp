// PDF's standard font, Helvetica: its characters as bytes, and how wide they are.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cance::report {

inline constexpr unsigned char kFirstCode = ' ';

/// Widths of the codes kFirstCode to 255 of WinAnsiEncoding, in thousandths of the font's size.
[[nodiscard]] std::span<const short> helvetica_widths(bool bold);
/// In WinAnsiEncoding, no byte below kFirstCode: Latin-1, and some signs of our own texts; "?" for
/// every other character.
[[nodiscard]] std::string win_ansi(std::string_view utf8);

}  // namespace cance::report
