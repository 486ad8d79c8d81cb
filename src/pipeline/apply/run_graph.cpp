#include "pipeline/apply/run_graph.hpp"

#include "config/load.hpp"
#include "nn/convert.hpp"
#include "nn/export/graph_builder.hpp"
#include "pipeline/apply/restored_method.hpp"
#include "represent/autoencoder.hpp"
#include "represent/composite.hpp"
#include "represent/normaliser.hpp"
#include "represent/pca.hpp"

namespace cance::pipeline {
namespace {

using at::Tensor;
using models::GraphType;

/// Rows of the run in a graph.
class RowsInGraph {
 public:
  RowsInGraph(const store::RunRecord& run, const nn::Compute& compute, nn::GraphBuilder& g)
      : run_(run),
        config_(config::parse_config(run.info.config, run.info.cell)),
        compute_(compute),
        images_(run.input.row.size() == 3),
        g_(g),
        type_(g.type()) {}

  detectors::GraphRows forms() {
    const std::string x = input();
    const std::string normalised = normalise(x);
    std::string z;
    std::string xhat;
    encode_and_decode(normalised, z, xhat);
    std::vector<std::string> columns{g_.cast(z, type_)};
    if (config_.feature.contrast) {
      columns.push_back(g_.cast(contrast(x), type_));
    }
    return {represent::composite_graph(g_, columns, normalised, xhat), normalised, x};
  }

 private:
  [[nodiscard]] Tensor saved(const std::string& name) const {
    return nn::to_tensor(run_.model, name);
  }
  std::string flat64(const std::string& value) {
    return g_.cast(g_.flat(value), GraphType::float64);
  }

  std::string input() {
    std::string x = g_.cast(models::ScoreGraph::kInput, GraphType::float32);
    if (images_) {
      x = g_.add("Div", {x, g_.number(255, GraphType::float32)});
    }
    return g_.cast(x, type_);
  }

  /// Mean of each image and its mean absolute deviation, not too small.
  std::pair<std::string, std::string> scale_of(const std::string& x, GraphType type) {
    const std::vector<std::int64_t> image{1, 2, 3};
    const std::string mean = g_.mean(x, image);
    const std::string deviation = g_.mean(g_.add("Abs", {g_.add("Sub", {x, mean})}), image);
    return {mean, g_.at_least(deviation, represent::kSmallestContrast, type)};
  }

  std::string normalise(const std::string& x) {
    const std::string kind = represent::normalisation_for(config_.input, run_.input.row);
    if (kind == "none") {
      return x;
    }
    if (kind == "gcn") {
      const auto [mean, scale] = scale_of(x, type_);
      return g_.add("Div", {g_.add("Sub", {x, mean}), scale});
    }
    const auto learned = [&](const char* name) {
      return g_.constant(name, images_ ? saved(name).view({1, -1, 1, 1}) : saved(name), type_);
    };
    return g_.add("Div", {g_.add("Sub", {x, learned("input.mean")}), learned("input.scale")});
  }

  std::string contrast(const std::string& x) {
    const auto [mean, scale] = scale_of(g_.cast(x, GraphType::float64), GraphType::float64);
    const auto column = [&](const std::string& value) { return g_.reshaped(value, {-1, 1}); };
    return g_.joined({column(mean), column(g_.add("Log", {scale}))});
  }

  void encode_and_decode(const std::string& x, std::string& z, std::string& xhat) {
    if (config_.autoencoder.network == "pca") {
      const std::string mean = g_.constant("pca.mean", saved("pca.mean"), GraphType::float64);
      const Tensor components = saved("pca.components");
      const std::string centred = g_.add("Sub", {flat64(x), mean});
      z = g_.add("MatMul", {centred, g_.constant("pca.components.t", components.t().contiguous(),
                                                 GraphType::float64)});
      const std::string back =
          g_.add("MatMul", {z, g_.constant("pca.components", components, GraphType::float64)});
      xhat = g_.add("Add", {back, mean});
      return;
    }
    const auto representation =
        represent::make_representation(config_, run_.input.row, /*seed=*/0, compute_);
    representation->restore(run_.model);
    const auto& network = dynamic_cast<represent::Autoencoder&>(*representation).network();
    z = g_.layers(x, network.encoder.facts(), "encoder.");
    xhat = g_.layers(z, network.decoder.facts(), "decoder.");
  }

  const store::RunRecord& run_;
  config::Config config_;
  const nn::Compute& compute_;
  bool images_;
  nn::GraphBuilder& g_;
  GraphType type_;
};

}  // namespace

models::ScoreGraph score_graph(const store::RunRecord& run, const std::string& method, bool wide) {
  nn::Compute compute;
  compute.type = run.info.precision == "float64" ? at::kDouble : at::kFloat;
  const GraphType type = run.info.precision == "float64" ? GraphType::float64 : GraphType::float32;
  const auto detector = restored_method(run, method, compute);
  nn::GraphBuilder g(type, wide ? type : GraphType::float32);
  const detectors::GraphRows rows = RowsInGraph(run, compute, g).forms();
  g.name_behind(method + ".");
  models::ScoreGraph graph = g.finish(detector->graph(g, rows));
  graph.row = run.input.row;
  return graph;
}

}  // namespace cance::pipeline
