// Error: the mean squared reconstruction error, no density model (src/method.md, section 7).
#include "detectors/makers.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

class ErrorDetector final : public Detector {
 public:
  void fit(const TrainingData&) override {}
  void restore(const SavedMethod&) override {}
  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(rows.composite.select(1, rows.composite.size(1) - 2));
  }
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    return g.cast(g.sliced(rows.composite, 1, -2, -1), models::GraphType::float64);
  }
  [[nodiscard]] bool sees_composite_only() const override { return true; }
};

}  // namespace

Made make(const config::ErrorMethod&, const config::Config&) {
  return std::make_unique<ErrorDetector>();
}

}  // namespace cance::detectors
