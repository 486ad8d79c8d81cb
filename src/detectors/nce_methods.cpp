// LatNCE, CNCE and CANCE: one density, on the latents alone, on the composite feature, and with
// artificial points (method.md section 7).
#include <algorithm>

#include "density/nce.hpp"
#include "detectors/detector.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

class NceDetector final : public Detector {
 public:
  NceDetector(std::string name, const config::Config& config, bool latent_only, bool augment)
      : name_(std::move(name)),
        options_(config.nce),
        schedule_(config.schedule),
        latent_only_(latent_only),
        augment_(augment) {}

  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    transform_ = data.transform;
    const std::size_t n = columns(data.moments.columns());
    const Matrix<double> full = data.moments.covariance();
    Matrix<double> covariance(n, n);
    for (std::size_t i = 0; i < n; ++i) {
      std::copy_n(full.row(i).begin(), n, covariance.row(i).begin());
    }
    const auto& mean = data.moments.mean();
    std::optional<density::Augmentation> augmentation;
    if (augment_) {
      augmentation.emplace(data.raw_moments.mean(), data.raw_moments.covariance(), transform_);
    }
    density_ = std::make_unique<density::NceDensity>(
        std::vector<double>(mean.begin(), mean.begin() + static_cast<std::ptrdiff_t>(n)),
        covariance, std::move(augmentation), options_, schedule_, data.seed, data.compute);
    nn::TensorRows train = features(data.train);
    nn::TensorRows validation = features(data.validation);
    history_ = density_->train(train, validation, name_, data.checkpoints, data.progress);
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    nn::TensorRows phi = features(rows);
    return nn::to_doubles(nn::map_rows(
        phi, compute_.team, [this](const torch::Tensor& block) { return density_->score(block); }));
  }

  [[nodiscard]] std::optional<store::History> history() const override { return history_; }
  [[nodiscard]] std::vector<double> noise_scale() const override {
    return nn::to_doubles(density_->scale());
  }
  [[nodiscard]] nn::NamedTensors state() override { return density_->state(); }
  [[nodiscard]] double cost() const override { return 1; }

 private:
  [[nodiscard]] std::size_t columns(std::size_t composite) const {
    return latent_only_ ? composite - 2 : composite;
  }
  [[nodiscard]] nn::TensorRows features(const CellRows& rows) const {
    const torch::Tensor phi = transform_.apply(rows.composite);
    const auto n = static_cast<std::int64_t>(columns(static_cast<std::size_t>(phi.size(1))));
    return nn::TensorRows(compute_.place(phi.slice(1, 0, n)).contiguous());
  }

  std::string name_;
  config::NceOptions options_;
  config::ScheduleOptions schedule_;
  bool latent_only_, augment_;
  std::unique_ptr<density::NceDensity> density_;
  nn::Compute compute_;
  represent::FeatureTransform transform_;
  store::History history_;
};

}  // namespace

std::unique_ptr<Detector> make_latnce(const config::Config& config) {
  return std::make_unique<NceDetector>("latnce", config, /*latent_only=*/true, /*augment=*/false);
}

std::unique_ptr<Detector> make_cnce(const config::Config& config) {
  return std::make_unique<NceDetector>("cnce", config, /*latent_only=*/false, /*augment=*/false);
}

std::unique_ptr<Detector> make_cance(const config::Config& config) {
  return std::make_unique<NceDetector>("cance", config, /*latent_only=*/false, /*augment=*/true);
}

}  // namespace cance::detectors
