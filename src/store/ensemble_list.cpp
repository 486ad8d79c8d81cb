#include "store/ensemble_list.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <optional>
#include <set>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace cance::store {
namespace {

std::filesystem::path ensembles_path(const std::filesystem::path& runs) {
  return runs / "running" / "ensembles.list";
}

/// None where the file is absent.
std::optional<std::string> text_of(const std::filesystem::path& path) {
  return std::filesystem::exists(path) ? std::optional(read_text_file(path)) : std::nullopt;
}

EnsembleMembers parse(const std::string& text) {
  EnsembleMembers all;
  for (const std::string& line : split(text, '\n')) {
    if (auto fields = split(line, '\t'); fields.size() > 1) {
      const std::string cell = fields.front();
      fields.erase(fields.begin());
      all[cell] = std::move(fields);
    }
  }
  return all;
}

}  // namespace

void write_ensembles(const std::filesystem::path& runs, const EnsembleMembers& made,
                     const std::vector<std::string>& cells) {
  const auto path = ensembles_path(runs);
  const std::set<std::string> own(cells.begin(), cells.end());
  for (bool written = false; !written;) {  // again where another launch has written meanwhile
    const auto before = text_of(path);
    if (made.empty() && !before) {
      return;
    }
    EnsembleMembers earlier = parse(before.value_or(""));
    std::erase_if(earlier, [&own](const auto& ensemble) {
      return std::ranges::any_of(ensemble.second,
                                 [&own](const auto& m) { return own.contains(m); });
    });
    EnsembleMembers all = made;
    all.merge(earlier);
    AtomicFile file(path);
    std::ofstream text(file.temporary());
    for (const auto& [cell, members] : all) {
      text << cell << '\t' << join(members, "\t") << '\n';
    }
    text.close();
    require(text.good(), "{}: cannot be written: disk full?", path.string());
    const auto known = [&] { return text_of(path) == before; };
    written = file.commit_over(before ? std::function<bool()>(known) : nullptr);
  }
}

EnsembleMembers read_ensembles(const std::filesystem::path& runs) {
  return parse(text_of(ensembles_path(runs)).value_or(""));
}

}  // namespace cance::store
