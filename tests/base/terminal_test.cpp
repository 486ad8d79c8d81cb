// Control characters of names and files are shown, not sent.
#include "base/terminal.hpp"

#include <gtest/gtest.h>

namespace cance {
namespace {

TEST(Terminal, ShowsControlCharacters) {
  EXPECT_EQ(with_visible_controls("a\x1b[31mb\rc\a\b"), "a\\x1b[31mb\\x0dc\\x07\\x08");
  EXPECT_EQ(with_visible_controls(std::string("\0\x7f", 2)), "\\x00\\u007f");
  EXPECT_EQ(with_visible_controls("\xc2\x9b"
                                  "1m"),
            "\\u009b1m")
      << "the one-character form of ESC [";
}

TEST(Terminal, ShowsLineBreaksOfNames) {
  EXPECT_EQ(with_visible_breaks("tensor 'a\nb\n': of 2 numbers"),
            "tensor 'a\\nb\\n': of 2 numbers");
  EXPECT_EQ(with_visible_breaks("two faults\n  and another"), "two faults\n  and another");
}

TEST(Terminal, LeavesTextAsItIs) {
  const std::string text = "lines\n\tand \xc3\xa9\xc2\xb1\xe2\x82\xac, \\x1b\n";
  EXPECT_EQ(with_visible_controls(text), text);
}

}  // namespace
}  // namespace cance
