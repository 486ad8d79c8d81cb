#include "report/runs/gather.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "archive/run_source.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/plural.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/cell.hpp"
#include "config/methods.hpp"
#include "report/runs/paper_order.hpp"

namespace cance::report {
namespace {

using Key = std::tuple<std::string, std::string, std::string, std::string>;

/// Groups under construction, by dataset, protocol, variant and representation.
class Gatherer {
 public:
  explicit Gatherer(bool newest) : newest_(newest) {}

  void read(const archive::RunPlace& place) {
    try {
      add(place);
    } catch (const Error& error) {
      skip(place.name(), error.what());
    }
  }

  Gathered finish() {
    spread();
    for (auto& [key, group] : groups_) {
      if (!group.cells.empty()) {
        std::tie(group.dataset, group.protocol, group.variant, group.representation) = key;
        order(group);
        result_.groups.push_back(std::move(group));
      }
    }
    std::ranges::stable_sort(result_.groups, {}, [](const CellGroup& group) {
      return std::pair(paper_place(group.dataset, group.protocol).rank,
                       config::is_ensemble_variant(group.variant));
    });
    return std::move(result_);
  }

 private:
  /// A reader's message begins with the file's name, which is shown anyway.
  void skip(const std::filesystem::path& file, std::string reason) {
    const std::string prefix = file.string() + ": ";
    if (reason.starts_with(prefix)) {
      reason.erase(0, prefix.size());
    }
    log::warn("{} is left out: {}", file.string(), reason);
    result_.skipped.push_back({file, reason});
  }

  void add(const archive::RunPlace& place) {
    const store::RunRecord record = place.read(store::Detail::light);
    const store::RunInfo& info = record.info;
    if (record.metrics.empty()) {
      ++result_.unjudged;
      return;
    }
    CellGroup& group =
        groups_[{info.dataset, info.protocol, config::variant_of(info.cell), info.representation}];
    group.default_variant = info.default_variant;
    CellRecord cell = cell_of(record, place.name());
    cell.runs.front().place = place.file;
    cell.runs.front().settings = settings_.of(info);
    const std::string settings_hash = cell.runs.front().settings_hash;
    if (!put(group, std::move(cell))) {
      return;
    }
    result_.settings.emplace(settings_hash, shared_settings(info.config));
    if (is_drawn(group, record)) {
      group.figures[info.case_name] = figures_of(place.read(store::Detail::full));
      if (group.figures.size() > kMostPanels) {
        group.figures.erase(last_drawn(group));
      }
    }
  }

  /// Whether the cell, or its methods as those of a cell that is there, could be taken in.
  bool put(CellGroup& group, CellRecord cell) {
    const auto twin = std::ranges::find_if(group.cells, [&](const CellRecord& other) {
      return other.case_name == cell.case_name && other.seed == cell.seed;
    });
    if (twin == group.cells.end()) {
      group.cells.push_back(std::move(cell));
      return true;
    }
    const std::string conflict = twin->conflict(cell);
    if (conflict.empty()) {
      twin->join(std::move(cell));
      return true;
    }
    if (newest_ && twin->same_rows(cell)) {
      twin->drop_older(cell);
      forget_drawing(group, *twin);
      if (twin->runs.empty()) {
        *twin = std::move(cell);
      } else {
        twin->join(std::move(cell));
      }
      return true;
    }
    const Run& run = cell.runs.front();
    skip(run.file, fmt::format("the cell {} is already read {} from {}; give one of the two{}",
                               run.info.cell, conflict, twin->runs.front().file.string(),
                               twin->same_rows(cell) ? ", or --newest" : ""));
    return false;
  }

  /// A drawing of this cell whose method it no longer has, so that the newer run is drawn.
  static void forget_drawing(CellGroup& group, const CellRecord& cell) {
    const auto drawn = group.figures.find(cell.case_name);
    if (drawn != group.figures.end() && drawn->second.seed == cell.seed &&
        !cell.metrics.contains(drawn->second.main)) {
      group.figures.erase(drawn);
    }
  }

  /// Groups whose methods look at no representation stand beside the methods of those that have
  /// one, in each group of the same data set and protocol.
  void spread() {
    for (auto& [key, group] : groups_) {
      std::vector<CellGroup*> hosts;
      for (auto& [other, host] : groups_) {
        if (std::get<0>(other) == std::get<0>(key) && std::get<1>(other) == std::get<1>(key) &&
            std::get<2>(other) == std::get<2>(key) && represented(host)) {
          hosts.push_back(&host);
        }
      }
      if (!hosts.empty() && !represented(group)) {
        for (const CellRecord& cell : group.cells) {
          std::ranges::for_each(hosts, [&](CellGroup* host) { put(*host, cell); });
        }
        group.cells.clear();
      }
    }
  }
  static bool represented(const CellGroup& group) {
    return std::ranges::any_of(group.cells, &CellRecord::sees_representation);
  }

