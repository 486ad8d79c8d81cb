#include "config/methods/deep_svdd.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {
namespace {

/// The keys that Deep SVDD and Deep SAD share.
std::vector<Option> svdd_keys(const std::string& method, DeepSvddOptions& s) {
  std::vector<Option> rows{
      widths(method + ".channels", s.channels, kSvddChannels, /*automatic=*/true),
      widths(method + ".hidden", s.hidden, "of the layers, for tables"),
      number(method + ".latent", s.latent, 1, 65536, "numbers of the output"),
  };
  append(rows, training_keys(method, s.training, 1));
  append(rows, training_keys(method + "_pretraining", s.pretraining, 0));
  return rows;
}

}  // namespace

std::vector<Option> DeepSvddMethod::keys() {
  std::vector<Option> rows{
      choice("deep_svdd.objective", deep_svdd.objective, {"one-class", "soft-boundary"},
             "mean distance from the centre, or a sphere with few rows outside"),
      number("deep_svdd.nu", deep_svdd.nu, 1e-4, 1.0, "share of rows outside the soft boundary"),
      number("deep_svdd.warmup_epochs", deep_svdd.warmup_epochs, 0, 100'000,
             "epochs before the soft boundary moves"),
  };
  append(rows, svdd_keys("deep_svdd", deep_svdd));
  return rows;
}

std::vector<Option> DeepSadMethod::keys() {
  std::vector<Option> rows{
      number("deep_sad.eta", deep_sad.eta, 0.0, 1e6, "weight of a labelled anomaly")};
  append(rows, svdd_keys("deep_sad", deep_sad));
  return rows;
}

}  // namespace cance::config
