#include "config/option_table.hpp"

#include "config/methods.hpp"
#include "config/option_kinds.hpp"

namespace cance::config {
namespace {

void autoencoder_keys(Keys k, AutoencoderOptions& a) {
  k.choice("network", a.network, {"auto", "conv", "dense", "pca"},
           "conv: convolutions for images; dense: layers for rows of numbers; pca: principal "
           "components, nothing is trained; auto: conv or dense");
  k.widths("channels", a.channels, "channels of the convolutions, each halves the image");
  k.widths("hidden", a.hidden, "widths of the dense encoder, mirrored in the decoder");
  k.number("latent", a.latent, 2, 4096,
           "latent size m; at most the columns and rows there are with pca; auto: 12 for images, "
           "half of the columns for tables, 2 to 16");
  k.number("covariance_weight", a.covariance_weight, 0.0, 1e6,
           "lambda, weight of the covariance loss");
  k.number("batch", a.batch, 2, 1 << 20, "rows a step");
  k.length("epochs", a.epochs, 1, 100'000,
           "epochs of stage 1, encoder and decoder; auto: 40, but at least 1,500 steps");
  k.length("decoder_epochs", a.decoder_epochs, 0, 100'000,
           "epochs of stage 2, the decoder alone; auto: 15, but at least 400 steps");
  k.length("steps", a.steps, 0, 1 << 30,
           "length of stage 1 in steps, up to a whole epoch; 0: its epochs count");
  k.length("decoder_steps", a.decoder_steps, 0, 1 << 30,
           "length of stage 2 in steps; 0: its epochs count");
  k.number("learning_rate", a.learning_rate, 1e-8, 10.0, "highest rate of AdamW in stage 1");
  k.number("decoder_learning_rate", a.decoder_learning_rate, 1e-8, 10.0,
           "highest rate of AdamW in stage 2");
  k.number("weight_decay", a.weight_decay, 0.0, 10.0, "weight decay of AdamW in both stages");
}

void nce_keys(Keys k, NceOptions& n) {
  k.number("noise_ratio", n.noise_ratio, 0.1, 1000.0, "nu, noise samples per data sample");
  k.widths("hidden", n.hidden,
           "widths of the estimation network's hidden layers (SiLU); auto: 256,256 for images, "
           "128,128 for tables");
  k.number("batch", n.batch, 2, 1 << 20, "data rows a step");
  k.length("epochs", n.epochs, 1, 100'000,
           "epochs of each density; auto: 60, but at least 1,000 steps");
  k.length("steps", n.steps, 0, 1 << 30,
           "length of each density in steps, up to a whole epoch; 0: its epochs count");
  k.number("learning_rate", n.learning_rate, 1e-8, 10.0,
           "highest rate of AdamW on the estimation network");
  k.number("weight_decay", n.weight_decay, 0.0, 10.0,
           "weight decay of AdamW on the estimation network");
  k.choice("noise", n.noise, {"fixed", "naive", "regularised"}, "how the noise scale is learned");
  k.number("noise_learning_rate", n.noise_learning_rate, 1e-8, 10.0,
           "highest rate of AdamW on w, the raw noise scale");
  k.number("noise_start", n.noise_start, -50.0, 50.0, "first value of w; a = 1 + softplus(w)");
  k.number("noise_freedom", n.noise_freedom, 0, 1000,
           "noise is Student's t of so many degrees of freedom, whose tails are heavier the fewer "
           "there are; 0: normal");
  k.number("artificial_share", n.artificial_share, 0.0, 1.0,
           "p, chance that CANCE replaces a row's e and c by artificial ones");
  k.choice("checkpoint", n.checkpoint, {"density", "loss"},
           "what validation compares: the implied density, or the loss as it is");
}

constexpr double kLeastShare = 1e-6, kGreatestShare = 10;  // of lengths of training

/// What has lengths of training of its own.
std::vector<std::string> stage_names() {
  std::vector<std::string> names = method_names();
  names.emplace_back(kRepresentation);
  return names;
}

template <class... Methods>
void method_keys(Keys k, MethodList<Methods...>& methods) {
  const auto add = [&]<class Method>(Method& method) {
    if constexpr (requires { Method::kOptions; }) {
      Keys own = k.in(std::string(Method::kFacts.name));
      (method.*Method::kOptions).keys(own);
    }
  };
  (add(static_cast<Methods&>(methods)), ...);
}

}  // namespace

std::vector<Option> option_table(Config& c) {
  std::vector<Option> table;
  Keys grid(table, "grid");
  grid.names("dataset", c.grid.datasets, "dataset files DATASET.h5 in the data root");
  grid.choices("protocol", c.grid.protocols,
               {"unimodal", "bimodal", "multimodal", "given", "goad", "dagmm", "drocc", "fit"},
               "unimodal, bimodal: the case's classes are normal; multimodal: all but them; given: "
               "the file's own parts, class 0 is normal; goad, dagmm, drocc: the three rules for "
               "tables; fit: all normal rows train or are held out, none is judged, for 'cance "
               "score' of new ones");
  grid.cases("cases", c.grid.cases,
             "the classes k, one case each; the protocols from given on have the one case all");
  grid.numbers("seeds", c.grid.seeds, "seeds, one cell each");
  grid.choices(
      "methods", c.grid.methods, method_names(),
      "methods of a cell; those that look at an autoencoder share one, and without such none is "
      "trained");
  grid.ensembles(
      "ensembles", c.grid.ensembles,
      "runs joined into one as soon as all are finished: those that differ in their "
      "seeds, latents or another setting of the sweep, by max or mean, of these methods; or over "
      "methods those of each run");
  Keys split(table, "split");
  split.number("validation_share", c.split.validation_share, 0.01, 0.9,
               "share of the training rows held out for validation");
  split.number("flagged_share", c.split.flagged_share, 0.0001, 0.9999,
               "rho, share of the test rows that protocol dagmm flags");
  split.number("labelled_share", c.split.labelled_share, 0.0, 0.9,
               "labelled anomalies among the training rows, drawn by seed, for deep_sad alone; 0: "
               "none, as all other methods have it");
  Keys input(table, "input");
  input.choice(
      "normalisation", c.input.normalisation,
      {"auto", "none", "channel", "gcn", "standardise", "unit"},
      "channel, standardise: mean 0 and deviation 1 of each channel or column over the "
      "training rows; "
      "gcn: each image by its own mean and mean absolute deviation; unit: each row of numbers "
      "by its root mean square; auto: standardise for tables, none for images");
  input.flag("flips", c.input.flips, "mirrored copies of the training images join them");
  Keys data(table, "data");
  data.number("window", c.data.window, 0, 1 << 30,
              "training rows held in memory and shuffled together, read ahead; 0: all of them");
  Keys compute(table, "compute");
  compute.choice("precision", c.compute.precision, {"float32", "float64"},
                 "of weights and features; float64 checks, float32 trains");
  Keys schedule(table, "schedule");
  schedule.number("share", c.schedule.share, kLeastShare, kGreatestShare,
                  "every length of training, in epochs or steps, is this times what its key says, "
                  "rounded down, at least 1");
  schedule.number("warmup_share", c.schedule.warmup_share, 0.0, 1.0,
                  "share of a stage's steps in which the rate rises linearly");
  schedule.number("final_rate", c.schedule.final_rate, 0.0, 1.0,
                  "rate at the end of the cosine decay, relative to the highest");
  schedule.shares("shares", c.schedule.shares, stage_names(), kLeastShare, kGreatestShare,
                  "lengths of these methods (representation: the autoencoder's), as "
                  "drocc:0.1,lsa:0.5, times this too; settings that methods share, as [nce], go by "
                  "the least");
  autoencoder_keys({table, "autoencoder"}, c.autoencoder);
  Keys feature(table, "feature");
  feature.choice("transform", c.feature.transform, {"auto", "raw", "log"},
                 "what the densities see of e and c; log: log(r + .01 mean r), for heavy tails; "
                 "auto: raw for images, for tables log where a deviation exceeds its mean");
  feature.flag("contrast", c.feature.contrast,
               "what gcn takes from an image, its mean and the logarithm of its mean absolute "
               "deviation, joins z as two columns");
  feature.number("folds", c.feature.folds, 1, 100,
                 "K > 1: e and c of the training rows come from K representations, each trained "
                 "without the rows that it judges");
  nce_keys({table, "nce"}, c.nce);
  method_keys(grid, c);
  return table;
}

std::string with_sections(const std::string& word, const std::vector<std::string>& keys) {
  std::vector<std::string> whole = keys;
  std::erase_if(whole, [&](const std::string& key) { return !key.ends_with("." + word); });
  return join(whole, "' or '");
}

}  // namespace cance::config
