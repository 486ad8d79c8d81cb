// DAGMM (Zong et al., ICLR 2018): an autoencoder's latents, relative error and cosine similarity of
// a row, and a network that shares rows out to the Gaussians of a mixture; score = energy under the
// mixture of all training rows.
#include "detectors/dagmm_network.hpp"
#include "detectors/makers.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

class DagmmDetector final : public Detector {
 public:
  DagmmDetector(std::string stage, config::DagmmOptions options)
      : stage_(std::move(stage)), options_(std::move(options)) {}

  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    nn::Rows& train = *data.train.normalised;
    network_.emplace(options_, train.range(0, 1).numel(), data.seed, compute_);
    network_->learn(data, stage_);
    std::vector<Tensor> features, memberships;
    nn::for_blocks(train, compute_.team, [&](const Tensor& x, std::int64_t) {
      features.push_back(network_->features(x).to(at::kDouble));
      memberships.push_back(network_->members(features.back().to(compute_.type)).to(at::kDouble));
    });
    const at::NoGradGuard no_grad;
    mixture_ =
        features.empty()
            ? mixture_of(compute_.to_device(at::zeros({0, network_->width()})).to(at::kDouble),
                         compute_.to_device(at::zeros({0, options_.components})).to(at::kDouble),
                         train.size(), compute_.team)
            : mixture_of(at::cat(features), at::cat(memberships), train.size(), compute_.team);
  }

  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    network_.emplace(options_, nn::to_tensor(saved.state, "encoder.0.weight").size(1), /*seed=*/0,
                     compute_);
    nn::restore_map(network_->state(), saved.state);
    const auto part = [&](const std::string& name) {
      return nn::to_tensor(saved.state, "mixture." + name).to(compute_.device);
    };
    mixture_ = {part("weights"), part("means"), part("covariances")};
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(nn::map_rows(*rows.normalised, compute_.team, [this](const Tensor& x) {
      return mixture_energy(network_->features(x).to(at::kDouble), mixture_).cpu();
    }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    const std::string features = network_->features_graph(g, rows.normalised);
    return energy_graph(g, g.cast(features, models::GraphType::float64), mixture_);
  }

  [[nodiscard]] nn::NamedTensors state() override {
    auto all = network_->state();
    all.emplace_back("mixture.weights", mixture_.weights);
    all.emplace_back("mixture.means", mixture_.means);
    all.emplace_back("mixture.covariances", mixture_.covariances);
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    return dagmm_seconds(options_, cell);
  }

 private:
  std::string stage_;
  config::DagmmOptions options_;
  nn::Compute compute_;
  std::optional<DagmmNetwork> network_;
  Mixture mixture_;
};

}  // namespace

Made make_dagmm_as(const std::string& stage, const config::DagmmOptions& options) {
  return std::make_unique<DagmmDetector>(stage, options);
}

Made make(const config::DagmmMethod& method, const config::Config&) {
  return make_dagmm_as("dagmm", method.dagmm);
}

}  // namespace cance::detectors
