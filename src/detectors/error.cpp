// Error: the mean squared reconstruction error, no density model (method.md section 7).
#include "detectors/detector.hpp"

namespace cance::detectors {
namespace {

class ErrorDetector final : public Detector {
 public:
  void fit(const TrainingData&) override {}
  [[nodiscard]] std::vector<double> score(MatrixView<const float> rows) const override {
    std::vector<double> scores(rows.rows);
    for (std::size_t r = 0; r < rows.rows; ++r) {
      scores[r] = static_cast<double>(rows(r, rows.cols - 2));
    }
    return scores;
  }
};

}  // namespace

std::unique_ptr<Detector> make_error(const config::Config&) {
  return std::make_unique<ErrorDetector>();
}

}  // namespace cance::detectors
