#include "pipeline/score_graph.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/cast.hpp"
#include "config/load.hpp"
#include "density/noise.hpp"
#include "nn/convert.hpp"
#include "pipeline/graph_builder.hpp"
#include "represent/autoencoder.hpp"
#include "represent/normaliser.hpp"
#include "represent/pca.hpp"

namespace cance::pipeline {
namespace {

using store::GraphType;
using torch::Tensor;

class Export {
 public:
  Export(const store::RunRecord& run, const std::string& method, bool wide)
      : run_(run),
        method_(method),
        config_(config::parse_config(run.info.config, run.info.cell)),
        images_(run.input.row.size() == 3),
        type_(run.info.precision == "float64" ? GraphType::float64 : GraphType::float32),
        net_(wide ? type_ : GraphType::float32) {}

  store::ScoreGraph graph() {
    const std::string x = input();
    const std::string normalised = normalise(x);
    std::string z;
    std::string xhat;
    encode_and_decode(normalised, z, xhat);
    std::vector<std::string> columns{g_.cast(z, type_)};
    if (config_.feature.contrast) {
      columns.push_back(g_.cast(contrast(x), type_));
    }
    const auto [error, cosine] = differences(flat64(normalised), flat64(xhat));
    store::ScoreGraph graph = g_.finish(score(columns, error, cosine));
    graph.row = run_.input.row;
    return graph;
  }

 private:
  [[nodiscard]] Tensor saved(const std::string& name) const {
    return nn::to_tensor(run_.model, name);
  }
  std::string flat64(const std::string& value) {
    return g_.cast(g_.add("Flatten", {value}, {{"axis", std::int64_t{1}}}), GraphType::float64);
  }

  std::string input() {
    std::string x = g_.cast(store::ScoreGraph::kInput, GraphType::float32);
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
    return {mean, g_.add("Max", {deviation, g_.number(represent::kSmallestContrast, type)})};
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
    nn::Compute compute;
    compute.type = type_ == GraphType::float64 ? torch::kFloat64 : torch::kFloat32;
    const auto representation =
        represent::make_representation(config_, run_.input.row, /*seed=*/0, compute);
    representation->restore(run_.model);
    const auto& network = dynamic_cast<represent::Autoencoder&>(*representation).network();
    z = g_.layers(g_.cast(x, net_), network.encoder.facts(), "encoder.", net_);
    xhat = g_.layers(z, network.decoder.facts(), "decoder.", net_);
  }

  /// e and c of rows in float64, rounded as the run rounds them: (n, 1) each.
  std::pair<std::string, std::string> differences(const std::string& a, const std::string& b) {
    const auto product = [&](const std::string& p, const std::string& q) {
      return g_.mean(g_.add("Mul", {p, q}), {1});
    };
    const std::string zero = g_.number(0, GraphType::float64);
    const std::string one = g_.number(1, GraphType::float64);
    const std::string change = g_.add("Sub", {a, b});
    const std::string norm_a = g_.add("Sqrt", {product(a, a)});
    const std::string norm_b = g_.add("Sqrt", {product(b, b)});
    const std::string both = g_.add("Mul", {norm_a, norm_b});
    const auto positive = [&](const std::string& value) {
      return g_.add("Greater", {value, zero});
    };
    const std::string cosine =
        g_.add("Div", {product(a, b), g_.add("Where", {positive(both), both, one})});
    const auto sign = [&](const std::string& value) {
      return g_.cast(positive(value), GraphType::float64);
    };
    const std::string degenerate = g_.add("Abs", {g_.add("Sub", {sign(norm_a), sign(norm_b)})});
    const std::string dissimilarity =
        g_.add("Where", {positive(both), g_.add("Sub", {one, cosine}), degenerate});
    return {g_.cast(product(change, change), type_),
            g_.cast(g_.add("Max", {dissimilarity, zero}), type_)};
  }

  std::string transformed(const std::string& error, const std::string& cosine) {
    const std::string both = g_.joined({error, cosine});
    if (config_.feature.transform == "raw") {
      return both;
    }
    const std::string offset =
        g_.constant("feature.offset", saved("feature.offset"), GraphType::float64);
    const std::string shifted = g_.add("Add", {g_.cast(both, GraphType::float64), offset});
    return g_.cast(g_.add("Log", {shifted}), type_);
  }

