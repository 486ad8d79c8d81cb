// LatNCE, CNCE and CANCE: one density, on the latents alone, on the composite feature, and with
// artificial points (method.md section 7).
#include <algorithm>

#include "density/nce.hpp"
#include "detectors/detector.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

constexpr std::int64_t kScoreBatch = 8192;

class NceDetector final : public Detector {
 public:
  NceDetector(const config::Config& config, bool latent_only, bool augment)
      : options_(config.nce),
        schedule_(config.schedule),
        latent_only_(latent_only),
        augment_(augment) {}

  void fit(const TrainingData& data) override {
    const std::size_t n = columns(data.train.cols);
    const Matrix<double> full = data.moments.covariance();
    Matrix<double> covariance(n, n);
    for (std::size_t i = 0; i < n; ++i) {
      std::copy_n(full.row(i).begin(), n, covariance.row(i).begin());
    }
    const auto& mean = data.moments.mean();
    density_ = std::make_unique<density::NceDensity>(
        std::vector<double>(mean.begin(), mean.begin() + static_cast<std::ptrdiff_t>(n)),
        covariance, augment_, options_, schedule_, data.seed);
    history_ = density_->train(features(data.train), features(data.validation), data.progress);
  }

  [[nodiscard]] std::vector<double> score(MatrixView<const float> rows) const override {
    std::vector<double> scores;
    scores.reserve(rows.rows);
    for (const auto& block : features(rows).split(kScoreBatch)) {
      const auto part = nn::to_doubles(density_->score(block.contiguous()));
      scores.insert(scores.end(), part.begin(), part.end());
    }
    return scores;
  }

  [[nodiscard]] std::optional<nn::StageHistory> history() const override { return history_; }
  [[nodiscard]] std::vector<double> noise_scale() const override {
    return nn::to_doubles(density_->scale());
  }
  [[nodiscard]] nn::NamedTensors state() override { return density_->state(); }
  [[nodiscard]] double cost() const override { return 1; }

 private:
  [[nodiscard]] std::size_t columns(std::size_t composite) const {
    return latent_only_ ? composite - 2 : composite;
  }
  [[nodiscard]] torch::Tensor features(MatrixView<const float> rows) const {
    const auto n = static_cast<std::int64_t>(columns(rows.cols));
    return nn::to_tensor(rows).slice(1, 0, n).contiguous();
  }

  config::NceOptions options_;
  config::ScheduleOptions schedule_;
  bool latent_only_, augment_;
  std::unique_ptr<density::NceDensity> density_;
  nn::StageHistory history_;
};

}  // namespace

std::unique_ptr<Detector> make_latnce(const config::Config& config) {
  return std::make_unique<NceDetector>(config, /*latent_only=*/true, /*augment=*/false);
}

std::unique_ptr<Detector> make_cnce(const config::Config& config) {
  return std::make_unique<NceDetector>(config, /*latent_only=*/false, /*augment=*/false);
}

std::unique_ptr<Detector> make_cance(const config::Config& config) {
  return std::make_unique<NceDetector>(config, /*latent_only=*/false, /*augment=*/true);
}

}  // namespace cance::detectors
