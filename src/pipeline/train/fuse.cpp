#include "pipeline/train/fuse.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "base/ranges.hpp"
#include "pipeline/train/provenance.hpp"

namespace cance::pipeline {
namespace {

constexpr std::size_t kOnGpu = 5;

/// Whether the autoencoder or a method of these settings comes to nn::train_together.
bool fuses(const config::Config& config) {
  constexpr std::array kMethods{"latnce", "cnce", "cance"};
  return representation_name(config) == kAutoencoder ||
         std::ranges::any_of(
             kMethods, [&](const char* method) { return contains(config.grid.methods, method); });
}

}  // namespace

std::vector<std::vector<const PlannedCell*>> fused_groups(
    const std::vector<config::Experiment>& experiments, const std::vector<PlannedCell>& cells,
    int fuse, int lanes, bool on_gpu) {
  const std::size_t for_each_lane = cells.size() / static_cast<std::size_t>(lanes);
  const std::size_t usual = on_gpu ? std::clamp<std::size_t>(for_each_lane, 1, kOnGpu) : 1;
  std::vector<std::vector<const PlannedCell*>> groups;
  std::map<std::pair<std::size_t, std::string>, std::size_t> open;  // the last group of a case
  for (const PlannedCell& planned : cells) {
    auto most = static_cast<std::size_t>(fuse);
    if (fuse == 0) {
      most = fuses(experiments[planned.experiment].config) ? usual : 1;
    }
    config::Cell any_seed = planned.cell;
    any_seed.seed = 0;
    const std::pair kind(planned.experiment, any_seed.name());
    const auto found = open.find(kind);
    if (found != open.end() && groups[found->second].size() < most) {
      groups[found->second].push_back(&planned);
    } else {
      open[kind] = groups.size();
      groups.push_back({&planned});
    }
  }
  return groups;
}

double seconds_in_lanes(const std::vector<std::vector<const PlannedCell*>>& groups, int lanes) {
  std::vector<double> busy(static_cast<std::size_t>(lanes));
  for (const auto& group : groups) {
    double& first = *std::ranges::min_element(busy);
    for (const PlannedCell* const planned : group) {
      first += planned->cost;
    }
  }
  return *std::ranges::max_element(busy);
}

}  // namespace cance::pipeline
