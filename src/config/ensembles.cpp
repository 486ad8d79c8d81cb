#include "config/ensembles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/option_table.hpp"

namespace cance::config {
namespace {

std::string text_of(const EnsembleRequest& request, const char* separator) {
  return join({request.over, request.rule, join(request.methods, "+")}, separator);
}

/// The key that a name means.
std::string key_of(const std::string& name) {
  return name == "latents"                         ? "autoencoder.latent"
         : name == "seeds" || name == kOverMethods ? "grid." + name
                                                   : name;
}

bool all_differ(const std::vector<std::string>& words) {
  return std::set(words.begin(), words.end()).size() == words.size();
}

std::optional<EnsembleRequest> parse_one(const std::string& text) {
  const auto words = split(text, ':');
  if (words.size() != 3 || words[0].empty() || (words[1] != "max" && words[1] != "mean")) {
    return std::nullopt;
  }
  const EnsembleRequest request{ensemble_over(words[0]), words[1], split(words[2], '+')};
  return contains(request.methods, "") ? std::nullopt : std::optional(request);
}

}  // namespace

std::string ensemble_over(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string& name : split(join(split(text, ','), "+"), '+')) {
    names.push_back(name == "grid.seeds" ? "seeds" : name == "grid.methods" ? kOverMethods : name);
  }
  return join(names, "+");
}

std::vector<std::string> ensemble_keys(const std::string& over) {
  return mapped(split(over, '+'), key_of);
}

void check(const EnsembleRequest& request, const std::string& where) {
  Config scratch;
  std::vector<std::string> known{"seeds", "latents", kOverMethods};
  for (const Option& option : option_table(scratch)) {
    known.push_back(option.key);
  }
  const auto names = split(ensemble_over(request.over), '+');
  for (const std::string& name : names) {
    if (contains(known, name)) {
      continue;
    }
    const std::string meant = with_sections(name, known);
    fail("{}: there is no setting '{}' to join over; expected seeds, latents, methods or a key{}",
         where, name,
         meant.empty() ? did_you_mean(name, known) : fmt::format("; did you mean '{}'?", meant));
  }
  require(!contains(names, kOverMethods) || names.size() == 1,
          "{}: methods are joined within each run, over nothing else at once", where);
  require(all_differ(names), "{}: '{}': a name is there twice", where, request.over);
  require(all_differ(request.methods), "{}: a method is there twice; name each once", where);
  require(names.front() != kOverMethods || request.methods.size() > 1,
          "{}: over methods an ensemble joins two methods or more, not '{}' alone", where,
          join(request.methods, ","));
}

std::optional<std::vector<EnsembleRequest>> parse_ensembles(const std::string& text) {
  std::vector<EnsembleRequest> requests;
  for (const std::string& word : text == "none" ? std::vector<std::string>() : split(text, ',')) {
    const auto request = parse_one(trim(word));
    if (!request || contains(requests, *request)) {
      return std::nullopt;
    }
    requests.push_back(*request);
  }
  return requests;
}

std::string ensembles_text(const std::vector<EnsembleRequest>& requests) {
  return requests.empty()
             ? "none"
             : join(mapped(requests, [](const auto& one) { return text_of(one, ":"); }), ",");
}

std::string variant_without(const std::string& variant, const std::vector<std::string>& keys) {
  std::vector<std::string> kept;
  for (const auto& [name, value] : variant_values(variant)) {
    if (std::ranges::none_of(keys, [&](const auto& key) { return names_key(name, key); })) {
      kept.push_back(name + "=" + value);
    }
  }
  return join(kept, ",");
}

std::vector<GridEnsemble> grid_ensembles(const std::vector<Experiment>& experiments) {
  std::vector<GridEnsemble> all;
  std::map<std::string, std::pair<std::size_t, std::string>> known;  // by cell: place, where asked
  std::set<std::string> checked;
  for (const Experiment& experiment : experiments) {
    const GridSettings& grid = experiment.config.grid;
    for (const EnsembleRequest& request : grid.ensembles) {
      const std::string where =
          fmt::format("{}: grid.ensembles: {}", experiment.origin, text_of(request, ":"));
      if (checked.insert(where).second) {
        check(request, where);
      }
      for (const std::string& method : request.methods) {
        if (!contains(grid.methods, method)) {
          fail("{}: the grid does not train the method '{}'{}", where, method,
               did_you_mean(method, grid.methods));
        }
      }
      const auto keys = ensemble_keys(request.over);
      const bool over_seeds = contains(keys, "grid.seeds");
      for (const std::string& protocol : grid.protocols) {
        require(!over_seeds || !draws_test_rows(protocol),
                "{}: protocol {} draws its test rows by seed, so runs of other seeds judge other "
                "rows; join over a setting instead",
                where, protocol);
      }
      const std::string rest = variant_without(experiment.variant, keys);
      for (Cell cell : grid_cells(grid)) {
        cell.variant = experiment.variant;
        const std::string member = cell.name();
        cell.variant = "ensemble=" + text_of(request, "-") + (rest.empty() ? "" : "," + rest);
        cell.seed = over_seeds ? grid.seeds.front() : cell.seed;
        const auto [entry, fresh] = known.try_emplace(cell.name(), all.size(), where);
        if (fresh) {
          all.push_back({request, cell.name(), {}});
        }
        auto& members = all[entry->second.first].members;
        if (!contains(members, member)) {
          members.push_back(member);
        }
      }
    }
  }
  for (const auto& [cell, entry] : known) {
    const GridEnsemble& one = all[entry.first];
    if (one.request.over != kOverMethods && one.members.size() < 2) {
      const auto keys = ensemble_keys(one.request.over);
      fail("{}: an ensemble joins two runs or more, and {} has one value; {}", entry.second,
           join(keys, " and "),
           keys.front() == "grid.seeds"
               ? "give grid.seeds more"
               : fmt::format("give it more by --vary {}=...", keys.front()));
    }
  }
  return all;
}

}  // namespace cance::config
