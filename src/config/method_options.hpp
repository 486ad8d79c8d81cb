// The settings of the methods that CANCE is compared with; defaults are the published ones
// (src/protocols.md, section 6).
#pragma once

#include <string>
#include <vector>

namespace cance::config {

/// Nearest neighbours among the training rows.
struct KnnOptions {
  int neighbours = 5;                ///< k
  std::string distance = "mean";     ///< mean of the k distances | kth of them
  std::string input = "normalised";  ///< normalised | raw rows
  int rows = 0;                      ///< training rows that are kept, drawn by seed; 0: all
};

/// Which rows a kernel method sees, and of which columns.
struct ProjectionOptions {
  std::string input = "normalised";  ///< normalised | raw rows
  std::string projection = "auto";   ///< auto | none | pca | whiten
  double explained = 0.95;           ///< share of the variance that pca and whiten keep
};

/// Gaussian kernel density; the bandwidth is the one of 2^-4.5, 2^-4, ..., 2^5 that five folds of
/// the training rows find most likely.
struct KdeOptions {
  ProjectionOptions projection;
  int selection_rows = 6000;  ///< training rows that choose the bandwidth; 0: all
  double bandwidth = 0;       ///< 0: chosen by them
};

/// One-class support vector machine with a Gaussian kernel, the same as SVDD with that kernel.
struct OcsvmOptions {
  ProjectionOptions projection;
  double nu = 0.1;          ///< highest share of training rows outside
  double gamma = 0;         ///< of the kernel; 0: 1 / (columns x variance of all numbers)
  double tolerance = 1e-3;  ///< of the dual problem
  int rows = 10000;         ///< training rows that are kept, drawn by seed; 0: all
};

/// Distance from the mean in units of the covariance.
struct MahalanobisOptions {
  std::string input = "normalised";  ///< normalised | raw rows
};

/// How a network of these methods trains.
struct TrainingOptions {
  int batch = 128;
  int epochs = 100;
  int steps = 0;  ///< in place of epochs where not 0
  double learning_rate = 1e-3;
  double weight_decay = 0;
  std::vector<int> drops = {};  ///< percent of the steps after which the rate falls to a tenth
};

/// LSA, for images; `channels` as published for MNIST.
struct LsaOptions {
  std::vector<int> channels = {32, 64};           ///< of the blocks, each halves the image
  int latent = 64;                                ///< through a sigmoid
  int bins = 100;                                 ///< of a latent's 0..1
  std::vector<int> estimator = {32, 32, 32, 32};  ///< channels a latent of its masked layers
  double nll_weight = 1;                          ///< lambda, beside the squared error's 1
  TrainingOptions training = {256, 200, 0, 1e-4, 0, {}};
};

/// PixelCNN, for images. No settings were published for anomaly detection; these are small.
struct PixelCnnOptions {
  int levels = 256;   ///< of a channel of a pixel, equal shares of its 256 values
  int features = 32;  ///< of a layer
  int layers = 5;
  int reach = 2;  ///< of a layer: pixels to each side and upwards
  TrainingOptions training = {64, 50, 0, 1e-3, 0, {80}};
};

/// VAE with the networks and the schedule of LSA, for images.
struct VaeOptions {
  std::vector<int> channels = {32, 64};  ///< of the blocks, each halves the image
  int latent = 64;
  double deviation =
      0.70710678;   ///< of a pixel about its reconstruction; then errors count as in LSA
  int samples = 4;  ///< of the latent that a score is the mean over
  TrainingOptions training = {256, 200, 0, 1e-4, 0, {}};
};

/// GOAD, for tables.
struct GoadOptions {
  int transforms = 256;         ///< random maps
  int size = 32;                ///< numbers that each gives of a row
  bool offsets = false;         ///< random too, as in the paper; the published code has none
  int width = 8;                ///< of the layers
  int layers = 1;               ///< below the features
  double margin = 1;            ///< of the triplet loss
  double triplet_weight = 0.1;  ///< beside the cross entropy's 1
  TrainingOptions training = {64, 1, 0, 1e-3, 0, {}};
};

/// Deep SVDD, and Deep SAD, which knows some anomalies (split.labelled_share).
struct DeepSvddOptions {
  std::string objective = "one-class";  ///< one-class | soft-boundary
  double nu = 0.1;                      ///< of the soft boundary, share of rows outside
  int warmup_epochs = 10;               ///< before its radius moves
  double eta = 1;                       ///< weight of a labelled anomaly in Deep SAD
  std::vector<int> channels = {};       ///< of images; none: as suits their size
  std::vector<int> hidden = {128, 64};  ///< of tables
  int latent = 32;
  TrainingOptions pretraining = {200, 150, 0, 1e-4, 5e-7, {33}};  ///< 0 epochs: none
  TrainingOptions training = {200, 150, 0, 1e-4, 5e-7, {33}};
};

/// DROCC.
struct DroccOptions {
  double radius =
      0;  ///< r of the shell; 0: half the root mean squared distance of the rows from their mean
  double gamma = 2;  ///< its outer radius over the inner one
  double mu = 1;     ///< weight of the negatives
  int ascent_steps = 50;
  double ascent_rate = 1e-3;                  ///< length of a step
  int hidden = 128;                           ///< width of the dense layer
  std::vector<int> channels = {32, 64, 128};  ///< of images
  int pretraining_epochs = 50;                ///< without negatives
  TrainingOptions training = {256, 50, 0, 1e-3, 0, {30, 60, 90}};
};

/// DAGMM; layers as published for KDDCUP99.
struct DagmmOptions {
  std::vector<int> hidden = {60, 30, 10};  ///< of the encoder, mirrored in the decoder
  int latent = 1;
  int estimation = 10;               ///< width of the network that gives memberships
  int components = 4;                ///< of the mixture
  double dropout = 0.5;              ///< of that network's hidden layer
  double energy_weight = 0.1;        ///< lambda_1
  double covariance_weight = 0.005;  ///< lambda_2
  TrainingOptions training = {1024, 200, 0, 1e-4, 0, {}};
};

/// DAGMM-1: the settings of DAGMM, and what it chooses among.
struct Dagmm1Options {
  std::vector<int> components = {1, 2, 4, 8};  ///< numbers of Gaussians
};

/// DPAD; no settings were published but the epochs.
struct DpadOptions {
  std::vector<int> channels = {};       ///< of images; none: as suits their size
  std::vector<int> hidden = {128, 64};  ///< of tables
  int latent = 32;
  double norm_weight = 1;  ///< of the weights' norms
  int neighbours = 5;      ///< k of the score
  TrainingOptions training = {128, 100, 0, 1e-4, 0, {}};
};

}  // namespace cance::config
