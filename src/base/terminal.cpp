#include "base/terminal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <span>

#include "base/write_all.hpp"

namespace cance {
namespace {

unsigned char byte_at(std::string_view text, std::size_t place) {
  return place < text.size() ? static_cast<unsigned char>(text[place]) : 0;
}

/// fopencookie's write: 0 is an error.
ssize_t write_visibly(void* cookie, const char* data, std::size_t size) {
  const auto descriptor = static_cast<int>(reinterpret_cast<std::intptr_t>(cookie));
  const std::string visible = with_visible_controls({data, size});
  return write_all(descriptor, std::as_bytes(std::span(visible))) ? static_cast<ssize_t>(size) : 0;
}

/// A stream to the descriptor, buffered by lines on a terminal and else as `mode` says.
std::FILE* visible_stream(int descriptor, int mode) {
  const cookie_io_functions_t calls{
      .read = nullptr, .write = write_visibly, .seek = nullptr, .close = nullptr};
  std::FILE* const stream =
      ::fopencookie(reinterpret_cast<void*>(std::intptr_t{descriptor}), "w", calls);
  if (stream != nullptr) {
    std::setvbuf(stream, nullptr, mode == _IOFBF && ::isatty(descriptor) != 0 ? _IOLBF : mode,
                 BUFSIZ);
  }
  return stream;
}

}  // namespace

std::string with_visible_controls(std::string_view text) {
  constexpr unsigned kDelete = 0x7F;
  std::string visible;
  visible.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = byte_at(text, i);
    if (c < ' ' && c != '\n' && c != '\t') {
      visible += fmt::format("\\x{:02x}", c);
    } else if (c == kDelete) {
      visible += "\\u007f";
    } else if (c == 0xC2 && (byte_at(text, i + 1) & 0xE0U) == 0x80) {
      visible += fmt::format("\\u{:04x}", byte_at(text, ++i));
    } else {
      visible += static_cast<char>(c);
    }
  }
  return visible;
}

std::string with_visible_breaks(std::string_view message) {
  std::string visible;
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '\n' && message.substr(i + 1, 2) != "  ") {
      visible += "\\n";
    } else {
      visible += message[i];
    }
  }
  return visible;
}

void show_controls_in_output() {
  if (std::FILE* const out = visible_stream(STDOUT_FILENO, _IOFBF); out != nullptr) {
    stdout = out;
  }
  if (std::FILE* const err = visible_stream(STDERR_FILENO, _IONBF); err != nullptr) {
    stderr = err;
  }
}

}  // namespace cance
