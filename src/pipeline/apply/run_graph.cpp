#include "pipeline/apply/run_graph.hpp"

#include "config/load.hpp"
#include "nn/export/graph_builder.hpp"
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

/// Rows of the run in every form that a method may want.
detectors::GraphRows rows_in_graph(const store::RunRecord& run, const nn::Compute& compute,
                                   nn::GraphBuilder& g) {
  const config::Config config = config::parse_config(run.info.config, run.info.cell);
  const Shape& row = run.input.row;
  const represent::Normaliser normaliser(represent::normalisation_for(config.input, row), run.model,
                                         row.size(), compute);
  const auto representation = represent::make_representation(config, row, /*seed=*/0, compute);
  representation->restore(run.model);
  const std::string x = raw_rows(g, row.size() == 3);
  const std::string normalised = normaliser.graph(g, x);
  const auto [latents, reconstruction] = representation->graph(g, normalised);
  std::vector<std::string> columns{g.cast(latents, g.type())};
  if (config.feature.contrast) {
    columns.push_back(g.cast(normaliser.contrast_graph(g, x), g.type()));
  }
  return {represent::composite_graph(g, columns, normalised, reconstruction), normalised, x};
}

}  // namespace

models::ScoreGraph score_graph(const store::RunRecord& run, const std::string& method, bool wide) {
  nn::Compute compute;
  compute.type = run.info.precision == "float64" ? at::kDouble : at::kFloat;
  const GraphType type = run.info.precision == "float64" ? GraphType::float64 : GraphType::float32;
  const auto detector = restored_method(run, method, compute);
  nn::GraphBuilder g(type, wide ? type : GraphType::float32);
  const detectors::GraphRows rows = rows_in_graph(run, compute, g);
  g.name_behind(method + ".");
  models::ScoreGraph graph = g.finish(detector->graph(g, rows));
  graph.row = run.input.row;
  return graph;
}

}  // namespace cance::pipeline
