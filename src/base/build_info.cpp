#include "base/build_info.hpp"

#include <fmt/chrono.h>
#include <unistd.h>

#include <array>
#include <ctime>

namespace cance {

BuildInfo build_info() {
  return {CANCE_VERSION, CANCE_GIT_COMMIT, CANCE_BUILD_TYPE, "g++ " __VERSION__};
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace cance
