#include "detectors/dagmm_network.hpp"

#include <ATen/ops/softmax.h>

#include <cmath>
#include <span>

#include "base/random.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr double kLeastLength = 1e-12;
constexpr double kLeastSize = 0.01;  // root mean square of a row that its error is relative to
constexpr std::uint64_t kDagmmDecoderStream = 0x9E3779B97F4A7C15ULL;
constexpr std::uint64_t kEstimationStream = 0xC2B2AE3D27D4EB4FULL;

/// Least norm in the relative error, so that a row of zeros has a number among the others'.
double least_size(std::int64_t columns) {
  return kLeastSize * std::sqrt(static_cast<double>(columns));
}

}  // namespace

DagmmNetwork::DagmmNetwork(const config::DagmmOptions& options, std::int64_t columns,
                           std::uint64_t seed, const nn::Compute& compute)
    : options_(options),
      columns_(columns),
      compute_(compute),
      encoder_(seed),
      decoder_(seed ^ kDagmmDecoderStream),
      estimation_in_(seed ^ kEstimationStream),
      estimation_out_(~seed ^ kEstimationStream) {
  std::int64_t in = columns;
  for (const int out : options_.hidden) {
    encoder_.dense(in, out, /*bias=*/true).tanh();
    in = out;
  }
  encoder_.dense(in, options_.latent, /*bias=*/true);
  in = options_.latent;
  for (auto out = options_.hidden.rbegin(); out != options_.hidden.rend(); ++out) {
    decoder_.dense(in, *out, /*bias=*/true).tanh();
    in = *out;
  }
  decoder_.dense(in, columns, /*bias=*/true);
  estimation_in_.dense(width(), options_.estimation, /*bias=*/true).tanh();
  estimation_out_.dense(options_.estimation, options_.components, /*bias=*/true);
  for (nn::Sequence* part : {&encoder_, &decoder_, &estimation_in_, &estimation_out_}) {
    part->to(compute_);
  }
}

nn::NamedTensors DagmmNetwork::state() const {
  return nn::joined({encoder_.state("encoder."), decoder_.state("decoder."),
                     estimation_in_.state("estimation."), estimation_out_.state("memberships.")});
}

DagmmNetwork::Reconstruction DagmmNetwork::reconstruct(const Tensor& x) const {
  const Tensor z = encoder_.forward(x.flatten(1));
  return {z, decoder_.forward(z)};
}

Tensor DagmmNetwork::features(const Tensor& x) const { return features_of(x, reconstruct(x)); }

Tensor DagmmNetwork::features_of(const Tensor& rows, const Reconstruction& r) const {
  const Tensor x = rows.flatten(1);
  const Tensor norm = x.norm(2, 1, /*keepdim=*/true).clamp_min(kLeastLength);
  const Tensor other = r.output.norm(2, 1, true).clamp_min(kLeastLength);
  const Tensor error = (x - r.output).square().sum(1, true).clamp_min(kLeastLength).sqrt() /
                       norm.clamp_min(least_size(x.size(1)));
  return at::cat({r.latents, error, (x * r.output).sum(1, true) / (norm * other)}, 1);
}

DagmmNetwork::ReconstructionGraph DagmmNetwork::reconstruction_graph(nn::GraphBuilder& g,
                                                                     const std::string& x) const {
  const std::string rows = g.cast(g.flat(x), g.network_type());
  const std::string latents = g.layers(rows, encoder_.layers(), "encoder.");
  return {rows, latents, g.layers(latents, decoder_.layers(), "decoder.")};
}

