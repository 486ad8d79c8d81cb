#include "nn/failure.hpp"

#include <c10/util/Exception.h>

#include <new>

#include "base/error.hpp"
#include "base/text.hpp"

namespace cance::nn {

std::string words_of(const std::exception& error) {
  if (dynamic_cast<const Error*>(&error) != nullptr ||
      dynamic_cast<const ProcessLost*>(&error) != nullptr) {
    return error.what();
  }
  const auto* const torch = dynamic_cast<const c10::Error*>(&error);
  const std::string words =
      first_line(torch == nullptr ? error.what() : torch->what_without_backtrace());
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) {
    return words;  // of a GPU, which say how much there is
  }
  const bool memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
                      words.find("can't allocate memory") != std::string::npos;
  if (!memory) {
    return "internal error: " + words;
  }
  const auto size = words.find("you tried to allocate ");
  return "not enough memory" + (size == std::string::npos ? "" : ": " + words.substr(size)) +
         "; take smaller networks, batches or data.window, or more memory";
}

}  // namespace cance::nn
