// Random: scores that know nothing, which F1 needs beside it (src/protocols.md, section 4).
#include "base/random.hpp"

#include "detectors/makers.hpp"

namespace cance::detectors {
namespace {

class RandomDetector final : public Detector {
 public:
  void fit(const TrainingData& data) override { seed_ = data.seed; }
  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    std::vector<double> scores(static_cast<std::size_t>(rows.normalised->size()));
    Random(seed_, Purpose::random_scores).fill_uniform(scores);
    return scores;
  }

 private:
  std::uint64_t seed_ = 0;
};

}  // namespace

Made make(const config::RandomMethod&, const config::Config&) {
  return std::make_unique<RandomDetector>();
}

}  // namespace cance::detectors
