// VAE (Kingma and Welling, ICLR 2014) with LSA's encoder and decoder: score = negative evidence
// lower bound, pixels normal about their reconstruction. The expectation over the code is the mean
// over some draws, the same for every row, so that a row's score is its own.
#include "base/cast.hpp"
#include "base/random.hpp"
#include "detectors/makers.hpp"
#include "detectors/shared/lsa_networks.hpp"
#include "detectors/shared/network_stage.hpp"
#include "detectors/vae_bound.hpp"
#include "nn/convert.hpp"
#include "nn/draws.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

class VaeDetector final : public Detector {
 public:
  explicit VaeDetector(const config::VaeOptions& options) : options_(options) {}

  void require_usable(const Shape& row) override { make(row, /*seed=*/0); }
  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    nn::Rows& rows = *data.train.raw;
    nn::Rows& validation = *data.validation.raw;
    make(row_shape(rows), data.seed);
    draws_ = noise(options_.samples, Random(data.seed, Purpose::latent_scores), 0);
    NetworkStage stage;
    stage.name = "vae";
    stage.rows = &rows;
    stage.state = networks_state();
    stage.inputs = [&](const nn::Batch& batch) {
      const Random random(data.seed, Purpose::latent, static_cast<std::uint64_t>(batch.step));
      return std::vector{rows.select(batch.own_rows()),
                         noise(batch.own.count, random, batch.own.first)};
    };
    stage.loss = [this](const std::vector<Tensor>& inputs, std::int64_t count) {
      const auto [mean, log_variance] = code(networks_->encoder.train(inputs[0]));
      const Tensor z = latent_sample(mean, log_variance, inputs[1]);
      const Tensor bound =
          error(inputs[0], networks_->decoder.train(z)) + kl_from_standard(mean, log_variance);
      return bound.sum() / static_cast<double>(count);
    };
    stage.validate = [&] {
      return sum_over(validation, compute_.team, [&](const Tensor& x) {
        return negative_bound(x) / static_cast<double>(validation.size());
      });
    };
    stage.validation = &validation;
    train_network(stage, options_.training, data);
  }

  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    make(saved_shape(saved), /*seed=*/0);
    nn::restore_map(networks_state(), saved.state);
    draws_ = compute_.to_device(nn::to_tensor(saved.state, "draws"));
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(nn::map_rows(
        *rows.raw, compute_.team, [this](const Tensor& x) { return negative_bound(x).cpu(); }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    const models::GraphType type = g.network_type();
    const std::string x = g.cast(rows.raw, type);
    const std::string halves = g.layers(x, networks_->encoder.layers(), "encoder.");
    const std::string mean = g.sliced(halves, 1, 0, options_.latent);
    const std::string log_variance = g.last(halves, options_.latent);
    const std::string deviation = g.add("Exp", {g.scaled(log_variance, 0.5, type)});
    std::vector<std::string> errors;
    for (std::int64_t i = 0; i < draws_.size(0); ++i) {
      const std::string draw = g.constant(fmt::format("draws.{}", i), draws_[i], type);
      const std::string z = g.add("Add", {mean, g.add("Mul", {deviation, draw})});
      const std::string back = g.layers(z, networks_->decoder.layers(), "decoder.");
      errors.push_back(
          nll_graph(g, x, back, to<std::int64_t>(element_count(shape_)), options_.deviation));
    }
    const std::string kl = kl_graph(g, mean, log_variance);
    return g.cast(g.add("Add", {g.mean(g.joined(errors), {1}), kl}), models::GraphType::float64);
  }

  [[nodiscard]] nn::NamedTensors state() override {
    auto all = networks_state();
    all.emplace_back("draws", draws_);
    all.emplace_back("shape", shape_tensor(shape_));
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    return seconds_of(options_.training, lsa_work(options_.channels, cell.row, options_.latent),
                      cell.raw());
  }

 private:
  void make(Shape shape, std::uint64_t seed) {
    shape_ = std::move(shape);
    networks_.emplace(make_lsa_networks("vae", options_.channels, shape_, 2 * options_.latent,
                                        options_.latent, seed, compute_));
  }
  [[nodiscard]] nn::NamedTensors networks_state() {
    return nn::joined({networks_->encoder.state("encoder."), networks_->decoder.state("decoder.")});
  }

  /// Standard normals (rows, latent), rows of the stream from `first` on.
  [[nodiscard]] Tensor noise(std::int64_t rows, const Random& random, std::int64_t first) const {
    return nn::normals({rows, options_.latent}, random, first, compute_);
  }

  struct Code {
    Tensor mean, log_variance;  // (B, latent)
  };
  /// From what the encoder gives (B, 2 latent).
  [[nodiscard]] static Code code(const Tensor& outputs) {
    const auto halves = outputs.chunk(2, 1);
    return {halves[0], halves[1]};
  }
  /// -log p(x | z) (B), where the decoder makes `back` of z.
  [[nodiscard]] Tensor error(const Tensor& x, const Tensor& back) const {
    return gaussian_nll(x, back, options_.deviation);
  }
  /// Of rows (B, c, h, w), over the draws: (B).
  [[nodiscard]] Tensor negative_bound(const Tensor& x) const {
    const auto [mean, log_variance] = code(networks_->encoder.forward(x));
    Tensor errors = at::zeros({x.size(0)}, x.options());
    for (const Tensor& draw : draws_.unbind()) {
      errors += error(x, networks_->decoder.forward(latent_sample(mean, log_variance, draw)));
    }
    return errors / draws_.size(0) + kl_from_standard(mean, log_variance);
  }

  config::VaeOptions options_;
  nn::Compute compute_;
  Shape shape_;  // of a row
  std::optional<LsaNetworks> networks_;
  Tensor draws_;  // (samples, latent)
};

}  // namespace

Made make(const config::VaeMethod& method, const config::Config&) {
  return std::make_unique<VaeDetector>(method.vae);
}

}  // namespace cance::detectors