  std::string score(std::vector<std::string> columns, const std::string& error,
                    const std::string& cosine) {
    if (method_ == "error") {
      return g_.cast(error, GraphType::float64);
    }
    if (method_ != "latnce") {
      columns.push_back(transformed(error, cosine));
    }
    const std::string phi = g_.joined(columns);
    const std::string log_q = log_density(g_.cast(phi, GraphType::float64));
    if (method_ == "gaussian") {
      return g_.add("Neg", {log_q});
    }
    const std::string f = g_.cast(log_odds(g_.cast(phi, net_)), GraphType::float64);
    const std::string sum = g_.add("Add", {f, log_q});
    return g_.add(
        "Neg",
        {g_.add("Add", {sum, g_.number(std::log(config_.nce.noise_ratio), GraphType::float64)})});
  }

  /// Moments of the columns that the method sees.
  [[nodiscard]] std::pair<std::vector<double>, Matrix<double>> moments() const {
    const auto& all = run_.moments;
    const std::size_t n = all.mean.size() - (method_ == "latnce" ? 2 : 0);
    Matrix<double> covariance(n, n);
    for (std::size_t i = 0; i < n; ++i) {
      std::copy_n(all.covariance.begin() + signed_size(i * all.mean.size()), n,
                  covariance.row(i).begin());
    }
    return {{all.mean.begin(), all.mean.begin() + signed_size(n)}, covariance};
  }

  std::string log_density(const std::string& phi) {
    const auto [mean, covariance] = moments();
    const std::size_t n = mean.size();
    const density::Noise noise(mean, covariance, 0);
    const auto found = run_.noise.find(method_);
    const std::vector<double> scale =
        found == run_.noise.end() ? std::vector<double>(n, 1.0) : found->second;
    double constant =
        noise.log_determinant() + 0.5 * static_cast<double>(n) * std::log(2 * std::numbers::pi);
    for (const double a : scale) {
      constant += std::log(a);
    }
    const std::string centred =
        g_.add("Sub", {phi, g_.numbers("moments.mean", mean, GraphType::float64)});
    const std::string scaled =
        g_.add("Div", {centred, g_.numbers("noise.scale", scale, GraphType::float64)});
    const std::string white = g_.add(
        "MatMul", {scaled, g_.constant("noise.whitening", noise.inverse_factor().t().contiguous(),
                                       GraphType::float64)});
    const std::string squares = g_.mean(g_.add("Mul", {white, white}), {1});
    const std::string half =
        g_.add("Mul", {squares, g_.number(-0.5 * static_cast<double>(n), GraphType::float64)});
    return g_.add("Sub", {half, g_.number(constant, GraphType::float64)});
  }

  std::string log_odds(const std::string& phi) {
    const auto [mean, covariance] = moments();
    std::vector<double> inverse;
    for (std::size_t i = 0; i < mean.size(); ++i) {
      inverse.push_back(1 / std::sqrt(covariance(i, i)));
    }
    std::string h = g_.add("Sub", {phi, g_.numbers(method_ + ".mean", mean, net_)});
    h = g_.add("Mul", {h, g_.numbers(method_ + ".inverse_deviation", inverse, net_)});
    const std::size_t layers = config_.nce.hidden.size() + 1;
    for (std::size_t i = 0; i < layers; ++i) {
      const auto part = [&](const char* name) {
        const std::string whole = fmt::format("{}.{}.{}", method_, i, name);
        return g_.constant(whole, saved(whole), net_);
      };
      h = g_.add("Gemm", {h, part("weight"), part("bias")}, {{"transB", std::int64_t{1}}});
      if (i + 1 < layers) {
        h = g_.add("Mul", {h, g_.add("Sigmoid", {h})});
      }
    }
    return h;
  }

  const store::RunRecord& run_;
  std::string method_;
  config::Config config_;
  bool images_;
  GraphType type_;  // of the run's numbers
  GraphType net_;   // of the networks here
  GraphBuilder g_;
};

}  // namespace

store::ScoreGraph score_graph(const store::RunRecord& run, const std::string& method, bool wide) {
  return Export(run, method, wide).graph();
}

}  // namespace cance::pipeline
