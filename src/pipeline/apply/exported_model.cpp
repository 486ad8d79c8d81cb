#include "pipeline/apply/exported_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "archive/ensemble.hpp"
#include "base/ranges.hpp"
#include "config/load.hpp"
#include "models/score_graph.hpp"
#include "models/weights_file.hpp"
#include "nn/convert.hpp"
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
  const config::Config config = trained_settings(run.info);
  const Shape& row = run.input.row;
  const represent::Normaliser normaliser(represent::normalisation_for(config.input, row), run.model,
                                         row.size(), compute);
  const std::string x = raw_rows(g, row.size() == 3);
  std::string normalised = normaliser.graph(g, x);
  if (row.size() == 1 && normaliser.none()) {
    constexpr double kFarthest = represent::Normaliser::kFarthest;
    normalised = g.add("Min", {g.at_least(x, -kFarthest, g.type()), g.number(kFarthest, g.type())});
  }
  if (run.info.representation == store::kNoRepresentation) {
    return {"", normalised, x};
  }
  const auto [latents, reconstruction] =
      restored_representation(run, compute)->graph(g, normalised);
  std::vector<std::string> columns{g.cast(latents, g.type())};
  if (config.feature.contrast) {
    columns.push_back(g.cast(normaliser.contrast_graph(g, x), g.type()));
  }
  return {represent::composite_graph(g, columns, normalised, reconstruction), normalised, x};
}

/// The method's scores of the rows, (n, 1); its constants are named behind `prefix` and itself.
std::string scores_in_graph(const store::RunRecord& run, const std::string& method,
                            const nn::Compute& compute, const detectors::GraphRows& rows,
                            const std::string& prefix, nn::GraphBuilder& g) {
  g.name_behind(prefix + method + ".");
  const std::string scores = restored_method(run, method, compute)->graph(g, rows);
  return run.input.row.size() == 1 ? bounded(g, scores, rows) : g.reshaped(scores, {-1, 1});
}

/// stats::TailScore of scores (n, 1), with a number for each pair of a row and a held-out row: each
/// step between neighbours is the height between them, cut to the part below the score.
std::string tail_in_graph(const std::string& scores, const stats::TailScore& tail,
                          nn::GraphBuilder& g) {
  constexpr auto kWide = GraphType::float64;
  const auto x = nn::to_tensor(tail.scores()), heights = nn::to_tensor(tail.heights());
  const std::string s = g.cast(scores, kWide);
  const auto beyond = [&](double score) { return g.shifted(s, -score, kWide); };
  const auto in_paces = [&](const std::string& value) {
    return g.add("Div", {value, g.number(tail.pace(), kWide)});
  };
  const std::string below =
      g.add("Exp", {in_paces(g.add("Min", {beyond(tail.scores().front()), g.number(0, kWide)}))});
  std::string height = g.scaled(below, tail.heights().front(), kWide);
  if (x.numel() > 1) {
    const auto rise = [&](const char* name, const at::Tensor& values) {
      return g.constant(name, values, kWide);
    };
    const std::string part = g.add(
        "Div",
        {g.add("Sub", {s, rise("tail.scores", x.slice(0, 0, -1))}), rise("tail.steps", x.diff())});
    const std::string cut = g.add("Min", {g.at_least(part, 0, kWide), g.number(1, kWide)});
    height = g.add("Add",
                   {height, g.sum(g.add("Mul", {cut, rise("tail.heights", heights.diff())}), {1})});
  }
  const std::string above = in_paces(g.at_least(beyond(tail.scores().back()), 0, kWide));
  return g.add("Min",
               {g.add("Add", {height, above}), g.number(stats::TailScore::kGreatest, kWide)});
}

/// archive::join_tails of values (n, 1) each.
std::string joined_in_graph(const std::vector<std::string>& tails, const std::string& rule,
                            nn::GraphBuilder& g) {
  constexpr auto kWide = GraphType::float64;
  const double share = 1.0 / static_cast<double>(tails.size());
  std::string most = tails.front(), mean = g.scaled(most, share, kWide);
  for (std::size_t i = 1; i < tails.size(); ++i) {
    most = g.add("Max", {most, tails[i]});
    mean = g.add("Add", {mean, g.scaled(tails[i], share, kWide)});
  }
  if (rule == "max") {
    return most;
  }
  const double nearly = std::nextafter(stats::TailScore::kGreatest, 0.0);
  return g.add("Where", {g.add("Greater", {most, g.number(nearly, kWide)}), most, mean});
}

