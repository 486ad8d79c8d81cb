// DAGMM with CANCE's score (Liao & Brockmeier, arXiv 2502.01920): DAGMM's networks learn as ever,
// then CANCE's density judges the composite features of that autoencoder in place of the mixture.
#include "detectors/dagmm_network.hpp"
#include "detectors/makers.hpp"
#include "nn/convert.hpp"
#include "represent/composite.hpp"
#include "represent/row_moments.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr const char* kName = "dagmm_cance";
constexpr double kNetworkTime = 0.7;  ///< fraction of the method's time, for progress

class DagmmCanceDetector final : public Detector {
 public:
  explicit DagmmCanceDetector(const config::Config& config)
      : config_(config), density_(make_cance_as(kName, config)) {}

  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    network_.emplace(config_.dagmm, data.train.normalised->range(0, 1).numel(), data.seed,
                     compute_);
    network_->learn(data, std::string(kName) + ".network", kNetworkTime);
    CellRows train = data.train;
    CellRows validation = data.validation;
    train.composite = composite(*train.normalised);
    validation.composite = composite(*validation.normalised);
    const stats::Moments raw_moments = represent::moments_of(train.composite, compute_.team);
    transform_ = represent::transform_for(config_.feature.transform, raw_moments);
    const stats::Moments moments =
        represent::moments_of(transform_.apply(train.composite), compute_.team);
    mean_ = moments.mean();
    covariance_ = moments.covariance();
    density_->fit({train, validation, transform_, raw_moments, moments, data.seed, compute_,
                   data.checkpoints, data.progress_from(kNetworkTime, 1 - kNetworkTime),
                   /*labelled=*/{}, data.histories});
  }

  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    network_.emplace(config_.dagmm, nn::to_tensor(saved.state, "encoder.0.weight").size(1),
                     /*seed=*/0, compute_);
    nn::restore_map(network_->state(), saved.state);
    mean_ = nn::to_doubles(nn::to_tensor(saved.state, "moments.mean"));
    covariance_ = Matrix<double>(mean_.size(), mean_.size(),
                                 nn::to_doubles(nn::to_tensor(saved.state, "moments.covariance")));
    transform_ = represent::FeatureTransform::restored(config_.feature.transform, saved.state);
    store::TensorMap inner;
    for (const auto& [name, array] : saved.state) {
      if (name.starts_with(kDensity)) {
        inner[name.substr(std::string_view(kDensity).size())] = array;
      }
    }
    density_->restore({inner, transform_, mean_, covariance_, compute_});
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    CellRows own = rows;
    own.composite = composite(*rows.normalised);
    return density_->score(own);
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    const auto [x, latents, output] = network_->reconstruction_graph(g, rows.normalised);
    GraphRows own = rows;
    own.composite = represent::composite_graph(g, {g.cast(latents, g.type())}, x, output);
    return density_->graph(g, own);
  }

  [[nodiscard]] std::vector<double> noise_scale() const override { return density_->noise_scale(); }
  [[nodiscard]] nn::NamedTensors state() override {
    nn::NamedTensors all = nn::joined({network_->state(), transform_.state()});
    const auto n = static_cast<std::int64_t>(mean_.size());
    all.emplace_back("moments.mean", at::tensor(mean_, at::kDouble));
    all.emplace_back("moments.covariance",
                     at::tensor(covariance_.values(), at::kDouble).view({n, n}));
    for (const auto& [name, tensor] : density_->state()) {
      all.emplace_back(kDensity + name, tensor);
    }
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    return dagmm_seconds(config_.dagmm, cell) + density_->seconds(cell);
  }

 private:
  static constexpr const char* kDensity = "density.";

  /// Latents, squared error and cosine dissimilarity of all rows, (N, latent + 2), on the host.
  [[nodiscard]] Tensor composite(nn::Rows& rows) const {
    return nn::map_rows(rows, compute_.team, [this](const Tensor& x) {
      const DagmmNetwork::Reconstruction r = network_->reconstruct(x);
      return represent::composite_feature(r.latents, x.flatten(1), r.output).cpu();
    });
  }

  config::Config config_;
  std::unique_ptr<Detector> density_;
  nn::Compute compute_;
  std::optional<DagmmNetwork> network_;
  represent::FeatureTransform transform_;
  std::vector<double> mean_;  // of the transformed composites of the training rows
  Matrix<double> covariance_{0, 0};
};

}  // namespace

Made make(const config::DagmmCanceMethod&, const config::Config& config) {
  return std::make_unique<DagmmCanceDetector>(config);
}

}  // namespace cance::detectors
