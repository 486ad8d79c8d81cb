// k-NN: Euclidean distance to the nearest training rows.
#include "detectors/makers.hpp"
#include "detectors/shared/neighbours.hpp"
#include "detectors/shared/projection.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

class KnnDetector final : public Detector {
 public:
  explicit KnnDetector(const config::KnnOptions& options) : options_(options) {}

  void fit(const TrainingData& data) override {
    const at::NoGradGuard no_grad;
    compute_ = data.compute;
    nn::Rows& rows = rows_of(options_.input, data.train);
    const auto kept = sampled(rows.size(), options_.rows, data.seed);
    Tensor train = rows.range(0, rows.size()).flatten(1);
    if (train.size(0) > static_cast<std::int64_t>(kept.size())) {
      train = train.index_select(0, nn::index_view(kept).to(train.device()));
    }
    neighbours_.emplace(train);
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(
        nn::map_rows(rows_of(options_.input, rows), compute_.team, [this](const Tensor& block) {
          return neighbours_->distances(block.flatten(1), options_.neighbours, options_.distance)
              .to(at::kCPU);
        }));
  }

  [[nodiscard]] double seconds(const CellSize& cell) const override {
    return cell.rows_up_to(options_.rows) * cell.rows * (cell.numbers() * 3e-11 + 1e-9);
  }

 private:
  config::KnnOptions options_;
  nn::Compute compute_;
  std::optional<Neighbours> neighbours_;
};

}  // namespace

Made make(const config::KnnMethod& method, const config::Config&) {
  return std::make_unique<KnnDetector>(method.knn);
}

}  // namespace cance::detectors
