// Gaussian: -log N(mu, Sigma) of the composite feature, the noise of NCE alone (method.md section
// 11).
#include "density/noise.hpp"
#include "detectors/detector.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

class GaussianDetector final : public Detector {
 public:
  void fit(const TrainingData& data) override {
    transform_ = data.transform;
    noise_.emplace(data.moments.mean(), data.moments.covariance(), /*start=*/0.0);
  }
  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(
        -noise_->log_prob(transform_.apply(rows.composite), noise_->unit_scale()));
  }

 private:
  represent::FeatureTransform transform_;
  std::optional<density::Noise> noise_;
};

}  // namespace

std::unique_ptr<Detector> make_gaussian(const config::Config&) {
  return std::make_unique<GaussianDetector>();
}

}  // namespace cance::detectors
