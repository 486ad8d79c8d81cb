// What the dataset file of features says of how they were made: its manifest, a JSON text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "image/image.hpp"

namespace cance::pipeline {

struct FeatureManifest {
  std::string software, network, tap, weights, weights_sha256, preprocessing, precision, dataset,
      dataset_sha256;
  std::int64_t shard_rows = 0;
};

/// What a text does not say is empty; of other manifests that is `weights_sha256` too.
[[nodiscard]] FeatureManifest read_feature_manifest(const std::string& text);
[[nodiscard]] std::string to_json(const FeatureManifest& manifest);
/// The same of a finished file, with the pictures that were left out, and its rows by part.
[[nodiscard]] std::string to_json(const FeatureManifest& manifest,
                                  const std::vector<std::string>& undecoded,
                                  const std::map<std::string, std::string>& rows);

/// Of pictures of 16 bits the samples that became 0 and 255, by the preparation of their dataset
/// file. Error: no such samples.
[[nodiscard]] image::SampleRange sample_range(const std::string& preparation);

}  // namespace cance::pipeline
