#include "config/option_table.hpp"

#include "config/methods.hpp"
#include "config/option_kinds.hpp"

namespace cance::config {
namespace {

std::vector<Option> autoencoder_rows(AutoencoderOptions& a) {
  return {
      choice("autoencoder.network", a.network, {"auto", "conv", "dense", "pca"},
             "conv: convolutions for images; dense: layers for rows of numbers; pca: principal "
             "components, nothing is trained; auto: conv or dense"),
      widths("autoencoder.channels", a.channels,
             "channels of the convolutions, each halves the image"),
      widths("autoencoder.hidden", a.hidden,
             "widths of the dense encoder, mirrored in the decoder"),
      number("autoencoder.latent", a.latent, 2, 4096,
             "latent size m; at most the columns and rows there are with pca"),
      number("autoencoder.covariance_weight", a.covariance_weight, 0.0, 1e6,
             "lambda, weight of the covariance loss"),
      number("autoencoder.batch", a.batch, 2, 1 << 20, "rows a step"),
      number("autoencoder.epochs", a.epochs, 1, 100'000, "epochs of stage 1, encoder and decoder"),
      number("autoencoder.decoder_epochs", a.decoder_epochs, 0, 100'000,
             "epochs of stage 2, the decoder alone"),
      number("autoencoder.steps", a.steps, 0, 1 << 30,
             "length of stage 1 in steps, up to a whole epoch; 0: its epochs count"),
      number("autoencoder.decoder_steps", a.decoder_steps, 0, 1 << 30,
             "length of stage 2 in steps; 0: its epochs count"),
      number("autoencoder.learning_rate", a.learning_rate, 1e-8, 10.0,
             "highest rate of AdamW in stage 1"),
      number("autoencoder.decoder_learning_rate", a.decoder_learning_rate, 1e-8, 10.0,
             "highest rate of AdamW in stage 2"),
      number("autoencoder.weight_decay", a.weight_decay, 0.0, 10.0,
             "weight decay of AdamW in both stages"),
  };
}

std::vector<Option> nce_rows(NceOptions& n) {
  return {
      number("nce.noise_ratio", n.noise_ratio, 0.1, 1000.0, "nu, noise samples per data sample"),
      widths("nce.hidden", n.hidden, "widths of the estimation network's hidden layers (SiLU)"),
      number("nce.batch", n.batch, 2, 1 << 20, "data rows a step"),
      number("nce.epochs", n.epochs, 1, 100'000, "epochs of each density"),
      number("nce.steps", n.steps, 0, 1 << 30,
             "length of each density in steps, up to a whole epoch; 0: its epochs count"),
      number("nce.learning_rate", n.learning_rate, 1e-8, 10.0,
             "highest rate of AdamW on the estimation network"),
      number("nce.weight_decay", n.weight_decay, 0.0, 10.0,
             "weight decay of AdamW on the estimation network"),
      choice("nce.noise", n.noise, {"fixed", "naive", "regularised"},
             "how the noise scale is learned"),
      number("nce.noise_learning_rate", n.noise_learning_rate, 1e-8, 10.0,
             "highest rate of AdamW on w, the raw noise scale"),
      number("nce.noise_start", n.noise_start, -50.0, 50.0,
             "first value of w; a = 1 + softplus(w)"),
      number("nce.artificial_share", n.artificial_share, 0.0, 1.0,
             "p, chance that CANCE replaces a row's e and c by artificial ones"),
      choice("nce.checkpoint", n.checkpoint, {"density", "loss"},
             "what validation compares: the implied density, or the loss as it is"),
  };
}

template <class... Methods>
std::vector<Option> method_rows(MethodList<Methods...>& methods) {
  std::vector<Option> rows;
  const auto add = [&rows](auto& method) {
    if constexpr (requires { method.keys(); }) {
      append(rows, method.keys());
    }
  };
  (add(static_cast<Methods&>(methods)), ...);
  return rows;
}

}  // namespace

std::vector<Option> option_table(Config& c) {
  std::vector<Option> table{
      name("grid.dataset", c.grid.dataset, "dataset file DATASET.h5 in the data root"),
      choices("grid.protocol", c.grid.protocols,
              {"unimodal", "bimodal", "multimodal", "given", "goad", "dagmm", "drocc", "fit"},
              "unimodal, bimodal: the case's classes are normal; multimodal: all but them; given: "
              "the file's own parts, class 0 is normal; goad, dagmm, drocc: the three rules for "
              "tables; fit: all normal rows train or are held out, none is judged, for 'cance "
              "score' of new ones"),
      cases("grid.cases", c.grid.cases,
            "the classes k, one case each; the protocols from given on have the one case all"),
      numbers("grid.seeds", c.grid.seeds, "seeds, one cell each"),
      choices("grid.methods", c.grid.methods, method_names(),
              "methods of a cell; they share its autoencoder"),
      number("split.validation_share", c.split.validation_share, 0.01, 0.9,
             "share of the training rows held out for validation"),
      number("split.flagged_share", c.split.flagged_share, 0.0001, 0.9999,
             "rho, share of the test rows that protocol dagmm flags"),
      number("split.labelled_share", c.split.labelled_share, 0.0, 0.9,
             "labelled anomalies among the training rows, drawn by seed, for deep_sad alone; 0: "
             "none, as all other methods have it"),
      choice("input.normalisation", c.input.normalisation,
             {"auto", "none", "channel", "gcn", "standardise"},
             "channel, standardise: mean 0 and deviation 1 of each channel or column over the "
             "training rows; "
             "gcn: each image by its own mean and mean absolute deviation; auto: standardise for "
             "tables, none for images"),
      flag("input.flips", c.input.flips, "mirrored copies of the training images join them"),
      number("data.window", c.data.window, 0, 1 << 30,
             "training rows held in memory and shuffled together, read ahead; 0: all of them"),
      choice("compute.precision", c.compute.precision, {"float32", "float64"},
             "of weights and features; float64 checks, float32 trains"),
      number("schedule.warmup_share", c.schedule.warmup_share, 0.0, 1.0,
             "share of a stage's steps in which the rate rises linearly"),
      number("schedule.final_rate", c.schedule.final_rate, 0.0, 1.0,
             "rate at the end of the cosine decay, relative to the highest"),
  };
  append(table, autoencoder_rows(c.autoencoder));
  append(table,
         {choice("feature.transform", c.feature.transform, {"raw", "log"},
                 "what the densities see of e and c; log: log(r + .01 mean r), for heavy tails"),
          flag("feature.contrast", c.feature.contrast,
               "what gcn takes from an image, its mean and the logarithm of its mean absolute "
               "deviation, joins z as two columns")});
  append(table, nce_rows(c.nce));
  append(table, method_rows(c));
  return table;
}

}  // namespace cance::config
