#include "archive/ensemble.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "archive/member.hpp"
#include "base/build_info.hpp"
#include "base/plural.hpp"
#include "base/ranges.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "config/cell.hpp"
#include "config/ensembles.hpp"
#include "config/load.hpp"
#include "hdf5/seal.hpp"
#include "stats/threshold.hpp"

namespace cance::archive {
namespace {

using store::EnsembleMember;
using store::RunRecord;

constexpr const char* kMethod = "ensemble";

/// A run with what it differs in.
struct Candidate {
  RunPlace place;
  std::string file_sha256;
  store::RunInfo info;
  std::vector<std::string> values;  // of each key
};

/// Nothing of an ensemble. Error: its settings lack the key.
std::optional<Candidate> candidate_of(const RunPlace& place, const EnsembleRequest& request) {
  Candidate one{place, "", place.read(store::Detail::info).info, {}};
  auto settings = config::setting_values(one.info.config);
  if (settings["grid.methods"] == kMethod) {
    return std::nullopt;
  }
  one.file_sha256 = place.archive == nullptr ? hdf5::content_sha256(place.file)
                                             : place.archive->find(place.cell)->file_sha256;
  for (const std::string& key : config::ensemble_keys(request.over)) {
    one.values.push_back(settings[key]);
    require(!one.values.back().empty(),
            "--over {}: its settings, those of what it trains, have no {} (methods {}, "
            "representation {})",
            request.over, key, settings["grid.methods"], one.info.representation);
  }
  return one;
}

/// What members have in common: not the methods, nor the settings that their methods do not read.
std::string group_of(const Candidate& one, const EnsembleRequest& request) {
  const auto& i = one.info;
  auto settings = config::setting_values(config::renewed_text(i.config, request.methods));
  settings.erase("grid.methods");
  for (const std::string& key : config::ensemble_keys(request.over)) {
    settings.erase(key);
  }
  return join(
      {request.over == config::kOverMethods ? one.place.name() : "", i.dataset, i.protocol,
       i.case_name, i.representation,
       join(mapped(settings, [](const auto& s) { return s.first + "=" + s.second; }), "\n")},
      "\n");
}

/// What scoring by the run needs, of these methods alone.
EnsembleMember member_of_run(const Candidate& one, const EnsembleRequest& request) {
  RunRecord run = one.place.read(store::Detail::full);
  const auto scores = std::move(run.scores);
  const auto validation_scores = std::move(run.validation_scores);
  run.composite.clear();
  run.gallery = {};
  run.history.clear();
  run.scores.clear();
  run.validation_scores.clear();
  for (const std::string& method : request.methods) {
    const auto own = std::ranges::find(scores, method, &decltype(run.scores)::value_type::first);
    require(own != scores.end(), "{}: it has no method '{}'", one.place.name(), method);
    const auto normals = validation_scores.find(method);
    require(normals != validation_scores.end() && normals->second.size() >= 2,
            "{}: it keeps no scores of held-out rows by {}; train the cell again", one.place.name(),
            method);
    run.scores.push_back(*own);
    run.validation_scores.insert(*normals);
  }
  const auto of_others = [&](const std::string& method) {
    return !contains(request.methods, method);
  };
  std::erase_if(run.metrics, [&](const auto& metric) { return of_others(metric.method); });
  std::erase_if(run.thresholds, [&](const auto& entry) { return of_others(entry.first); });
  std::erase_if(run.origins, [&](const auto& entry) { return of_others(entry.first); });
  std::erase_if(run.noise, [&](const auto& entry) { return of_others(entry.first); });
  std::erase_if(run.model, [&](const auto& entry) {
    const std::string owner = entry.first.substr(0, entry.first.find('.'));
    return std::ranges::any_of(scores, [&](const auto& s) { return s.first == owner; }) &&
           of_others(owner);
  });
  return {one.place.name(), one.file_sha256, std::move(run)};
}

/// Error unless all members judged the same rows of the same data.
void require_same_rows(const std::vector<EnsembleMember>& members) {
  const RunRecord& first = members.front().run;
  for (const EnsembleMember& member : members) {
    const RunRecord& run = member.run;
    require(run.info.dataset_sha256 == first.info.dataset_sha256 && run.index == first.index &&
                run.labels == first.labels && run.kinds == first.kinds,
            "{} judged other test rows than {}; an ensemble joins scores of the same rows",
            member.file, members.front().file);
  }
}

/// Whether a place in the validation scores is the same row in all members.
bool share_held_out_rows(const std::vector<EnsembleMember>& members) {
  return std::ranges::all_of(members, [&](const EnsembleMember& member) {
    return member.run.validation_in_row_order &&
           member.run.info.split_sha256 == members.front().run.info.split_sha256;
  });
}

/// -log p of each method of each member, of what `scores_of(run, method, test scores)` gives.
template <class Scores>
std::vector<std::vector<double>> tails(const RunRecord& ensemble, Scores scores_of) {
  const auto tail_scores = tails_of(ensemble);
  std::vector<std::vector<double>> lists;
  for (const EnsembleMember& member : ensemble.members) {
    for (const auto& [method, scores] : member.run.scores) {
      lists.push_back(scores_of(member.run, method, scores));
      std::ranges::transform(lists.back(), lists.back().begin(), tail_scores[lists.size() - 1]);
    }
  }
  return lists;
}

/// From held-out rows where members share them. Else by bounds: of K p-values under any dependence
/// K min p is one (Bonferroni), and e times their geometric mean (Vovk & Wang 2020).
void set_threshold(RunRecord& run, const std::string& rule, std::size_t count) {
  if (share_held_out_rows(run.members)) {
    auto joined =
        join_tails(tails(run, [](const RunRecord& member, const auto& method,
                                 const auto&) { return member.validation_scores.at(method); }),
                   rule);
    const auto threshold = stats::threshold_of_normals(joined, stats::kStoredShare);
    run.thresholds[kMethod] = threshold.value;
    run.threshold_rule = threshold.rule;
    run.validation_scores[kMethod] = std::move(joined);
    run.validation_in_row_order = true;
    return;
  }
  run.thresholds[kMethod] = rule == "max"
                                ? std::log(static_cast<double>(count) / stats::kStoredShare)
                                : 1 - std::log(stats::kStoredShare);
  run.threshold_rule = fmt::format(
      "at most {:g} % of new normal rows are expected above, by the members' tail probabilities "
      "(they held out other rows)",
      100 * stats::kStoredShare);
}

/// That of the members where it is one.
std::string split_sha256(const std::vector<EnsembleMember>& members) {
  std::set<std::string> all;
  for (const EnsembleMember& member : members) {
    all.insert(member.run.info.split_sha256);
  }
  return all.size() == 1 ? *all.begin() : sha256(join({all.begin(), all.end()}, "\n"));
}

/// The name of the first member's cell, likewise.
std::string cell_of(const store::RunInfo& first, const std::vector<std::string>& keys) {
  const std::string kept = config::variant_without(config::variant_of(first.cell), keys);
  return (kept.empty() ? "" : kept + "/") + config::without_variant(first.cell);
}

RunRecord joined(std::vector<Candidate> candidates, const EnsembleRequest& request) {
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    return std::ranges::lexicographical_compare(a.values, b.values, value_less);
  });
  const auto keys = config::ensemble_keys(request.over);
  RunRecord run;
  std::vector<std::string> values;
  for (const Candidate& one : candidates) {
    run.members.push_back(member_of_run(one, request));
    values.push_back(request.over == config::kOverMethods ? "one run" : join(one.values, "/"));
  }
  require_same_rows(run.members);
  const RunRecord& first = run.members.front().run;
  run.info = first.info;
  run.info.cell = cell_of(first.info, keys);
  run.info.default_variant = config::variant_without(first.info.default_variant, keys);
  config::Config config = config::parse_config(first.info.config, first.info.cell);
  config.grid.methods = {kMethod};
  config.ensemble = {request.rule, join(keys, ","),
                     join(values, ",") + " by " + join(request.methods, ","),
                     join(request.methods, ",")};
  run.info.config = config::config_text(config);
  run.info.config_hash = sha256(run.info.config);
  std::erase_if(run.info.chosen, [&run](const std::string& choice) {
    return !std::ranges::all_of(run.members, [&choice](const EnsembleMember& member) {
      return contains(member.run.info.chosen, choice);
    });
  });
  const BuildInfo build = build_info();
  run.info.software_version = build.version;
  run.info.git_commit = build.git_commit;
  run.info.date = utc_now();
  run.info.split_sha256 = split_sha256(run.members);
  run.info.seconds = 0;
  for (const EnsembleMember& member : run.members) {
    run.info.seconds += member.run.info.seconds;
  }
  run.labels = first.labels;
  run.index = first.index;
  run.kinds = first.kinds;
  run.kind_names = first.kind_names;
  run.flagged_share = first.flagged_share;
  run.input = first.input;
  const auto lists =
      tails(run, [](const auto&, const auto&, const auto& scores) { return scores; });
  run.scores.emplace_back(kMethod, join_tails(lists, request.rule));
  run.metrics = metrics_of(run, kMethod, run.scores.front().second);
  set_threshold(run, request.rule, lists.size());
  return run;
}

}  // namespace

