// LatNCE, CNCE and CANCE: one density, on the latents alone, on the composite feature, and with
// artificial points (src/method.md, section 7).
#include <algorithm>

#include "density/nce.hpp"
#include "detectors/makers.hpp"
#include "nn/convert.hpp"
#include "nn/work.hpp"

namespace cance::detectors {
namespace {

class NceDetector final : public Detector {
 public:
  NceDetector(std::string name, const config::Config& config, bool latent_only, bool augment)
      : name_(std::move(name)),
        options_(config.nce),
        schedule_(config.schedule),
        latent_only_(latent_only),
        augment_(augment),
        columns_(config.autoencoder.latent + (latent_only ? 0 : 2)) {}

  void fit(const TrainingData& data) override {
    std::optional<density::Augmentation> augmentation;
    if (augment_) {
      augmentation.emplace(data.raw_moments.mean(), data.raw_moments.covariance(), data.transform);
    }
    prepare(data.moments.mean(), data.moments.covariance(), data.transform, data.compute,
            std::move(augmentation), data.seed);
    nn::TensorRows train(features(data.train.composite));
    nn::TensorRows validation(features(data.validation.composite));
    data.record(name_, density_->train(train, validation, name_, data.checkpoints, data.progress));
  }

  void restore(const SavedMethod& saved) override {
    prepare(saved.mean, saved.covariance, saved.transform, saved.compute, std::nullopt, /*seed=*/0);
    nn::restore_map(density_->state(), saved.state);
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    nn::TensorRows composite(rows.composite);
    return nn::to_doubles(nn::map_rows(composite, compute_.team, [this](const at::Tensor& block) {
      return density_->score(features(block)).to(at::kCPU);
    }));
  }
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    const std::string seen =
        latent_only_ ? g.without_last(rows.composite, 2) : transform_.graph(g, rows.composite);
    return density_->graph(g, seen);
  }
  [[nodiscard]] bool sees_composite_only() const override { return true; }

  [[nodiscard]] std::vector<double> noise_scale() const override {
    return nn::to_doubles(density_->scale());
  }
  [[nodiscard]] nn::NamedTensors state() override { return density_->state(); }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    std::vector<double> widths{columns_};
    widths.insert(widths.end(), options_.hidden.value.begin(), options_.hidden.value.end());
    widths.push_back(1);
    const double seen = rows_seen(options_.epochs, options_.steps, options_.batch, cell.rows);
    const double rows = seen * (1 + 2 * options_.noise_ratio);  // both moves see noise
    const nn::Work work = nn::Work().chain(widths);
    return nn::training_seconds(work, rows, options_.batch * (1 + options_.noise_ratio)) +
           nn::scoring_seconds(work, cell.scored);
  }

 private:
  /// The density of the first columns of these moments, not yet trained.
  void prepare(const std::vector<double>& mean, const Matrix<double>& covariance,
               const represent::FeatureTransform& transform, const nn::Compute& compute,
               std::optional<density::Augmentation> augmentation, std::uint64_t seed) {
    compute_ = compute;
    transform_ = transform;
    const std::size_t n = columns(mean.size());
    Matrix<double> part(n, n);
    for (std::size_t i = 0; i < n; ++i) {
      std::copy_n(covariance.row(i).begin(), n, part.row(i).begin());
    }
    density_ = std::make_unique<density::NceDensity>(
        std::vector<double>(mean.begin(), mean.begin() + static_cast<std::ptrdiff_t>(n)), part,
        std::move(augmentation), options_, schedule_, seed, compute);
  }
  [[nodiscard]] std::size_t columns(std::size_t composite) const {
    return latent_only_ ? composite - 2 : composite;
  }
  /// What the density sees of composites (B, m + 2).
  [[nodiscard]] at::Tensor features(const at::Tensor& composite) const {
    const at::Tensor phi = transform_.apply(composite);
    const auto n = static_cast<std::int64_t>(columns(static_cast<std::size_t>(phi.size(1))));
    return compute_.to_device(phi.slice(1, 0, n)).contiguous();
  }

  std::string name_;
  config::NceOptions options_;
  config::ScheduleOptions schedule_;
  bool latent_only_, augment_;
  double columns_;  // of what it sees, without those of contrast
  std::unique_ptr<density::NceDensity> density_;
  nn::Compute compute_;
  represent::FeatureTransform transform_;
};

}  // namespace

Made make(const config::LatnceMethod&, const config::Config& config) {
  return std::make_unique<NceDetector>("latnce", config, /*latent_only=*/true, /*augment=*/false);
}

Made make(const config::CnceMethod&, const config::Config& config) {
  return std::make_unique<NceDetector>("cnce", config, /*latent_only=*/false, /*augment=*/false);
}

Made make(const config::CanceMethod&, const config::Config& config) {
  return make_cance_as("cance", config);
}

Made make_cance_as(const std::string& name, const config::Config& config) {
  return std::make_unique<NceDetector>(name, config, /*latent_only=*/false, /*augment=*/true);
}

}  // namespace cance::detectors
