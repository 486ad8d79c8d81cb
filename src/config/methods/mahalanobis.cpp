#include "config/methods/mahalanobis.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> MahalanobisMethod::keys() {
  return {choice("mahalanobis.input", mahalanobis.input, {"normalised", "raw"},
                 "rows that mahalanobis sees")};
}

}  // namespace cance::config