bool is_ensemble_of(const std::filesystem::path& path, std::vector<std::string> sha256_of_members) {
  auto there = store::member_checksums(path);
  std::ranges::sort(there);
  std::ranges::sort(sha256_of_members);
  return there == sha256_of_members;
}

std::string ensemble_summary(const RunRecord& ensemble) {
  const auto auroc = [](const RunRecord& run, const std::string& method) {
    return fmt::format("{:.4f}", metric_value(run, method, "auroc").value_or(0));
  };
  std::vector<std::string> members;
  for (const EnsembleMember& member : ensemble.members) {
    for (const auto& [method, scores] : member.run.scores) {
      members.push_back(auroc(member.run, method));
    }
  }
  return ensemble.metrics.empty()
             ? plural(members.size(), "member")
             : fmt::format("AUROC {}, of members {}", auroc(ensemble, kMethod), join(members, " "));
}

std::vector<stats::TailScore> tails_of(const RunRecord& ensemble) {
  std::vector<stats::TailScore> all;
  for (const EnsembleMember& member : ensemble.members) {
    for (const auto& [method, unused] : member.run.scores) {
      all.emplace_back(member.run.validation_scores.at(method));
    }
  }
  return all;
}

std::vector<double> join_tails(const std::vector<std::vector<double>>& tails,
                               const std::string& rule) {
  std::vector<double> joined = tails.front();
  for (std::size_t row = 0; row < joined.size(); ++row) {
    double sum = 0;
    for (const auto& list : tails) {
      joined[row] = std::max(joined[row], list[row]);
      sum += list[row] / static_cast<double>(tails.size());
    }
    const bool largest = rule == "max" || joined[row] == stats::TailScore::kGreatest;
    joined[row] = largest && !std::isnan(sum) ? joined[row] : sum;
  }
  return joined;
}

