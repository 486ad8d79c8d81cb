// The message of an exception that is not our own.
#pragma once

#include <exception>
#include <string>

namespace cance::nn {

/// One line: of libtorch's errors without the stack of calls, of memory that there is not so.
[[nodiscard]] std::string words_of(const std::exception& error);

}  // namespace cance::nn
