#include "config/methods/training.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> training_keys(const std::string& stage, TrainingOptions& t, int fewest_epochs) {
  return {
      number(stage + ".batch", t.batch, 2, 1 << 20, "rows a step"),
      number(stage + ".epochs", t.epochs, fewest_epochs, 100'000, "epochs"),
      number(stage + ".steps", t.steps, 0, 1 << 30,
             "length in steps, up to a whole epoch; 0: its epochs count"),
      number(stage + ".learning_rate", t.learning_rate, 1e-8, 10.0, "first rate of AdamW"),
      number(stage + ".weight_decay", t.weight_decay, 0.0, 10.0, "weight decay of AdamW"),
      percents(stage + ".drops", t.drops, "when the rate falls to a tenth, percent of the length"),
  };
}

}  // namespace cance::config
