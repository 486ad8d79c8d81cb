// k-NN: Euclidean distance to the nearest training rows. Neighbours are searched a block of test
// rows against a block of training rows at a time, so no distance matrix is held; the few nearest
// are measured again in float64, where the search by products has lost digits.
#include <algorithm>

#include "detectors/detector.hpp"
#include "detectors/projection.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using torch::Tensor;

constexpr std::int64_t kTrainBlock = 8192;  // rows
constexpr std::int64_t kSpare = 8;          // candidates beyond k, against rounding in the search

class KnnDetector final : public Detector {
 public:
  explicit KnnDetector(const config::KnnOptions& options) : options_(options) {}

  void fit(const TrainingData& data) override {
    const torch::NoGradGuard no_grad;
    compute_ = data.compute;
    nn::Rows& rows = input(data.train);
    const auto kept = sampled(rows.size(), options_.rows, data.seed);
    train_ = rows.range(0, rows.size()).flatten(1);
    if (train_.size(0) > static_cast<std::int64_t>(kept.size())) {
      train_ = train_.index_select(0, nn::index_view(kept).to(train_.device()));
    }
    centre_ = train_.mean(0);
    train_ = train_ - centre_;  // small numbers lose fewer digits
    squares_ = train_.square().sum(1);
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(nn::map_rows(input(rows), compute_.team, [this](const Tensor& block) {
      return distances(block.flatten(1) - centre_).to(torch::kCPU);
    }));
  }

  [[nodiscard]] double cost() const override { return 0.2; }

 private:
  [[nodiscard]] nn::Rows& input(const CellRows& rows) const {
    return rows_of(options_.input, rows);
  }

  /// Numbers of the nearest training rows of x (B, d), k and some to spare: (B, k + spare).
  [[nodiscard]] Tensor candidates(const Tensor& x) const {
    const std::int64_t wanted = std::min(options_.neighbours + kSpare, train_.size(0));
    Tensor nearest;
    Tensor numbers;
    for (std::int64_t first = 0; first < train_.size(0); first += kTrainBlock) {
      const std::int64_t last = std::min(first + kTrainBlock, train_.size(0));
      // ||b||^2 - 2 <a, b>: the part of the squared distance that ranks training rows
      const Tensor ranks =
          torch::addmm(squares_.slice(0, first, last), x, train_.slice(0, first, last).t(), 1, -2);
      const auto [values, places] =
          ranks.topk(std::min(wanted, last - first), 1, /*largest=*/false, /*sorted=*/false);
      nearest = first == 0 ? values : torch::cat({nearest, values}, 1);
      numbers = first == 0 ? places : torch::cat({numbers, places + first}, 1);
    }
    const auto [values, places] = nearest.topk(wanted, 1, /*largest=*/false, /*sorted=*/false);
    return numbers.gather(1, places);
  }

  /// (B), float64.
  [[nodiscard]] Tensor distances(const Tensor& x) const {
    const Tensor numbers = candidates(x);
    const Tensor near = train_.index_select(0, numbers.flatten())
                            .view({x.size(0), numbers.size(1), x.size(1)})
                            .to(torch::kFloat64);
    const Tensor all = (near - x.to(torch::kFloat64).unsqueeze(1)).square().sum(2).sqrt();
    const std::int64_t k = std::min<std::int64_t>(options_.neighbours, all.size(1));
    const Tensor sorted = std::get<0>(all.sort(1)).slice(1, 0, k);
    return options_.distance == "mean" ? sorted.mean(1) : sorted.select(1, k - 1);
  }

  config::KnnOptions options_;
  nn::Compute compute_;
  Tensor train_;    // (N, d), centred
  Tensor centre_;   // (d)
  Tensor squares_;  // (N)
};

}  // namespace

std::unique_ptr<Detector> make_knn(const config::Config& config) {
  return std::make_unique<KnnDetector>(config.knn);
}

}  // namespace cance::detectors
