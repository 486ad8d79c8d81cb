// KDE: -log of a Gaussian kernel density, of images after PCA whitening (the setting of LSA), of
// tables as they are. The bandwidth is given, or the likeliest over five folds of training rows.
#include <cmath>

#include "detectors/kde_density.hpp"
#include "detectors/makers.hpp"
#include "detectors/shared/projection.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr std::int64_t kFolds = 5;

/// 2^-4.5, 2^-4, ..., 2^5.
std::vector<double> bandwidths() {
  std::vector<double> all;
  for (int half = -9; half <= 10; ++half) {
    all.push_back(std::exp2(0.5 * half));
  }
  return all;
}

class KdeDetector final : public Detector {
 public:
  explicit KdeDetector(const config::KdeOptions& options) : options_(options) {}

  void fit(const TrainingData& data) override {
    const at::NoGradGuard no_grad;
    compute_ = data.compute;
    projection_ = Projection(options_.projection, data.train, data.compute);
    bandwidth_ = options_.bandwidth > 0
                     ? options_.bandwidth
                     : likeliest_bandwidth(
                           projection_.sample(data.train, options_.selection_rows, data.seed),
                           bandwidths(), kFolds, data.seed, data.compute.team);
    rows_ = projection_.sample(data.train, /*count=*/0, data.seed);
    density_.emplace(rows_);
  }
  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    projection_ = Projection::restored(options_.projection, saved);
    bandwidth_ = nn::to_tensor(saved.state, "bandwidth").item<double>();
    rows_ = nn::to_tensor(saved.state, "rows").to(compute_.device);
    density_.emplace(rows_);
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(
        nn::map_rows(projection_.input(rows), compute_.team, [this](const Tensor& x) {
          return -density_->log_density(projection_.apply(x), std::span(&bandwidth_, 1))[0].cpu();
        }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    return g.add("Neg", {density_->graph(g, projection_.graph(g, rows), bandwidth_)});
  }

  [[nodiscard]] nn::NamedTensors state() override {
    auto all = projection_.state();
    all.emplace_back("bandwidth", at::full({1}, bandwidth_, at::kDouble));
    all.emplace_back("rows", rows_);
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    const double chosen = cell.rows_up_to(options_.selection_rows);
    const double exponentials = 0.8 * chosen * chosen * static_cast<double>(bandwidths().size());
    return Projection::seconds(cell, options_.projection.projection != "none") +
           exponentials * 2e-9 + cell.rows * cell.scored * 4e-9;
  }

 private:
  config::KdeOptions options_;
  nn::Compute compute_;
  Projection projection_;
  double bandwidth_ = 1;
  Tensor rows_;
  std::optional<KernelDensity> density_;
};

}  // namespace

Made make(const config::KdeMethod& method, const config::Config&) {
  return std::make_unique<KdeDetector>(method.kde);
}

}  // namespace cance::detectors