Ensembles make_ensembles(const std::vector<RunPlace>& places, EnsembleRequest request) {
  config::check(request, "--over " + request.over);
  request.over = config::ensemble_over(request.over);
  Ensembles result;
  std::map<std::string, std::vector<Candidate>> groups;
  std::map<std::string, std::vector<std::string>> names;  // by the checksum of the file
  for (const RunPlace& place : places) {
    try {
      if (auto one = candidate_of(place, request)) {
        names[one->file_sha256].push_back(place.name());
        groups[group_of(*one, request)].push_back(*std::move(one));
      }
    } catch (const Error& error) {
      result.left_out.push_back(left_out(place.name(), error));
    }
  }
  if (groups.empty() && !result.left_out.empty()) {
    fail("{}: {}", result.left_out.front().file, result.left_out.front().reason);
  }
  require(!groups.empty(), "{}: it is an ensemble itself; an ensemble joins single runs",
          places.front().name());
  for (const auto& [checksum, own] : names) {
    require(own.size() == 1, "{} are one run; name it once", join(own, " and "));
  }
  const std::string keys = join(config::ensemble_keys(request.over), ", ");
  std::map<std::string, std::string> known;
  for (auto& [key, candidates] : groups) {
    std::map<std::vector<std::string>, const Candidate*> values;
    for (const Candidate& one : candidates) {
      const auto [before, fresh] = values.emplace(one.values, &one);
      require(fresh, "{} and {} agree in {} = {}; an ensemble takes each once",
              before->second->place.name(), one.place.name(), keys, join(one.values, "/"));
    }
    if (candidates.size() == 1 && request.over != config::kOverMethods) {
      result.alone.push_back(candidates.front().place.name());
      continue;
    }
    RunRecord run = joined(std::move(candidates), request);
    const auto [before, fresh] = known.emplace(run.info.cell, key);
    require(fresh, "two ensembles of {}: their settings differ in more than {}; name runs of one",
            run.info.cell, keys);
    result.runs.push_back(std::move(run));
  }
  require(!result.runs.empty(),
          "{}: no other run agrees with it in all but {}; an ensemble takes two or more",
          result.alone.front(), keys);
  return result;
}

}  // namespace cance::archive
