#include "config/methods/projection.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> projection_keys(const std::string& method, ProjectionOptions& p) {
  return {
      choice(method + ".input", p.input, {"normalised", "raw"}, "rows that " + method + " sees"),
      choice(method + ".projection", p.projection, {"auto", "none", "pca", "whiten"},
             "pca: principal components; whiten: the same with variance 1; auto: whiten for "
             "images, none for tables"),
      number(method + ".explained", p.explained, 0.01, 1.0,
             "share of the variance that the principal components explain"),
  };
}

}  // namespace cance::config
