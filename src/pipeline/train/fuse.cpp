#include "pipeline/train/fuse.hpp"

#include <map>
#include <string>
#include <utility>

namespace cance::pipeline {

std::vector<std::vector<const PlannedCell*>> fused_groups(const std::vector<PlannedCell>& cells,
                                                          int fuse, bool on_gpu) {
  constexpr int kOnGpu = 5;
  const int most = fuse > 0 ? fuse : on_gpu ? kOnGpu : 1;
  std::vector<std::vector<const PlannedCell*>> groups;
  std::map<std::pair<std::size_t, std::string>, std::size_t> open;  // the last group of a case
  for (const PlannedCell& planned : cells) {
    config::Cell any_seed = planned.cell;
    any_seed.seed = 0;
    const std::pair kind(planned.experiment, any_seed.name());
    const auto found = open.find(kind);
    if (found != open.end() && std::cmp_less(groups[found->second].size(), most)) {
      groups[found->second].push_back(&planned);
    } else {
      open[kind] = groups.size();
      groups.push_back({&planned});
    }
  }
  return groups;
}

}  // namespace cance::pipeline