std::string member_prefix(std::size_t member) { return fmt::format("member{}.", member); }

/// Normalisation and the method's score, with representation and composite feature where it sees
/// composites: from rows as they are in a dataset file, images as 0..255, to scores. Networks in
/// float32, or in float64 where the run's are and `wide`; error, cosine and densities in float64.
/// Of an ensemble those of all members, and their joined tail probabilities. Error: members of two
/// precisions.
models::ScoreGraph score_graph(const store::RunRecord& run, const std::string& method, bool wide) {
  nn::Compute compute;
  compute.type = run.info.precision == "float64" ? at::kDouble : at::kFloat;
  const GraphType type = run.info.precision == "float64" ? GraphType::float64 : GraphType::float32;
  nn::GraphBuilder g(type, wide ? type : GraphType::float32);
  std::string scores;
  if (run.members.empty()) {
    scores = scores_in_graph(run, method, compute, rows_in_graph(run, compute, g), "", g);
  } else {
    const auto tails = archive::tails_of(run);
    std::vector<std::string> values;
    for (std::size_t i = 0; i < run.members.size(); ++i) {
      const store::RunRecord& member = run.members[i].run;
      require(member.info.precision == run.info.precision,
              "{}: members of {} and {} have no graph together", run.info.cell, run.info.precision,
              member.info.precision);
      g.name_behind(member_prefix(i));
      const detectors::GraphRows rows = rows_in_graph(member, compute, g);
      for (const auto& [name, unused] : member.scores) {
        const std::string own = scores_in_graph(member, name, compute, rows, member_prefix(i), g);
        values.push_back(tail_in_graph(own, tails[values.size()], g));
      }
    }
    scores = joined_in_graph(values,
                             config::parse_config(run.info.config, run.info.cell).ensemble.rule, g);
  }
  models::ScoreGraph graph = g.finish(scores);
  graph.row = run.input.row;
  return graph;
}

/// What an exported model says of itself: cell, settings, rows, preparation, threshold.
std::map<std::string, std::string> model_metadata(const store::RunRecord& run,
                                                  const std::string& method) {
  using Json = nlohmann::json;
  const auto threshold = run.thresholds.find(method);
  std::map<std::string, std::string> metadata{
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
  if (!run.members.empty()) {
    metadata["members"] = Json(mapped(run.members, [](const store::EnsembleMember& member) {
                            const auto methods =
                                mapped(member.run.scores, [](const auto& s) { return s.first; });
                            return Json{{"cell", member.run.info.cell},
                                        {"sha256", member.sha256},
                                        {"config", member.run.info.config},
                                        {"methods", methods}};
                          })).dump();
  }
  return metadata;
}

/// The tensors that the score is computed from; of a method that sees composites alone with their
/// moments and the scale of the noise.
store::TensorMap method_tensors(const store::RunRecord& run, const std::string& method) {
  const bool sees_composite_only = restored_method(run, method, {})->sees_composite_only();
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

/// Those of the method; of an ensemble those of all members, each behind its prefix, with the
/// scores of its held-out rows.
store::TensorMap model_tensors(const store::RunRecord& run, const std::string& method) {
  if (run.members.empty()) {
    return method_tensors(run, method);
  }
  store::TensorMap tensors;
  for (std::size_t i = 0; i < run.members.size(); ++i) {
    const store::RunRecord& member = run.members[i].run;
    for (const auto& [name, unused] : member.scores) {
      for (auto& [tensor, values] : method_tensors(member, name)) {
        tensors.emplace(member_prefix(i) + tensor, std::move(values));
      }
      const auto& normals = member.validation_scores.at(name);
      tensors[member_prefix(i) + name + ".validation_scores"] = {{normals.size()}, normals};
    }
  }
  return tensors;
}

}  // namespace

void export_model(const store::RunRecord& run, const std::string& method, const std::string& format,
                  const std::filesystem::path& path) {
  const auto metadata = model_metadata(run, method);
  if (format == "safetensors") {
    models::write_safetensors(path, model_tensors(run, method), metadata);
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