  static std::string last_drawn(const CellGroup& group) {
    return std::ranges::max_element(group.figures, natural_less,
                                    [](const auto& item) { return item.first; })
        ->first;
  }

  /// The lowest seed of the first cases is drawn, from its run that has CANCE where one has.
  static bool is_drawn(const CellGroup& group, const store::RunRecord& record) {
    const store::RunInfo& info = record.info;
    const auto drawn = group.figures.find(info.case_name);
    if (drawn == group.figures.end()) {
      return group.figures.size() < kMostPanels || natural_less(info.case_name, last_drawn(group));
    }
    const bool has_main = std::ranges::any_of(
        record.scores, [](const auto& scores) { return scores.first == kMainMethod; });
    return info.seed < drawn->second.seed ||
           (info.seed == drawn->second.seed && has_main && drawn->second.main != kMainMethod);
  }

  static void order(CellGroup& group) {
    std::ranges::sort(group.cells, [](const CellRecord& a, const CellRecord& b) {
      return a.case_name == b.case_name ? a.seed < b.seed : natural_less(a.case_name, b.case_name);
    });
    std::set<std::string> methods;
    std::set<std::int64_t> seeds;
    for (const CellRecord& cell : group.cells) {
      if (group.cases.empty() || group.cases.back() != cell.case_name) {
        group.cases.push_back(cell.case_name);
      }
      seeds.insert(cell.seed);
      for (const auto& [method, metrics] : cell.metrics) {
        methods.insert(method);
      }
    }
    group.seeds.assign(seeds.begin(), seeds.end());
    group.methods.assign(methods.begin(), methods.end());
    std::ranges::stable_sort(group.methods, {}, config::method_rank);
  }

  bool newest_;
  std::map<Key, CellGroup> groups_;
  archive::SettingsReader settings_;
  Gathered result_;
};

}  // namespace

std::string CellGroup::title() const {
  std::set<std::string> schedules;
  for (const CellRecord& cell : cells) {
    std::ranges::for_each(cell.runs, [&](const Run& run) { schedules.insert(run.schedule); });
  }
  schedules.erase("1");
  return (variant.empty() ? "" : variant + " / ") + dataset + " / " + protocol +
         (representation.empty() || representation == store::kNoRepresentation
              ? ""
              : " / " + representation) +
         (schedules.empty() ? ""
                            : ", schedule " + join({schedules.begin(), schedules.end()}, ", "));
}

const CellRecord* CellGroup::find(const std::string& case_name, std::int64_t seed) const {
  const auto found = std::ranges::find_if(cells, [&](const CellRecord& cell) {
    return cell.seed == seed && cell.case_name == case_name;
  });
  return found == cells.end() ? nullptr : &*found;
}

std::string CellGroup::main_method() const {
  if (methods.empty() || contains(methods, kMainMethod)) {
    return kMainMethod;
  }
  const auto total = [this](const std::string& method) {
    double sum = 0;
    for (const CellRecord& cell : cells) {
      const double value = cell.metric(method, kAuroc);
      sum += value >= 0 ? value : 0;
    }
    return sum;
  };
  return *std::ranges::max_element(methods, {}, total);
}

std::size_t Gathered::cell_count() const {
  std::size_t count = 0;
  for (const CellGroup& group : groups) {
    count += group.cells.size();
  }
  return count;
}

Gathered gather(const std::vector<std::filesystem::path>& paths, bool newest) {
  const std::vector<archive::RunPlace> places = archive::find_runs(paths);
  Gatherer gatherer(newest);
  log::Progress progress(static_cast<double>(places.size()), "runs read");
  for (std::size_t i = 0; i < places.size(); ++i) {
    gatherer.read(places[i]);
    progress.update(static_cast<double>(i + 1));
  }
  progress.finish();
  Gathered gathered = gatherer.finish();
  if (gathered.unjudged > 0) {
    const std::string passed_over = fmt::format(
        "nothing was judged in {}, as no test row is anomalous: for 'cance score' alone",
        plural(gathered.unjudged, "run"));
    require(gathered.unjudged < places.size(), "{}", passed_over);
    log::info("{}", passed_over);
  }
  if (gathered.groups.empty()) {
    const Skipped& first = gathered.skipped.front();
    fail("none of the {} runs could be used; the first, {}: {}", places.size(), first.file.string(),
         first.reason);
  }
  return gathered;
}

}  // namespace cance::report
