// The ensembles that grids ask for (grid.ensembles): which cells are joined into which.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/experiment.hpp"

namespace cance::config {

/// Joins the methods of each single run.
inline constexpr const char* kOverMethods = "methods";
/// The settings in which members differ, of "seeds+latents" grid.seeds and autoencoder.latent; of
/// kOverMethods grid.methods.
[[nodiscard]] std::vector<std::string> ensemble_keys(const std::string& over);

/// "latents:max:cnce+error, seeds:mean:cance", or none; nothing where the text is no such list.
[[nodiscard]] std::optional<std::vector<EnsembleRequest>> parse_ensembles(const std::string& text);
[[nodiscard]] std::string ensembles_text(const std::vector<EnsembleRequest>& requests);

/// A variant of a sweep without what it sets these keys to.
[[nodiscard]] std::string variant_without(const std::string& variant,
                                          const std::vector<std::string>& keys);

/// "seeds+latents" of "seeds,latents" and of "grid.seeds+latents", as an EnsembleRequest has it.
[[nodiscard]] std::string ensemble_over(const std::string& text);
/// Error: over no setting or one twice, methods twice, or methods with others or one alone. `where`
/// begins the message.
void check(const EnsembleRequest& request, const std::string& where);

/// Cells that become one run.
struct GridEnsemble {
  EnsembleRequest request;
  std::string cell;  ///< of the first member, in the variant "ensemble=latents-max-cnce+error"
  std::vector<std::string> members;  ///< names of cells, two or more; of kOverMethods one
};

/// All of them. Error: an ensemble of a method that its grid does not train, or of one member.
[[nodiscard]] std::vector<GridEnsemble> grid_ensembles(const std::vector<Experiment>& experiments);

}  // namespace cance::config
