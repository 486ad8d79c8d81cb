#include "pipeline/stop_mark.hpp"

#include "base/atomic_file.hpp"
#include "base/build_info.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/stop_flag.hpp"

namespace cance::pipeline {

void StopMark::clear() const {
  std::error_code error;
  std::filesystem::remove(path_, error);
  require(!error, "{}: cannot be removed: {}", path_.string(), error.message());
}

void StopMark::poll() {
  if (stop_requested()) {
    if (!written_) {
      written_ = true;
      try {
        write_text_file(path_, fmt::format("stopped on request, {} {}\n", host_name(), utc_now()));
      } catch (const Error& error) {
        log::warn("the other ranks are not told to stop: {}", error.what());
      }
    }
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ >= std::chrono::seconds(1)) {
    last_ = now;
    std::error_code error;
    if (std::filesystem::exists(path_, error)) {
      written_ = true;
      set_stop_requested(true);
    }
  }
}

}  // namespace cance::pipeline
