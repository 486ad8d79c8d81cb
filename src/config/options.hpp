// The settings of an experiment: one options struct a stage, each field with its default; ranges
// and help stand in option_table.cpp, those of a method in its file in methods/.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/methods/all.hpp"

namespace cance::config {

/// Classes that make a case, ascending: {3}, {0, 8}; none where the dataset says what is normal.
using Classes = std::vector<int>;

/// Finished runs that are joined into one (src/method.md, section 12).
struct EnsembleRequest {
  /// What members differ in: seeds, latents or settings as nce.noise_ratio, joined by +; or
  /// methods.
  std::string over;
  std::string rule = "max";          ///< mean | max, of -log p over members
  std::vector<std::string> methods;  ///< of each run, every one a member
  bool operator==(const EnsembleRequest&) const = default;
};

/// A setting that may be left to a rule (config/automatic.hpp), and is unless it is set.
template <class T>
struct Auto {
  T value;  ///< where `automatic`, what it counts as before the rule has been asked
  bool automatic = true;
  Auto& operator=(T given) {
    value = std::move(given);
    automatic = false;
    return *this;
  }
  operator const T&() const { return value; }  // NOLINT: read as the value that it is
};

/// Which cells there are: (dataset, protocol, case, seed).
struct GridSettings {
  std::vector<std::string> datasets = {"glyphs"};
  std::vector<std::string> protocols = {"unimodal"};
  std::vector<Classes> cases = {{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}};
  std::vector<int> seeds = {0};
  std::vector<std::string> methods = {"error", "latnce", "gaussian", "cnce", "cance"};
  std::vector<EnsembleRequest> ensembles;  ///< made of its cells, no setting of theirs
};

struct SplitOptions {
  double validation_share = 0.1;  ///< of the training rows, held out
  double flagged_share = 0.1;     ///< rho, of the test rows that protocol dagmm flags
  double labelled_share = 0;      ///< labelled anomalies among the training rows, for deep_sad
};

/// What happens to a row before anything learns from it.
struct InputOptions {
  std::string normalisation = "auto";  ///< auto | none | channel | gcn | standardise | unit
  bool flips = false;                  ///< whether mirrored training images join
};

/// The composite feature (src/method.md, sections 1 and 11).
struct FeatureOptions {
  std::string transform = "auto";  ///< auto | raw | log, of e and c
  bool contrast = false;           ///< whether what gcn takes from an image joins z
  int folds = 1;  ///< representations that judge training rows; 1: that of the cell
};

/// How much of the data is held in memory.
struct DataOptions {
  int window = 0;  ///< rows that are in memory and shuffled together; 0: all
};

/// How numbers are computed.
struct ComputeOptions {
  std::string precision = "float32";  ///< float32 | float64
};

/// Autoencoder (src/method.md, section 2), or principal components in its place.
struct AutoencoderOptions {
  std::string network = "auto";              ///< auto | conv | dense | pca
  std::vector<int> channels = {16, 32, 64};  ///< of the convolutions
  std::vector<int> hidden = {128, 64};       ///< widths of the dense layers
  Auto<int> latent{12};                      ///< m
  double covariance_weight = 1e-3;           ///< lambda
  int batch = 128;
  Auto<int> epochs{40};          ///< stage 1, encoder and decoder
  Auto<int> decoder_epochs{15};  ///< stage 2, decoder alone
  int steps = 0;                 ///< of stage 1, in place of its epochs where not 0
  int decoder_steps = 0;         ///< of stage 2, in place of its epochs where not 0
  double learning_rate = 2e-3;
  double decoder_learning_rate = 1e-3;
  double weight_decay = 1e-5;
};

/// Noise-contrastive estimation (src/method.md, sections 4 to 6, the checkpoint in section 10).
struct NceOptions {
  double noise_ratio = 4;  ///< nu, noise samples per data sample
  Auto<std::vector<int>> hidden{{256, 256}};
  int batch = 256;
  Auto<int> epochs{60};
  int steps = 0;  ///< in place of epochs where not 0
  double learning_rate = 3e-3;
  double weight_decay = 1e-2;
  std::string noise = "regularised";   ///< fixed | naive | regularised
  double noise_learning_rate = 3e-3;   ///< AdamW on w
  double noise_start = -4;             ///< first value of w
  int noise_freedom = 0;               ///< degrees of freedom of Student's t; 0: normal
  double artificial_share = 0.5;       ///< p, share of artificial points of CANCE
  std::string checkpoint = "density";  ///< density | loss: what validation compares
};

/// How much of the lengths of training is trained; share of a stage's steps for the linear warm-up,
/// and the final rate of the cosine decay relative to the first.
struct ScheduleOptions {
  double share = 1;  ///< of every length, see trained_config
  double warmup_share = 0.05;
  double final_rate = 0.01;
  std::map<std::string, double> shares;  ///< further shares, of the lengths of these alone
};

/// With the settings of each method under its name: config.goad.
struct Config : AllMethods {
  GridSettings grid;
  SplitOptions split;
  InputOptions input;
  DataOptions data;
  ComputeOptions compute;
  ScheduleOptions schedule;
  AutoencoderOptions autoencoder;
  FeatureOptions feature;
  NceOptions nce;
};

}  // namespace cance::config
