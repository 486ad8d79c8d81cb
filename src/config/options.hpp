// The settings of an experiment: one options struct a stage, each field with its default; ranges
// and help stand in option_table.cpp.
#pragma once

#include <string>
#include <vector>

namespace cance::config {

/// Which cells there are: (dataset, protocol, case, seed).
struct GridOptions {
  std::string dataset = "glyphs";
  std::string protocol = "unimodal";
  std::vector<int> cases = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<int> seeds = {0};
  std::vector<std::string> methods = {"error", "latnce", "gaussian", "cnce", "cance"};
};

struct SplitOptions {
  double validation_share = 0.1;  ///< of the training rows, held out
};

/// How much of the data is held in memory.
struct DataOptions {
  int window = 0;  ///< rows that are in memory and shuffled together; 0: all
};

/// How numbers are computed.
struct ComputeOptions {
  std::string precision = "float32";  ///< float32 | float64
};

/// Autoencoder (method.md section 2).
struct AutoencoderOptions {
  std::string network = "conv28";
  int latent = 12;                  ///< m
  double covariance_weight = 1e-3;  ///< lambda
  int batch = 128;
  int epochs = 40;          ///< stage 1, encoder and decoder
  int decoder_epochs = 15;  ///< stage 2, decoder alone
  double learning_rate = 2e-3;
  double decoder_learning_rate = 1e-3;
  double weight_decay = 1e-5;
};

/// Noise-contrastive estimation (method.md sections 4 to 6).
struct NceOptions {
  double noise_ratio = 4;  ///< nu, noise samples per data sample
  std::vector<int> hidden = {256, 256};
  int batch = 256;
  int epochs = 60;
  double learning_rate = 3e-3;
  double weight_decay = 1e-2;
  std::string noise = "regularised";   ///< fixed | naive | regularised (section 5)
  double noise_learning_rate = 3e-3;   ///< AdamW on w
  double noise_start = -4;             ///< first value of w
  double artificial_share = 0.5;       ///< p, share of artificial points of CANCE
  std::string checkpoint = "density";  ///< density | loss: what validation compares (section 10)
};

/// Share of a stage's steps for the linear warm-up, and the final rate of the cosine decay relative
/// to the first.
struct ScheduleOptions {
  double warmup_share = 0.05;
  double final_rate = 0.01;
};

struct Config {
  GridOptions grid;
  SplitOptions split;
  DataOptions data;
  ComputeOptions compute;
  ScheduleOptions schedule;
  AutoencoderOptions autoencoder;
  NceOptions nce;
};

}  // namespace cance::config
