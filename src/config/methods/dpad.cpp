#include "config/methods/dpad.hpp"

#include "config/methods/deep_svdd.hpp"
#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> DpadMethod::keys() {
  std::vector<Option> rows{
      widths("dpad.channels", dpad.channels, kSvddChannels, /*automatic=*/true),
      widths("dpad.hidden", dpad.hidden, "of the layers, for tables"),
      number("dpad.latent", dpad.latent, 1, 65536, "numbers of the output"),
      number("dpad.norm_weight", dpad.norm_weight, 0.0, 1e6,
             "of the penalty that keeps the weights' norms"),
      number("dpad.neighbours", dpad.neighbours, 1, 10'000,
             "k, nearest training rows of the score"),
  };
  append(rows, training_keys("dpad", dpad.training, 1));
  return rows;
}

}  // namespace cance::config
