#include "config/method_settings.hpp"

#include <algorithm>
#include <iterator>

#include "config/option_kinds.hpp"

namespace cance::config {
namespace {

std::vector<Option> knn_rows(KnnOptions& k) {
  return {
      number("knn.neighbours", k.neighbours, 1, 10'000, "k, nearest training rows of knn"),
      choice("knn.distance", k.distance, {"mean", "kth"},
             "score: mean of the k distances, or the kth"),
      choice("knn.input", k.input, {"normalised", "raw"}, "rows that are compared"),
      number("knn.rows", k.rows, 0, 1 << 30, "training rows that are kept, drawn by seed; 0: all"),
  };
}

/// What the kernel methods share: which rows they see, and of which columns.
std::vector<Option> projection_rows(const std::string& method, ProjectionOptions& p) {
  return {
      choice(method + ".input", p.input, {"normalised", "raw"}, "rows that " + method + " sees"),
      choice(method + ".projection", p.projection, {"auto", "none", "pca", "whiten"},
             "pca: principal components; whiten: the same with variance 1; auto: whiten for "
             "images, none for tables"),
      number(method + ".explained", p.explained, 0.01, 1.0,
             "share of the variance that the principal components explain"),
  };
}

std::vector<Option> kde_rows(KdeOptions& k) {
  auto rows = projection_rows("kde", k.projection);
  rows.push_back(number("kde.selection_rows", k.selection_rows, 0, 1 << 30,
                        "training rows that choose the bandwidth, drawn by seed; 0: all"));
  rows.push_back(number("kde.bandwidth", k.bandwidth, 0.0, 1e6,
                        "of the kernel; 0: the likeliest of 2^-4.5, 2^-4, ..., 2^5 over five folds "
                        "of training rows"));
  return rows;
}

std::vector<Option> ocsvm_rows(OcsvmOptions& o) {
  auto rows = projection_rows("ocsvm", o.projection);
  rows.push_back(number("ocsvm.nu", o.nu, 1e-6, 1.0, "highest share of the training rows outside"));
  rows.push_back(number("ocsvm.gamma", o.gamma, 0.0, 1e9,
                        "of the kernel exp(-gamma d^2); 0: 1 / (columns x variance)"));
  rows.push_back(
      number("ocsvm.tolerance", o.tolerance, 1e-12, 1.0, "at which the dual problem is solved"));
  rows.push_back(number("ocsvm.rows", o.rows, 0, 1 << 30,
                        "training rows that are kept, drawn by seed; 0: all"));
  return rows;
}

std::vector<Option> mahalanobis_rows(MahalanobisOptions& m) {
  return {
      choice("mahalanobis.input", m.input, {"normalised", "raw"}, "rows that mahalanobis sees")};
}

std::vector<Option> training_rows(const std::string& stage, TrainingOptions& t, int fewest_epochs) {
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

void append(std::vector<Option>& rows, std::vector<Option> more) {
  std::ranges::move(more, std::back_inserter(rows));
}

std::vector<Option> pixelcnn_rows(PixelCnnOptions& p) {
  std::vector<Option> rows{
      number("pixelcnn.levels", p.levels, 2, 256,
             "of a channel of a pixel, equal shares of its 256 values"),
      number("pixelcnn.features", p.features, 1, 65536,
             "of a layer, at least the channels of the images"),
      number("pixelcnn.layers", p.layers, 1, 1024, "gated layers"),
      number("pixelcnn.reach", p.reach, 1, 64, "pixels that a layer sees to each side and upwards"),
  };
  append(rows, training_rows("pixelcnn", p.training, 1));
  return rows;
}

std::vector<Option> vae_rows(VaeOptions& v) {
  std::vector<Option> rows{
      widths("vae.channels", v.channels, "of the blocks, as lsa.channels"),
      number("vae.latent", v.latent, 1, 4096, "numbers of the code"),
      number("vae.deviation", v.deviation, 1e-4, 1e4, "of a pixel about its reconstruction"),
      number("vae.samples", v.samples, 1, 4096, "of the code that a score is the mean over"),
  };
  append(rows, training_rows("vae", v.training, 1));
  return rows;
}

std::vector<Option> lsa_rows(LsaOptions& l) {
  std::vector<Option> rows{
      widths("lsa.channels", l.channels,
             "of the blocks, each halves the image; 64,128,256 as published for CIFAR-10"),
      number("lsa.latent", l.latent, 1, 4096, "numbers of the code, each in 0..1"),
      number("lsa.bins", l.bins, 2, 65536, "of each of them, whose chances are estimated"),
      widths("lsa.estimator", l.estimator, "channels a latent of the estimator's masked layers"),
      number("lsa.nll_weight", l.nll_weight, 0.0, 1e6,
             "lambda, of -log p of the code beside the squared error's 1"),
  };
  append(rows, training_rows("lsa", l.training, 1));
  return rows;
}

std::vector<Option> goad_rows(GoadOptions& g) {
  std::vector<Option> rows{
      number("goad.transforms", g.transforms, 2, 1 << 16, "random maps of a row"),
      number("goad.size", g.size, 1, 1 << 16, "numbers that each gives"),
      flag("goad.offsets", g.offsets,
           "affine maps, as in the paper; the published code has linear ones"),
      number("goad.width", g.width, 1, 1 << 16, "of the layers, the features among them"),
      number("goad.layers", g.layers, 1, 64, "layers below the features"),
      number("goad.margin", g.margin, 0.0, 1e6, "of the triplet loss"),
      number("goad.triplet_weight", g.triplet_weight, 0.0, 1e6,
             "of the triplet loss, beside the cross entropy's 1"),
  };
  append(rows, training_rows("goad", g.training, 1));
  return rows;
}

constexpr const char* kSvddChannels =
    "of the convolutions, for images; auto: 8,4 for 28 x 28, 32,64,128 for 32 x 32, so on for "
    "sides 8, 16, 64, ...";

/// What both have.
std::vector<Option> svdd_rows(const std::string& method, DeepSvddOptions& s) {
  std::vector<Option> rows{
      widths(method + ".channels", s.channels, kSvddChannels, /*automatic=*/true),
      widths(method + ".hidden", s.hidden, "of the layers, for tables"),
      number(method + ".latent", s.latent, 1, 65536, "numbers of the output"),
  };
  append(rows, training_rows(method, s.training, 1));
  append(rows, training_rows(method + "_pretraining", s.pretraining, 0));
  return rows;
}

std::vector<Option> deep_svdd_rows(DeepSvddOptions& s) {
  std::vector<Option> rows{
      choice("deep_svdd.objective", s.objective, {"one-class", "soft-boundary"},
             "mean distance from the centre, or a sphere with few rows outside"),
      number("deep_svdd.nu", s.nu, 1e-4, 1.0, "share of rows outside the soft boundary"),
      number("deep_svdd.warmup_epochs", s.warmup_epochs, 0, 100'000,
             "epochs before the soft boundary moves"),
  };
  append(rows, svdd_rows("deep_svdd", s));
  return rows;
}

std::vector<Option> deep_sad_rows(DeepSvddOptions& s) {
  std::vector<Option> rows{number("deep_sad.eta", s.eta, 0.0, 1e6, "weight of a labelled anomaly")};
  append(rows, svdd_rows("deep_sad", s));
  return rows;
}

std::vector<Option> drocc_rows(DroccOptions& d) {
  std::vector<Option> rows{
      number("drocc.radius", d.radius, 0.0, 1e9,
             "r, inner radius of the negatives' shell; 0: half the rows' root mean squared "
             "distance from their mean, sqrt(d) / 2 where columns are standardised"),
      number("drocc.gamma", d.gamma, 1.0, 1e6, "outer radius over the inner one"),
      number("drocc.mu", d.mu, 0.0, 1e6, "weight of the negatives"),
      number("drocc.ascent_steps", d.ascent_steps, 0, 100'000,
             "of the negatives, uphill; projected every tenth"),
      number("drocc.ascent_rate", d.ascent_rate, 0.0, 1e6, "length of such a step"),
      number("drocc.hidden", d.hidden, 2, 65536, "width of the (first) dense layer"),
      widths("drocc.channels", d.channels, "of the convolutions, for images"),
      number("drocc.pretraining_epochs", d.pretraining_epochs, 0, 100'000,
             "epochs without negatives, before those with"),
  };
  append(rows, training_rows("drocc", d.training, 1));
  return rows;
}

std::vector<Option> dagmm_rows(DagmmOptions& d) {
  std::vector<Option> rows{
      widths("dagmm.hidden", d.hidden, "of the encoder's tanh layers, mirrored in the decoder"),
      number("dagmm.latent", d.latent, 1, 65536, "numbers of the code"),
      number("dagmm.estimation", d.estimation, 1, 65536,
             "width of the hidden layer that gives memberships"),
      number("dagmm.components", d.components, 1, 1024, "Gaussians of the mixture"),
      number("dagmm.dropout", d.dropout, 0.0, 0.99, "share of that hidden layer left out a step"),
      number("dagmm.energy_weight", d.energy_weight, 0.0, 1e6, "lambda_1, of the energy"),
      number("dagmm.covariance_weight", d.covariance_weight, 0.0, 1e6,
             "lambda_2, of the inverse variances"),
  };
  append(rows, training_rows("dagmm", d.training, 1));
  return rows;
}

std::vector<Option> dagmm_1_rows(Dagmm1Options& d) {
  return {counts("dagmm_1.components", d.components, 1024,
                 "numbers of Gaussians, in place of dagmm.components: that with the lowest mean "
                 "energy of the validation rows is kept")};
}

std::vector<Option> dpad_rows(DpadOptions& d) {
  std::vector<Option> rows{
      widths("dpad.channels", d.channels, kSvddChannels, /*automatic=*/true),
      widths("dpad.hidden", d.hidden, "of the layers, for tables"),
      number("dpad.latent", d.latent, 1, 65536, "numbers of the output"),
      number("dpad.norm_weight", d.norm_weight, 0.0, 1e6,
             "of the penalty that keeps the weights' norms"),
      number("dpad.neighbours", d.neighbours, 1, 10'000, "k, nearest training rows of the score"),
  };
  append(rows, training_rows("dpad", d.training, 1));
  return rows;
}

}  // namespace

std::vector<Option> method_rows(Config& c) {
  std::vector<Option> all;
  append(all, knn_rows(c.knn));
  append(all, kde_rows(c.kde));
  append(all, ocsvm_rows(c.ocsvm));
  append(all, mahalanobis_rows(c.mahalanobis));
  append(all, pixelcnn_rows(c.pixelcnn));
  append(all, vae_rows(c.vae));
  append(all, lsa_rows(c.lsa));
  append(all, goad_rows(c.goad));
  append(all, deep_svdd_rows(c.deep_svdd));
  append(all, deep_sad_rows(c.deep_sad));
  append(all, drocc_rows(c.drocc));
  append(all, dagmm_rows(c.dagmm));
  append(all, dagmm_1_rows(c.dagmm_1));
  append(all, dpad_rows(c.dpad));
  return all;
}

}  // namespace cance::config
