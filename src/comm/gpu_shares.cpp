#include "comm/gpu_shares.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace cance::comm {
namespace {

/// Ranks of the same place.
std::vector<std::string> ranks_at(std::span<const GpuPlace> places, const GpuPlace& place) {
  std::vector<std::string> ranks;
  for (std::size_t rank = 0; rank < places.size(); ++rank) {
    if (places[rank] == place) {
      ranks.push_back(fmt::format("{}", rank));
    }
  }
  return ranks;
}

bool on_gpu(const GpuPlace& place) { return !place.gpu.empty(); }

}  // namespace

std::vector<GpuPlace> gather_places(Communicator& communicator, const GpuPlace& own) {
  const std::string line = fmt::format("{}\t{}\n", own.host, own.gpu);
  const std::vector<char> all = communicator.all_gather(std::span<const char>(line));
  std::vector<GpuPlace> places;
  for (const std::string& text : split(std::string(all.begin(), all.end()), '\n')) {
    if (const auto tab = text.find('\t'); tab != std::string::npos) {
      places.push_back({text.substr(0, tab), text.substr(tab + 1)});
    }
  }
  return places;
}

void require_gpu_shares(const std::vector<GpuPlace>& places, int ranks_per_gpu) {
  const auto without = std::ranges::find_if_not(places, on_gpu);
  require(std::ranges::none_of(places, on_gpu) || without == places.end(),
          "rank {} on {} has no GPU, others have: give all ranks a GPU, or say --device cpu",
          without - places.begin(), without == places.end() ? "" : without->host);
  for (const GpuPlace& place : places) {
    const auto ranks = ranks_at(places, place);
    require(!on_gpu(place) || static_cast<int>(ranks.size()) <= ranks_per_gpu,
            "ranks {} share GPU {} of {}: start fewer ranks there, ask Slurm for --gpus-per-node "
            "instead of --gpus-per-task, or allow it with --ranks-per-gpu {}",
            join(ranks, ", "), place.gpu, place.host, ranks.size());
  }
}

bool share_a_gpu(std::span<const GpuPlace> places) {
  return std::ranges::any_of(places, [places](const GpuPlace& place) {
    return on_gpu(place) && ranks_at(places, place).size() > 1;
  });
}

}  // namespace cance::comm
