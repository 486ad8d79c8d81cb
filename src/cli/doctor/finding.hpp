// What `cance doctor` says of one matter.
#pragma once

#include <string>

namespace cance::cli {

enum class Mark {
  ok,
  note,    ///< worth knowing; `cance run` works all the same
  missing  ///< `cance run` would not work
};

struct Finding {
  Mark mark = Mark::ok;
  std::string what;
  std::string value;
  std::string repair;  ///< what to do about it; empty when there is nothing to do
};

}  // namespace cance::cli
