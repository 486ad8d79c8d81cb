#include "pipeline/train/speeds.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/atomic_file.hpp"
#include "base/build_info.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace cance::pipeline {
namespace {

/// $XDG_CACHE_HOME/cance or ~/.cache/cance; empty where neither is known.
std::filesystem::path cache_folder() {
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  const char* const home = std::getenv("HOME");
  if (cache != nullptr && *cache != '\0') {
    return std::filesystem::path(cache) / "cance";
  }
  return home != nullptr && *home != '\0' ? std::filesystem::path(home) / ".cache" / "cance"
                                          : std::filesystem::path();
}

/// Far from the model a constant part speaks, which larger cells do not have as many times.
double bounded(double factor) {
  constexpr double kFarthest = 20;
  return std::clamp(factor, 1 / kFarthest, kFarthest);
}

std::string speed_key(const std::string& stage, const Shape& row) {
  return fmt::format("{} {}", stage, fmt::join(row, "x"));
}

}  // namespace

Speeds::Speeds(const std::string& device, int threads) {
  if (cache_folder().empty()) {
    return;
  }
  file_ = cache_folder() / fmt::format("speed-{}-{}-{}.txt", host_name(), device, threads);
  try {
    for (const std::string& line : split(read_text_file(file_), '\n')) {
      const auto equals = line.find(" = ");
      const auto factor =
          parse_number<double>(equals == std::string::npos ? "" : line.substr(equals + 3));
      if (factor && std::isfinite(*factor) && *factor > 0) {
        factors_[line.substr(0, equals)] = bounded(*factor);
      }
    }
  } catch (const Error&) {  // none yet
  }
}

double Speeds::factor(const std::string& stage, const Shape& row) const {
  const std::lock_guard lock(mutex_);
  const auto found = factors_.find(speed_key(stage, row));
  return found == factors_.end() ? 1 : found->second;
}

bool Speeds::knows(const std::string& stage, const Shape& row) const {
  const std::lock_guard lock(mutex_);
  return factors_.contains(speed_key(stage, row));
}

void Speeds::learn(const std::string& stage, const Shape& row, double seconds, double modelled) {
  if (!(seconds > 0) || !(modelled > 0)) {
    return;
  }
  const std::lock_guard lock(mutex_);
  constexpr double kUnsure = 0.2;  // seconds: first calls, memory, what else the machine does
  constexpr double kMost = 0.9;
  const double factor = bounded(seconds / modelled);
  const auto [place, fresh] = factors_.emplace(speed_key(stage, row), factor);
  place->second +=
      (fresh ? 0 : std::min(kMost, seconds / (seconds + kUnsure))) * (factor - place->second);
  changed_ = true;
}

void Speeds::save() {
  const std::lock_guard lock(mutex_);
  if (file_.empty() || !changed_) {
    return;
  }
  std::string text;
  for (const auto& [key, factor] : factors_) {
    text += fmt::format("{} = {:.4g}\n", key, factor);
  }
  try {
    write_text_file(file_, text, /*durable=*/false);
    changed_ = false;
  } catch (const Error&) {  // the next grid learns again
  }
}

}  // namespace cance::pipeline
