// Gaussian: -log N(mu, Sigma) of the composite feature, NCE's noise (src/method.md, section 7).
#include "density/noise.hpp"
#include "detectors/makers.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

class GaussianDetector final : public Detector {
 public:
  void fit(const TrainingData& data) override {
    prepare(data.moments.mean(), data.moments.covariance(), data.transform, data.compute);
  }
  void restore(const SavedMethod& saved) override {
    prepare(saved.mean, saved.covariance, saved.transform, saved.compute);
  }
  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    nn::TensorRows composite(rows.composite);
    return nn::to_doubles(nn::map_rows(composite, compute_.team, [this](const at::Tensor& phi) {
      return -noise_->log_prob(transform_.apply(phi), noise_->unit_scale());
    }));
  }
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    const std::string phi = transform_.graph(g, rows.composite);
    return g.add("Neg", {noise_->graph(g, phi, noise_->unit_scale())});
  }
  [[nodiscard]] bool sees_composite_only() const override { return true; }

 private:
  void prepare(const std::vector<double>& mean, const Matrix<double>& covariance,
               const represent::FeatureTransform& transform, const nn::Compute& compute) {
    compute_ = compute;
    transform_ = transform;
    noise_.emplace(mean, covariance, /*start=*/0.0);  // on the host, as the composites are
  }

  nn::Compute compute_;
  represent::FeatureTransform transform_;
  std::optional<density::Noise> noise_;
};

}  // namespace

Made make(const config::GaussianMethod&, const config::Config&) {
  return std::make_unique<GaussianDetector>();
}

}  // namespace cance::detectors
