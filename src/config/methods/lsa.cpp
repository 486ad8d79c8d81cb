#include "config/methods/lsa.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> LsaMethod::keys() {
  std::vector<Option> rows{
      widths("lsa.channels", lsa.channels,
             "of the blocks, each halves the image; 64,128,256 as published for CIFAR-10"),
      number("lsa.latent", lsa.latent, 1, 4096, "numbers of the code, each in 0..1"),
      number("lsa.bins", lsa.bins, 2, 65536, "of each of them, whose chances are estimated"),
      widths("lsa.estimator", lsa.estimator, "channels a latent of the estimator's masked layers"),
      number("lsa.nll_weight", lsa.nll_weight, 0.0, 1e6,
             "lambda, of -log p of the code beside the squared error's 1"),
  };
  append(rows, training_keys("lsa", lsa.training, 1));
  return rows;
}

}  // namespace cance::config
