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

std::optional<EnsembleRequest> parse_one(const std::string& text) {
  const auto words = split(text, ':');
  if (words.size() != 3 || words[0].empty() || (words[1] != "max" && words[1] != "mean")) {
    return std::nullopt;
  }
  const std::string over = words[0] == "grid.seeds"                 ? "seeds"
                           : words[0] == ensemble_key(kOverMethods) ? kOverMethods
                                                                    : words[0];
  const EnsembleRequest request{over, words[1], split(words[2], '+')};
  return contains(request.methods, "") ? std::nullopt : std::optional(request);
}

/// Error: no setting, nor the seeds.
void require_key(const std::string& key, const std::string& where) {
  Config scratch;
  std::vector<std::string> keys{"seeds", "latents", "methods"};
  for (const Option& option : option_table(scratch)) {
    if (names_key(key, option.key)) {
      return;
    }
    keys.push_back(option.key);
  }
  fail("{}: there is no setting '{}' to join over; expected seeds, latents, methods or a key{}",
       where, key, did_you_mean(key, keys));
}

}  // namespace

std::string ensemble_key(const std::string& over) {
  return over == "latents"                         ? "autoencoder.latent"
         : over == "seeds" || over == kOverMethods ? "grid." + over
                                                   : over;
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

std::string variant_without(const std::string& variant, const std::string& key) {
  std::vector<std::string> kept;
  for (const auto& [name, value] : variant_values(variant)) {
    if (!names_key(name, key)) {
      kept.push_back(name + "=" + value);
    }
  }
  return join(kept, ",");
}

std::vector<GridEnsemble> grid_ensembles(const std::vector<Experiment>& experiments) {
  std::vector<GridEnsemble> all;
  std::map<std::string, std::pair<std::size_t, std::string>> known;  // by cell: place, a file
  for (const Experiment& experiment : experiments) {
    const GridSettings& grid = experiment.config.grid;
    for (const EnsembleRequest& request : grid.ensembles) {
      require(
          std::set(request.methods.begin(), request.methods.end()).size() == request.methods.size(),
          "{}: grid.ensembles: {}: a method is there twice", experiment.origin,
          text_of(request, ":"));
      for (const std::string& method : request.methods) {
        if (!contains(grid.methods, method)) {
          fail("{}: grid.ensembles: {}: the grid does not train the method '{}'{}",
               experiment.origin, text_of(request, ":"), method,
               did_you_mean(method, grid.methods));
        }
      }
      for (const std::string& protocol : grid.protocols) {
        require(request.over != "seeds" || !draws_test_rows(protocol),
                "{}: grid.ensembles: {}: protocol {} draws its test rows by seed, so runs of other "
                "seeds judge other rows; join over a setting instead",
                experiment.origin, text_of(request, ":"), protocol);
      }
      const std::string rest = variant_without(experiment.variant, ensemble_key(request.over));
      for (Cell cell : grid_cells(grid)) {
        cell.variant = experiment.variant;
        const std::string member = cell.name();
        cell.variant = "ensemble=" + text_of(request, "-") + (rest.empty() ? "" : "," + rest);
        cell.seed = request.over == "seeds" ? grid.seeds.front() : cell.seed;
        const auto [entry, fresh] = known.try_emplace(cell.name(), all.size(), experiment.origin);
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
    const bool of_methods = one.request.over == kOverMethods;
    require(!of_methods || one.request.methods.size() > 1,
            "{}: grid.ensembles: {}: over methods an ensemble joins two methods or more",
            entry.second, text_of(one.request, ":"));
    if (!of_methods && one.members.size() < 2) {
      const std::string key = ensemble_key(one.request.over);
      require_key(key,
                  fmt::format("{}: grid.ensembles: {}", entry.second, text_of(one.request, ":")));
      fail("{}: grid.ensembles: {}: an ensemble joins two runs or more, and {} has one value; {}",
           entry.second, text_of(one.request, ":"), key,
           one.request.over == "seeds" ? "give grid.seeds more"
                                       : fmt::format("give it more by --vary {}=...", key));
    }
  }
  return all;
}

}  // namespace cance::config