std::string DagmmNetwork::features_graph(nn::GraphBuilder& g, const std::string& x) const {
  const auto [rows, latents, output] = reconstruction_graph(g, x);
  const models::GraphType type = g.network_type();
  const auto norm = [&](const std::string& value) {
    return g.at_least(g.add("Sqrt", {g.sum(g.square(value), {1})}), kLeastLength, type);
  };
  const std::string squares =
      g.at_least(g.sum(g.square(g.add("Sub", {rows, output})), {1}), kLeastLength, type);
  const std::string size = g.at_least(norm(rows), least_size(columns_), type);
  const std::string error = g.add("Div", {g.add("Sqrt", {squares}), size});
  const std::string product = g.sum(g.add("Mul", {rows, output}), {1});
  const std::string norms = g.add("Mul", {norm(rows), norm(output)});
  return g.joined({latents, error, g.add("Div", {product, norms})});
}

Tensor DagmmNetwork::members(const Tensor& features) const { return members(features, {}); }

Tensor DagmmNetwork::members(const Tensor& features, const Tensor& dropout) const {
  const Tensor h = estimation_in_.forward(features);
  return at::softmax(estimation_out_.forward(dropout.defined() ? h * dropout : h), 1);
}

Tensor DagmmNetwork::loss(const Tensor& x, const Tensor& dropout, std::int64_t rows) const {
  const Reconstruction r = reconstruct(x);
  const Tensor error = (x.flatten(1) - r.output).square().sum() / static_cast<double>(rows);
  const Tensor seen = features_of(x, r);
  const Tensor wide = seen.to(at::kDouble);  // a float32 factor of near copies is not a number
  const Tensor memberships = members(seen, dropout).to(at::kDouble);
  const Mixture mixture = mixture_of(wide, memberships, rows, compute_.team);
  const double own = static_cast<double>(x.size(0)) / static_cast<double>(rows);
  const Tensor density =
      options_.energy_weight * mixture_energy(wide, mixture).sum() / static_cast<double>(rows) +
      own * options_.covariance_weight * inverse_variances(mixture);
  const double counts = rows > width() ? 1 : 0;  // so few rows have no covariance
  return error + (counts * density).to(error.scalar_type());
}

Tensor DagmmNetwork::dropout(const nn::Batch& batch, std::uint64_t seed) const {
  Tensor draws = at::empty({batch.own.count, options_.estimation}, at::kDouble);
  Random(seed, Purpose::dropout, static_cast<std::uint64_t>(batch.step))
      .fill_uniform(
          std::span(draws.mutable_data_ptr<double>(), static_cast<std::size_t>(draws.numel())),
          static_cast<std::uint64_t>(batch.own.first * options_.estimation));
  return compute_.to_device((draws >= options_.dropout) / (1 - options_.dropout));
}

void DagmmNetwork::learn(const TrainingData& data, const std::string& name, double fraction) {
  nn::Rows& train = *data.train.normalised;
  nn::Rows& validation = *data.validation.normalised;
  NetworkStage stage;
  stage.name = name;
  stage.rows = &train;
  stage.state = state();
  stage.fraction = fraction;
  stage.inputs = [&](const nn::Batch& batch) {
    return std::vector{train.select(batch.own_rows()), dropout(batch, data.seed)};
  };
  stage.loss = [&](const std::vector<Tensor>& inputs, std::int64_t rows) {
    return loss(inputs[0], inputs[1], rows);
  };
  stage.validate = [&] {
    const at::NoGradGuard no_grad;
    const nn::Share own = compute_.team.share(validation.size());
    return loss(validation.range(own.first, own.count), {}, validation.size()).to(at::kDouble);
  };
  stage.validation = &validation;
  train_network(stage, options_.training, data);
}

double dagmm_seconds(const config::DagmmOptions& options, const CellSize& cell) {
  std::vector<double> widths{cell.elements()};
  widths.insert(widths.end(), options.hidden.begin(), options.hidden.end());
  widths.push_back(options.latent);
  const double width = options.latent + 2;
  const double mixture = width * width * options.components;
  return seconds_of(options.training, nn::Work().chain(widths) * 2 + nn::Work{mixture, mixture},
                    cell);
}

}  // namespace cance::detectors
