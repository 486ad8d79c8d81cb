#include "config/methods/drocc.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> DroccMethod::keys() {
  std::vector<Option> rows{
      number("drocc.radius", drocc.radius, 0.0, 1e9,
             "r, inner radius of the negatives' shell; 0: half the rows' root mean squared "
             "distance from their mean, sqrt(d) / 2 where columns are standardised"),
      number("drocc.gamma", drocc.gamma, 1.0, 1e6, "outer radius over the inner one"),
      number("drocc.mu", drocc.mu, 0.0, 1e6, "weight of the negatives"),
      number("drocc.ascent_steps", drocc.ascent_steps, 0, 100'000,
             "of the negatives, uphill; projected every tenth"),
      number("drocc.ascent_rate", drocc.ascent_rate, 0.0, 1e6, "length of such a step"),
      number("drocc.hidden", drocc.hidden, 2, 65536, "width of the (first) dense layer"),
      widths("drocc.channels", drocc.channels, "of the convolutions, for images"),
      number("drocc.pretraining_epochs", drocc.pretraining_epochs, 0, 100'000,
             "epochs without negatives, before those with"),
  };
  append(rows, training_keys("drocc", drocc.training, 1));
  return rows;
}

}  // namespace cance::config
