#include "store/ensemble_list.hpp"

#include <algorithm>
#include <set>

#include "base/atomic_file.hpp"
#include "base/text.hpp"

namespace cance::store {
namespace {

std::filesystem::path ensembles_path(const std::filesystem::path& runs) {
  return runs / "running" / "ensembles.list";
}

}  // namespace

void write_ensembles(const std::filesystem::path& runs, EnsembleMembers made,
                     const std::vector<std::string>& cells) {
  EnsembleMembers earlier = read_ensembles(runs);
  if (made.empty() && earlier.empty()) {
    return;
  }
  const std::set<std::string> own(cells.begin(), cells.end());
  std::erase_if(earlier, [&own](const auto& ensemble) {
    return std::ranges::any_of(ensemble.second, [&own](const auto& m) { return own.contains(m); });
  });
  made.merge(earlier);
  std::string text;
  for (const auto& [cell, members] : made) {
    text += cell + "\t" + join(members, "\t") + "\n";
  }
  write_text_file(ensembles_path(runs), text);
}

EnsembleMembers read_ensembles(const std::filesystem::path& runs) {
  EnsembleMembers all;
  if (std::filesystem::exists(ensembles_path(runs))) {
    for (const std::string& line : split(read_text_file(ensembles_path(runs)), '\n')) {
      if (auto fields = split(line, '\t'); fields.size() > 1) {
        const std::string cell = fields.front();
        fields.erase(fields.begin());
        all[cell] = std::move(fields);
      }
    }
  }
  return all;
}

}  // namespace cance::store
