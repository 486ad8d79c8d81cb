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
    search_among(kept_rows(options_.input, data.train, options_.rows, data.seed));
  }
  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    search_among(compute_.to_device(nn::to_tensor(saved.state, "rows")));
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(
        nn::map_rows(rows_of(options_.input, rows), compute_.team, [this](const Tensor& block) {
          return neighbours_->distances(block.flatten(1), options_.neighbours, options_.distance)
              .to(at::kCPU);
        }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    return neighbours_->graph(g, rows_of(options_.input, g, rows), options_.neighbours,
                              options_.distance);
  }

  [[nodiscard]] nn::NamedTensors state() override { return {{"rows", rows_}}; }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    return cell.rows_up_to(options_.rows) * cell.scored * (cell.elements() * 3e-11 + 1e-9);
  }

 private:
  void search_among(const Tensor& rows) {
    rows_ = rows;
    neighbours_.emplace(rows);
  }

  config::KnnOptions options_;
  nn::Compute compute_;
  Tensor rows_;  // (N, d)
  std::optional<Neighbours> neighbours_;
};

}  // namespace

Made make(const config::KnnMethod& method, const config::Config&) {
  return std::make_unique<KnnDetector>(method.knn);
}

}  // namespace cance::detectors
