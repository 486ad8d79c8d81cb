// DAGMM (Zong et al., ICLR 2018): an autoencoder's latents, relative error and cosine similarity of
// a row, and a network that shares rows out to the Gaussians of a mixture; score = energy under the
// mixture of all training rows.
#include "base/error.hpp"
#include "base/random.hpp"
#include "detectors/mixture.hpp"
#include "detectors/network_stage.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using torch::Tensor;

constexpr double kLeastNorm = 1e-12;
constexpr std::uint64_t kDecoderStream = 0x9E3779B97F4A7C15ULL;
constexpr std::uint64_t kEstimationStream = 0xC2B2AE3D27D4EB4FULL;

class DagmmDetector final : public Detector {
 public:
  explicit DagmmDetector(const config::DagmmOptions& options) : options_(options) {}

  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    nn::Rows& train = *data.train.normalised;
    make_networks(train.range(0, 1).numel(), data.seed);
    learn(train, *data.validation.normalised, data);
    std::vector<Tensor> features, memberships;
    nn::for_blocks(train, compute_.team, [&](const Tensor& x, std::int64_t) {
      features.push_back(features_of(x, reconstruction(x)).to(torch::kFloat64));
      memberships.push_back(members(features.back().to(compute_.type), {}).to(torch::kFloat64));
    });
    const torch::NoGradGuard no_grad;
    mixture_ =
        features.empty()
            ? mixture_of(compute_.place(torch::zeros({0, width()})).to(torch::kFloat64),
                         compute_.place(torch::zeros({0, options_.components})).to(torch::kFloat64),
                         train.size(), compute_.team)
            : mixture_of(torch::cat(features), torch::cat(memberships), train.size(),
                         compute_.team);
  }

  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    make_networks(nn::to_tensor(saved.state, "encoder.0.weight").size(1), /*seed=*/0);
    nn::restore_map(network_state(), saved.state);
    const auto kept = [&](const std::string& name) {
      return nn::to_tensor(saved.state, "mixture." + name).to(compute_.device);
    };
    mixture_ = {kept("weights"), kept("means"), kept("covariances")};
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(nn::map_rows(*rows.normalised, compute_.team, [this](const Tensor& x) {
      return mixture_energy(features_of(x, reconstruction(x)).to(torch::kFloat64), mixture_).cpu();
    }));
  }

  [[nodiscard]] std::optional<store::History> history() const override { return history_; }
  [[nodiscard]] nn::NamedTensors state() override {
    auto all = network_state();
    all.emplace_back("mixture.weights", mixture_.weights);
    all.emplace_back("mixture.means", mixture_.means);
    all.emplace_back("mixture.covariances", mixture_.covariances);
    return all;
  }
  [[nodiscard]] double cost() const override { return 2; }

 private:
  struct Networks {
    nn::Sequence encoder, decoder, estimation_in, estimation_out;
  };

  void make_networks(std::int64_t columns, std::uint64_t seed) {
    nn::Sequence encoder(seed), decoder(seed ^ kDecoderStream);
    std::int64_t in = columns;
    for (const int out : options_.hidden) {
      encoder.dense(in, out, /*bias=*/true).tanh();
      in = out;
    }
    encoder.dense(in, options_.latent, /*bias=*/true);
    in = options_.latent;
    for (auto out = options_.hidden.rbegin(); out != options_.hidden.rend(); ++out) {
      decoder.dense(in, *out, /*bias=*/true).tanh();
      in = *out;
    }
    decoder.dense(in, columns, /*bias=*/true);
    nn::Sequence estimation_in(seed ^ kEstimationStream), estimation_out(~seed ^ kEstimationStream);
    estimation_in.dense(width(), options_.estimation, /*bias=*/true).tanh();
    estimation_out.dense(options_.estimation, options_.components, /*bias=*/true);
    networks_.emplace(Networks{std::move(encoder), std::move(decoder), std::move(estimation_in),
                               std::move(estimation_out)});
    for (nn::Sequence* net : all()) {
      net->to(compute_);
    }
  }

  [[nodiscard]] std::vector<nn::Sequence*> all() const {
    auto& n = *networks_;
    return {&n.encoder, &n.decoder, &n.estimation_in, &n.estimation_out};
  }
  [[nodiscard]] nn::NamedTensors network_state() const {
    nn::NamedTensors state;
    const std::vector<std::string> names{"encoder.", "decoder.", "estimation.", "memberships."};
    for (std::size_t i = 0; i < names.size(); ++i) {
      for (auto& named : all()[i]->state(names[i])) {
        state.push_back(std::move(named));
      }
    }
    return state;
  }
  /// Features: latents, relative error, cosine similarity.
  [[nodiscard]] std::int64_t width() const { return options_.latent + 2; }

  struct Reconstruction {
    Tensor latents, output;
  };
  [[nodiscard]] Reconstruction reconstruction(const Tensor& x) const {
    const Tensor z = networks_->encoder.forward(x.flatten(1), /*training=*/true);
    return {z, networks_->decoder.forward(z, /*training=*/true)};
  }
  [[nodiscard]] static Tensor features_of(const Tensor& rows, const Reconstruction& r) {
    const Tensor x = rows.flatten(1);
    const Tensor norm = x.norm(2, 1, /*keepdim=*/true).clamp_min(kLeastNorm);
    const Tensor other = r.output.norm(2, 1, true).clamp_min(kLeastNorm);
    const Tensor error = (x - r.output).square().sum(1, true).clamp_min(kLeastNorm).sqrt() / norm;
    return torch::cat({r.latents, error, (x * r.output).sum(1, true) / (norm * other)}, 1);
  }
  /// (B, K); `kept` (B, w), where defined, is what dropout leaves of the hidden layer.
  [[nodiscard]] Tensor members(const Tensor& features, const Tensor& kept) const {
    const Tensor h = networks_->estimation_in.forward(features, /*training=*/true);
    return torch::softmax(
        networks_->estimation_out.forward(kept.defined() ? h * kept : h, /*training=*/true), 1);
  }

  /// This rank's part of mean ||x - x'||^2 + lambda_1 mean E(z) + lambda_2 P(Sigma).
  [[nodiscard]] Tensor loss(const Tensor& x, const Tensor& kept, std::int64_t rows) const {
    const Reconstruction r = reconstruction(x);
    const Tensor features = features_of(x, r);
    const Mixture mixture = mixture_of(features, members(features, kept), rows, compute_.team);
    const double share = static_cast<double>(x.size(0)) / static_cast<double>(rows);
    return ((x.flatten(1) - r.output).square().sum() +
            options_.energy_weight * mixture_energy(features, mixture).sum()) /
               static_cast<double>(rows) +
           share * options_.covariance_weight * inverse_variances(mixture);
  }

  /// 0 or 1 / (1 - dropout) for every row of the batch and every hidden number.
  [[nodiscard]] Tensor dropout(const nn::Batch& batch, std::uint64_t seed) const {
    Tensor draws = torch::empty({batch.own.count, options_.estimation}, torch::kFloat64);
    Random(seed, Purpose::dropout, static_cast<std::uint64_t>(batch.step))
        .fill_uniform(
            std::span(draws.mutable_data_ptr<double>(), static_cast<std::size_t>(draws.numel())),
            static_cast<std::uint64_t>(batch.own.first * options_.estimation));
    return compute_.place((draws >= options_.dropout) / (1 - options_.dropout));
  }

  void learn(nn::Rows& train, nn::Rows& validation, const TrainingData& data) {
    NetworkStage stage;
    stage.name = "dagmm";
    stage.rows = &train;
    stage.state = network_state();
    stage.inputs = [&](const nn::Batch& batch) {
      return std::vector{train.select(batch.own_rows()), dropout(batch, data.seed)};
    };
    stage.loss = [&](const std::vector<Tensor>& inputs, std::int64_t rows) {
      return loss(inputs[0], inputs[1], rows);
    };
    stage.validate = [&] {
      const torch::NoGradGuard no_grad;
      const nn::Share own = compute_.team.share(validation.size());
      return loss(validation.range(own.first, own.count), {}, validation.size()).item<double>();
    };
    history_ = train_network(stage, options_.training, data);
  }

  config::DagmmOptions options_;
  nn::Compute compute_;
  mutable std::optional<Networks> networks_;  // forward changes nothing
  Mixture mixture_;
  store::History history_;
};

}  // namespace

std::unique_ptr<Detector> make_dagmm(const config::Config& config) {
  return std::make_unique<DagmmDetector>(config.dagmm);
}

}  // namespace cance::detectors
