#include "pipeline/apply/exported_model.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "config/load.hpp"
#include "models/score_graph.hpp"
#include "models/weights_file.hpp"
#include "nn/export/script_module.hpp"
#include "pipeline/apply/restored_method.hpp"
#include "represent/composite.hpp"
#include "represent/normaliser.hpp"
#include "represent/representation.hpp"

namespace cance::pipeline {
namespace {

using models::GraphType;

/// The rows that the graph is given, as the program has them: images as 0..1.
std::string raw_rows(nn::GraphBuilder& g, bool images) {
  std::string x = g.cast(models::ScoreGraph::kInput, GraphType::float32);
  if (images) {
    x = g.add("Div", {x, g.number(255, GraphType::float32)});
  }
  return g.cast(x, g.type());
}

/// Scores of rows of a table as the program gives them: the greatest number where a value was cut
/// or infinities met.
std::string bounded(nn::GraphBuilder& g, const std::string& scores,
                    const detectors::GraphRows& rows) {
  constexpr auto kWide = GraphType::float64;
  const std::string most = g.number(detectors::kOverflow, kWide);
  std::string score = g.reshaped(scores, {-1, 1});
  score = g.add("Where", {g.add("IsNaN", {score}), most, score});
  score = g.add("Min", {g.at_least(score, -detectors::kOverflow, kWide), most});
  const std::string farthest = g.greatest(g.add("Abs", {rows.normalised}), {1});
  const std::string cut =
      g.add("Greater", {farthest, g.number(represent::Normaliser::kCut, g.type())});
  return g.add("Where", {cut, most, score});
}

/// Rows of the run in every form that a method may want.
detectors::GraphRows rows_in_graph(const store::RunRecord& run, const nn::Compute& compute,
                                   nn::GraphBuilder& g) {
  const config::Config config = config::parse_config(run.info.config, run.info.cell);
  const Shape& row = run.input.row;
  const represent::Normaliser normaliser(represent::normalisation_for(config.input, row), run.model,
                                         row.size(), compute);
  const auto representation = restored_representation(run, compute);
  const std::string x = raw_rows(g, row.size() == 3);
  std::string normalised = normaliser.graph(g, x);
  if (row.size() == 1 && normaliser.none()) {
    constexpr double kFarthest = represent::Normaliser::kFarthest;
    normalised = g.add("Min", {g.at_least(x, -kFarthest, g.type()), g.number(kFarthest, g.type())});
  }
  const auto [latents, reconstruction] = representation->graph(g, normalised);
  std::vector<std::string> columns{g.cast(latents, g.type())};
  if (config.feature.contrast) {
    columns.push_back(g.cast(normaliser.contrast_graph(g, x), g.type()));
  }
  return {represent::composite_graph(g, columns, normalised, reconstruction), normalised, x};
}

/// Normalisation and the method's score, with representation and composite feature where it sees
/// composites: from rows as they are in a dataset file, images as 0..255, to scores. Networks in
/// float32, or in float64 where the run's are and `wide`; error, cosine and densities in float64.
models::ScoreGraph score_graph(const store::RunRecord& run, const std::string& method, bool wide) {
  nn::Compute compute;
  compute.type = run.info.precision == "float64" ? at::kDouble : at::kFloat;
  const GraphType type = run.info.precision == "float64" ? GraphType::float64 : GraphType::float32;
  const auto detector = restored_method(run, method, compute);
  nn::GraphBuilder g(type, wide ? type : GraphType::float32);
  const detectors::GraphRows rows = rows_in_graph(run, compute, g);
  g.name_behind(method + ".");
  const std::string scores = detector->graph(g, rows);
  const bool table = run.input.row.size() == 1;
  models::ScoreGraph graph = g.finish(table ? bounded(g, scores, rows) : scores);
  graph.row = run.input.row;
  return graph;
}

/// What an exported model says of itself: cell, settings, rows, preparation, threshold.
std::map<std::string, std::string> model_metadata(const store::RunRecord& run,
                                                  const std::string& method) {
  using Json = nlohmann::json;
  const auto threshold = run.thresholds.find(method);
  return {
      {"format", "cance-model"},
      {"cell", run.info.cell},
      {"method", method},
      {"config", run.info.config},
      {"config_hash", run.info.config_hash},
      {"precision", run.info.precision},
      {"software_version", run.info.software_version},
      {"dataset_sha256", run.info.dataset_sha256},
      {"input", run.input.row.size() == 3 ? "rows: float32 (n, channels, height, width), 0..255"
                                          : "rows: float32 (n, columns)"},
      {"output", "scores: float64 (n), high = anomalous"},
      {"row_shape", Json(run.input.row).dump()},
      {"columns", Json(run.input.columns).dump()},
      {"one_hot_columns", Json(run.input.one_hot_columns).dump()},
      {"preparation", run.input.preparation},
      {"composite_columns", Json(run.composite_columns).dump()},
      {"threshold", threshold == run.thresholds.end() ? "" : fmt::format("{}", threshold->second)},
      {"threshold_rule", run.threshold_rule}};
}

/// The tensors that the score is computed from; of a method that sees composites alone with their
/// moments and the scale of the noise.
store::TensorMap model_tensors(const store::RunRecord& run, const std::string& method,
                               bool sees_composite_only) {
  store::TensorMap tensors;
  for (const auto& [name, tensor] : run.model) {
    const bool shared =
        name.starts_with("input.") ||
        (sees_composite_only &&
         std::ranges::any_of(std::array{"encoder.", "decoder.", "pca.", "feature."},
                             [&](const char* prefix) { return name.starts_with(prefix); }));
    if (shared || name.starts_with(method + ".")) {
      tensors.emplace(name, tensor);
    }
  }
  if (!sees_composite_only) {
    return tensors;
  }
  const std::size_t n = run.moments.mean.size();
  tensors["moments.mean"] = {{n}, run.moments.mean};
  tensors["moments.covariance"] = {{n, n}, run.moments.covariance};
  if (const auto scale = run.noise.find(method); scale != run.noise.end()) {
    tensors[method + ".noise.scale"] = {{scale->second.size()}, scale->second};
  }
  return tensors;
}

}  // namespace

void export_model(const store::RunRecord& run, const std::string& method, const std::string& format,
                  const std::filesystem::path& path) {
  if (!run.members.empty()) {
    std::vector<std::string> files;
    for (const store::EnsembleMember& member : run.members) {
      files.push_back(member.file);
    }
    fail("{}: an ensemble has no form outside of cance; export its members: {}", run.info.cell,
         join(files, ", "));
  }
  const auto metadata = model_metadata(run, method);
  if (format == "safetensors") {
    const bool composite = restored_method(run, method, {})->sees_composite_only();
    models::write_safetensors(path, model_tensors(run, method, composite), metadata);
    return;
  }
  models::ScoreGraph graph = score_graph(run, method, /*wide=*/format == "torchscript");
  graph.metadata = metadata;
  if (format == "onnx") {
    models::write_onnx(path, graph);
  } else {
    nn::write_torch_script(path, graph);
  }
}

}  // namespace cance::pipeline
