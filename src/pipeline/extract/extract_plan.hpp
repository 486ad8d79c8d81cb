// What an extraction is, as every rank knows it before the work starts: data, network, shards and
// the key by which finished shards are known again.
#pragma once

#include <optional>

#include "pipeline/extract/extract_options.hpp"
#include "pipeline/extract/feature_manifest.hpp"
#include "pipeline/extract/picture_batches.hpp"
#include "pipeline/extract/tensor_resize.hpp"
#include "represent/resnet18.hpp"
#include "store/dataset_file.hpp"

namespace cance::pipeline {

/// A range of rows of a part and the file of its features.
struct Range {
  std::string part;
  std::int64_t first = 0, count = 0;
  std::filesystem::path path;
};

struct NamedWeights {
  std::string name, sha256;
  models::WeightMap tensors;
};

/// Of a file, or of "random:SEED". Errors: no weights in torchvision's names, no seed.
[[nodiscard]] NamedWeights load_weights(const std::string& word);

struct ExtractPlan {
  /// Opens the data, loads the weights and builds the network where `compute` says. `options` must
  /// outlive it. Errors: data that are no pictures, weights that do not fit.
  ExtractPlan(const ExtractOptions& options, const Reading& reading, const nn::Compute& compute);

  /// Error where `options.out` holds a dataset that this would not make again.
  void require_own_output() const;

  const ExtractOptions& options;
  Reading reading;
  store::DatasetFile file;
  represent::Tap tap;
  NamedWeights weights;
  std::optional<represent::ResNet18> network;
  std::optional<TensorResize> resize;  ///< of rows of pixels, which a GPU takes as they are stored
  FeatureManifest manifest;            ///< of what is done, for the new dataset
  std::string key;                     ///< of shards that can be kept
  std::vector<Range> ranges;
};

}  // namespace cance::pipeline
