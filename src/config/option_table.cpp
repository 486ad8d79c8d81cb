#include "config/option_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace cance::config {
namespace {

using Problem = std::optional<std::string>;

template <class T>
Option number(std::string key, T& target, T low, T high, std::string help) {
  const std::string range = fmt::format("{} to {}", low, high);
  return {std::move(key), std::move(help), range,
          [&target, low, high, range](const std::string& text) -> Problem {
            const auto value = parse_number<T>(text);
            if (!value || !(*value >= low && *value <= high)) {
              return fmt::format("expected a number from {}", range);
            }
            target = *value;
            return std::nullopt;
          },
          [&target] { return fmt::format("{}", target); }};
}

Option choice(std::string key, std::string& target, std::vector<std::string> allowed,
              std::string help) {
  const std::string range = join(allowed, " | ");
  return {std::move(key), std::move(help), range,
          [&target, allowed, range](const std::string& text) -> Problem {
            if (std::ranges::find(allowed, text) == allowed.end()) {
              return fmt::format("expected one of {}{}", range, did_you_mean(text, allowed));
            }
            target = text;
            return std::nullopt;
          },
          [&target] { return target; }};
}

Option name(std::string key, std::string& target, std::string help) {
  return {std::move(key), std::move(help), "a name of letters, digits, - and _",
          [&target](const std::string& text) -> Problem {
            const auto ordinary = [](char c) {
              return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
            };
            if (text.empty() || !std::ranges::all_of(text, ordinary)) {
              return "expected a name of letters, digits, - and _";
            }
            target = text;
            return std::nullopt;
          },
          [&target] { return target; }};
}

Option numbers(std::string key, std::vector<int>& target, std::string help) {
  return {std::move(key), std::move(help), "a list as 0-4 or 0,2,5",
          [&target](const std::string& text) -> Problem {
            const auto values = parse_number_list(text);
            if (!values || values->empty()) {
              return "expected a list of numbers as 0-4 or 0,2,5";
            }
            target = *values;
            return std::nullopt;
          },
          [&target] { return fmt::format("{}", fmt::join(target, ",")); }};
}

Option widths(std::string key, std::vector<int>& target, std::string help) {
  return {std::move(key), std::move(help), "widths as 256,256, each 1 to 65536",
          [&target](const std::string& text) -> Problem {
            std::vector<int> values;
            for (const std::string& word : split(text, ',')) {
              const auto value = parse_number<int>(trim(word));
              if (!value || *value < 1 || *value > 65536) {
                return "expected widths as 256,256, each 1 to 65536";
              }
              values.push_back(*value);
            }
            target = values;
            return std::nullopt;
          },
          [&target] { return fmt::format("{}", fmt::join(target, ",")); }};
}

Option choices(std::string key, std::vector<std::string>& target, std::vector<std::string> allowed,
               std::string help) {
  const std::string range = "any of " + join(allowed, ", ");
  return {std::move(key), std::move(help), range,
          [&target, allowed, range](const std::string& text) -> Problem {
            std::vector<std::string> values;
            for (const std::string& item : split(text, ',')) {
              const std::string word = trim(item);
              if (std::ranges::find(allowed, word) == allowed.end()) {
                return fmt::format("'{}': expected {}{}", word, range, did_you_mean(word, allowed));
              }
              if (std::ranges::find(values, word) == values.end()) {
                values.push_back(word);
              }
            }
            target = values;
            return std::nullopt;
          },
          [&target] { return join(target, ","); }};
}

}  // namespace

std::vector<Option> option_table(Config& c) {
  return {
      name("grid.dataset", c.grid.dataset, "dataset file DATASET.h5 in the data root"),
      choice("grid.protocol", c.grid.protocol, {"unimodal", "multimodal"},
             "unimodal: class k is normal; multimodal: all classes but k are normal"),
      numbers("grid.cases", c.grid.cases, "the classes k, one case each"),
      numbers("grid.seeds", c.grid.seeds, "seeds, one cell each"),
      choices("grid.methods", c.grid.methods, {"error", "latnce", "gaussian", "cnce", "cance"},
              "methods of a cell; they share its autoencoder"),
      number("split.validation_share", c.split.validation_share, 0.01, 0.9,
             "share of the training rows held out for validation"),
      number("data.window", c.data.window, 0, 1 << 30,
             "training rows held in memory and shuffled together, read ahead; 0: all of them"),
      choice("compute.precision", c.compute.precision, {"float32", "float64"},
             "of weights and features; float64 checks, float32 trains"),
      number("schedule.warmup_share", c.schedule.warmup_share, 0.0, 1.0,
             "share of a stage's steps in which the rate rises linearly"),
      number("schedule.final_rate", c.schedule.final_rate, 0.0, 1.0,
             "rate at the end of the cosine decay, relative to the highest"),
      choice("autoencoder.network", c.autoencoder.network, {"conv28"},
             "conv28: convolutions for 1x28x28 images"),
      number("autoencoder.latent", c.autoencoder.latent, 2, 4096, "latent size m"),
      number("autoencoder.covariance_weight", c.autoencoder.covariance_weight, 0.0, 1e6,
             "lambda, weight of the covariance loss"),
      number("autoencoder.batch", c.autoencoder.batch, 2, 1 << 20, "rows a step"),
      number("autoencoder.epochs", c.autoencoder.epochs, 1, 100'000,
             "epochs of stage 1, encoder and decoder"),
      number("autoencoder.decoder_epochs", c.autoencoder.decoder_epochs, 0, 100'000,
             "epochs of stage 2, the decoder alone"),
      number("autoencoder.learning_rate", c.autoencoder.learning_rate, 1e-8, 10.0,
             "highest rate of AdamW in stage 1"),
      number("autoencoder.decoder_learning_rate", c.autoencoder.decoder_learning_rate, 1e-8, 10.0,
             "highest rate of AdamW in stage 2"),
      number("autoencoder.weight_decay", c.autoencoder.weight_decay, 0.0, 10.0,
             "weight decay of AdamW in both stages"),
      number("nce.noise_ratio", c.nce.noise_ratio, 0.1, 1000.0,
             "nu, noise samples per data sample"),
      widths("nce.hidden", c.nce.hidden, "widths of the estimation network's hidden layers (SiLU)"),
      number("nce.batch", c.nce.batch, 2, 1 << 20, "data rows a step"),
      number("nce.epochs", c.nce.epochs, 1, 100'000, "epochs of each density"),
      number("nce.learning_rate", c.nce.learning_rate, 1e-8, 10.0,
             "highest rate of AdamW on the estimation network"),
      number("nce.weight_decay", c.nce.weight_decay, 0.0, 10.0,
             "weight decay of AdamW on the estimation network"),
      choice("nce.noise", c.nce.noise, {"fixed", "naive", "regularised"},
             "how the noise scale is learned"),
      number("nce.noise_learning_rate", c.nce.noise_learning_rate, 1e-8, 10.0,
             "highest rate of AdamW on w, the raw noise scale"),
      number("nce.noise_start", c.nce.noise_start, -50.0, 50.0,
             "first value of w; a = 1 + softplus(w)"),
      number("nce.artificial_share", c.nce.artificial_share, 0.0, 1.0,
             "p, chance that CANCE replaces a row's e and c by artificial ones"),
      choice("nce.checkpoint", c.nce.checkpoint, {"density", "loss"},
             "what validation compares: the implied density, or the loss as it is"),
  };
}

}  // namespace cance::config
