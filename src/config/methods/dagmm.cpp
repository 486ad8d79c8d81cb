#include "config/methods/dagmm.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> DagmmMethod::keys() {
  std::vector<Option> rows{
      widths("dagmm.hidden", dagmm.hidden, "of the encoder's tanh layers, mirrored in the decoder"),
      number("dagmm.latent", dagmm.latent, 1, 65536, "numbers of the code"),
      number("dagmm.estimation", dagmm.estimation, 1, 65536,
             "width of the hidden layer that gives memberships"),
      number("dagmm.components", dagmm.components, 1, 1024, "Gaussians of the mixture"),
      number("dagmm.dropout", dagmm.dropout, 0.0, 0.99,
             "share of that hidden layer left out a step"),
      number("dagmm.energy_weight", dagmm.energy_weight, 0.0, 1e6, "lambda_1, of the energy"),
      number("dagmm.covariance_weight", dagmm.covariance_weight, 0.0, 1e6,
             "lambda_2, of the inverse variances"),
  };
  append(rows, training_keys("dagmm", dagmm.training, 1));
  return rows;
}

std::vector<Option> Dagmm1Method::keys() {
  return {counts("dagmm_1.components", dagmm_1.components, 1024,
                 "numbers of Gaussians, in place of dagmm.components: that with the lowest mean "
                 "energy of the validation rows is kept")};
}

}  // namespace cance::config
