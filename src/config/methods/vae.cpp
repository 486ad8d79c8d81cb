#include "config/methods/vae.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> VaeMethod::keys() {
  std::vector<Option> rows{
      widths("vae.channels", vae.channels, "of the blocks, as lsa.channels"),
      number("vae.latent", vae.latent, 1, 4096, "numbers of the code"),
      number("vae.deviation", vae.deviation, 1e-4, 1e4, "of a pixel about its reconstruction"),
      number("vae.samples", vae.samples, 1, 4096, "of the code that a score is the mean over"),
  };
  append(rows, training_keys("vae", vae.training, 1));
  return rows;
}

}  // namespace cance::config
