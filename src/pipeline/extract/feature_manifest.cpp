#include "pipeline/extract/feature_manifest.hpp"

#include <nlohmann/json.hpp>

#include "base/cast.hpp"
#include "base/error.hpp"

namespace cance::pipeline {
namespace {

using Json = nlohmann::ordered_json;

Json parsed(const std::string& text) {
  return Json::parse(text, /*callback=*/nullptr, /*allow_exceptions=*/false);
}

Json json_of(const FeatureManifest& manifest) {
  return {{"software", manifest.software},
          {"network", manifest.network},
          {"tap", manifest.tap},
          {"weights", manifest.weights},
          {"weights_sha256", manifest.weights_sha256},
          {"preprocessing", manifest.preprocessing},
          {"precision", manifest.precision},
          {"dataset", manifest.dataset},
          {"dataset_sha256", manifest.dataset_sha256},
          {"shard_rows", manifest.shard_rows}};
}

}  // namespace

FeatureManifest read_feature_manifest(const std::string& text) {
  const Json json = parsed(text);
  const auto word = [&](const char* key) {
    const bool there = json.is_object() && json.contains(key) && json.at(key).is_string();
    return there ? json.at(key).get<std::string>() : "";
  };
  return {word("software"),  word("network"),        word("tap"),
          word("weights"),   word("weights_sha256"), word("preprocessing"),
          word("precision"), word("dataset"),        word("dataset_sha256")};
}

std::string to_json(const FeatureManifest& manifest) { return json_of(manifest).dump(); }

std::string to_json(const FeatureManifest& manifest, const std::vector<std::string>& undecoded,
                    const std::map<std::string, std::string>& rows) {
  Json json = json_of(manifest);
  json["undecoded"] = undecoded;
  for (const auto& [part, numbers] : rows) {
    json["rows"][part] = numbers;
  }
  return json.dump();
}

image::SampleRange sample_range(const std::string& preparation) {
  const Json json = parsed(preparation);
  if (!json.is_object() || !json.contains("range")) {
    return {};
  }
  const auto& ends = json.at("range");
  const auto end = [&](std::size_t i) {
    return ends.size() == 2 && ends[i].is_number_unsigned() ? ends[i].get<std::size_t>() : 65536;
  };
  require(end(0) < end(1) && end(1) <= 65535,
          "the 'range' of the dataset's preparation is none: {}", ends.dump());
  return {to<std::uint16_t>(end(0)), to<std::uint16_t>(end(1))};
}

}  // namespace cance::pipeline
