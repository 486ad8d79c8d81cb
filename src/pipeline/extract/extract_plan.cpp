#include "pipeline/extract/extract_plan.hpp"

#include <algorithm>

#include "base/build_info.hpp"
#include "base/cast.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "hdf5/seal.hpp"
#include "pipeline/extract/picture_batches.hpp"

namespace cance::pipeline {
namespace {

namespace fs = std::filesystem;

std::vector<Range> shard_ranges(const store::DatasetFile& file, const ExtractOptions& options) {
  std::vector<Range> ranges;
  for (const std::string& part : file.parts()) {
    const auto rows = signed_size(file.rows(part));
    for (std::int64_t first = 0; first < rows; first += options.shard_rows) {
      ranges.push_back({part, first, std::min(options.shard_rows, rows - first),
                        fs::path(options.out.string() + ".shards") /
                            fmt::format("{}-{:05}.h5", part, first / options.shard_rows)});
    }
  }
  return ranges;
}

/// What features are, by the manifest of their dataset file.
std::string features_text(const FeatureManifest& manifest) {
  return manifest.weights_sha256.empty()
             ? "no features"
             : fmt::format("{} {} by the weights {:.12}, {}, {}, of the dataset {:.12}",
                           manifest.network, manifest.tap, manifest.weights_sha256,
                           manifest.preprocessing, manifest.precision, manifest.dataset_sha256);
}

}  // namespace

NamedWeights load_weights(const std::string& word) {
  constexpr std::string_view kRandom = "random:";
  if (!word.starts_with(kRandom)) {
    return {fs::path(word).filename().string(), sha256_file(word),
            models::unwrapped(models::read_weights(word), {"conv1.weight", "layer1.0.conv1.weight"},
                              word)};
  }
  const auto seed = parse_number<std::uint64_t>(std::string_view(word).substr(kRandom.size()));
  require(seed.has_value(), "--weights {}: expected a file or random:SEED, as random:7", word);
  return {word, sha256(word), represent::random_resnet18(*seed)};
}

ExtractPlan::ExtractPlan(const ExtractOptions& o, const Reading& r, const nn::Compute& compute)
    : options(o),
      reading(r),
      file(o.data),
      tap(represent::tap_of(o.tap)),
      weights(load_weights(o.weights)) {
  require_pictures(file);
  network.emplace(weights.tensors, weights.name, tap, compute, r.batch, r.size);
  if (!compute.device.is_cpu() && !file.encoded()) {
    resize.emplace(to<std::int64_t>(file.row_shape()[1]), to<std::int64_t>(file.row_shape()[2]),
                   r.size, compute.device);
    reading.size = 0;
  }
  manifest = {"cance " + build_info().version,
              "resnet18",
              o.tap,
              weights.name,
              weights.sha256,
              preprocessing_text(file, o.size),
              o.precision,
              file.info().name,
              hdf5::content_sha256(o.data),
              o.shard_rows};
  key = sha256(to_json(manifest));
  ranges = shard_ranges(file, o);
}

void ExtractPlan::require_own_output() const {
  if (!fs::is_regular_file(options.out) || hdf5::sealed_kind(options.out) != "dataset") {
    return;
  }
  const std::string is =
      features_text(read_feature_manifest(store::DatasetFile(options.out).info().manifest));
  const std::string becomes = features_text(manifest);
  require(is == becomes,
          "--out {}: holds {}, which would be lost to {}; choose another file, or remove it first",
          options.out.string(), is, becomes);
}

}  // namespace cance::pipeline
