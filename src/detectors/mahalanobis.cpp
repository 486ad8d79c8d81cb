// Mahalanobis: the squared distance from the mean of the training rows in units of their
// covariance. Directions in which these do not vary count for nothing (the pseudo-inverse): tables
// of more columns than rows have many.
#include "detectors/makers.hpp"
#include "detectors/shared/projection.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

class MahalanobisDetector final : public Detector {
 public:
  explicit MahalanobisDetector(const config::MahalanobisOptions& options) : options_(options) {}

  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    projection_ = Projection(whitening(), data.train, data.compute);
  }
  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    projection_ = Projection::restored(whitening(), saved);
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(nn::map_rows(
        projection_.input(rows), compute_.team,
        [this](const Tensor& x) { return projection_.apply(x).square().sum(1).cpu(); }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    return g.sum(g.square(projection_.graph(g, rows)), {1});
  }

  [[nodiscard]] nn::NamedTensors state() override { return projection_.state(); }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    return Projection::seconds(cell, true);
  }

 private:
  [[nodiscard]] config::ProjectionOptions whitening() const {
    return {options_.input, "whiten", /*explained=*/1};
  }

  config::MahalanobisOptions options_;
  nn::Compute compute_;
  Projection projection_;
};

}  // namespace

Made make(const config::MahalanobisMethod& method, const config::Config&) {
  return std::make_unique<MahalanobisDetector>(method.mahalanobis);
}

}  // namespace cance::detectors
