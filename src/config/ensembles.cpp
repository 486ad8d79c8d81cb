#include "config/ensembles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"

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
  const EnsembleRequest request{words[0], words[1], split(words[2], '+')};
  return contains(request.methods, "") ? std::nullopt : std::optional(request);
}

}  // namespace

std::string ensemble_key(const std::string& over) {
  return over == "latents" ? "autoencoder.latent" : over == "seeds" ? "grid.seeds" : over;
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
  using Key = std::tuple<std::string, std::string>;  // file, cell of the ensemble
  std::vector<GridEnsemble> all;
  std::map<Key, std::size_t> known;
  for (const Experiment& experiment : experiments) {
    const GridSettings& grid = experiment.config.grid;
    for (const EnsembleRequest& request : grid.ensembles) {
      for (const std::string& method : request.methods) {
        require(contains(grid.methods, method),
                "{}: grid.ensembles: {}: the grid does not train the method '{}'{}",
                experiment.origin, text_of(request, ":"), method,
                did_you_mean(method, grid.methods));
      }
      const std::string rest = variant_without(experiment.variant, ensemble_key(request.over));
      for (Cell cell : grid_cells(grid)) {
        cell.variant = experiment.variant;
        const std::string member = cell.name();
        cell.variant = "ensemble=" + text_of(request, "-") + (rest.empty() ? "" : "," + rest);
        cell.seed = request.over == "seeds" ? grid.seeds.front() : cell.seed;
        const auto [place, fresh] = known.emplace(Key(experiment.origin, cell.name()), all.size());
        if (fresh) {
          all.push_back({request, cell.name(), {}});
        }
        all[place->second].members.push_back(member);
      }
    }
  }
  for (const auto& [key, place] : known) {
    const GridEnsemble& one = all[place];
    require(one.members.size() >= 2,
            "{}: grid.ensembles: {}: an ensemble joins two runs or more, and {} has one value",
            std::get<0>(key), text_of(one.request, ":"), ensemble_key(one.request.over));
  }
  return all;
}

}  // namespace cance::config
