// DAGMM-1: DAGMM (Zong et al., ICLR 2018) with the number of Gaussians that makes held-out normal
// rows likeliest; no label has a part in it. The densities are those of the features that each
// network learned for itself: one whose features lie closer together is likelier by that alone.
#include <fmt/format.h>

#include "detectors/dagmm_network.hpp"
#include "detectors/makers.hpp"
#include "nn/convert.hpp"
#include "stats/summary.hpp"

namespace cance::detectors {
namespace {

class Dagmm1Detector final : public Detector {
 public:
  explicit Dagmm1Detector(const config::Config& config)
      : options_(config.dagmm_1), dagmm_(config.dagmm) {}

  void fit(const TrainingData& data) override {
    const auto tries = static_cast<double>(options_.components.size());
    store::Histories curves;
    std::size_t kept = 0;
    for (const int components : options_.components) {
      const std::size_t done = energies_.size();
      TrainingData own = data;
      own.histories = &curves;
      own.progress = data.progress_from(static_cast<double>(done) / tries, 1 / tries);
      auto tried = make_dagmm_as(fmt::format("dagmm_1.{}_gaussians", components), with(components));
      tried->fit(own);
      energies_.push_back(stats::summarise(tried->score(data.validation)).mean);
      if (done == 0 || energies_[done] < energies_[kept]) {
        kept = done;
        kept_ = std::move(tried);
      }
    }
    for (std::size_t i = 0; i < curves.size(); ++i) {
      data.record(curves[i].first + (i == kept ? "_kept" : ""), curves[i].second);
    }
  }

  void restore(const SavedMethod& saved) override {
    kept_ = make_dagmm_as(
        "", with(static_cast<int>(nn::to_tensor(saved.state, "mixture.weights").size(0))));
    kept_->restore(saved);
    energies_ = nn::to_doubles(nn::to_tensor(saved.state, "energies"));
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return kept_->score(rows);
  }
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    return kept_->graph(g, rows);
  }
  /// That of the mixture that is kept, and what was compared: "energies", in the order of
  /// dagmm_1.components.
  [[nodiscard]] nn::NamedTensors state() override {
    nn::NamedTensors all = kept_->state();
    all.emplace_back("energies", at::tensor(energies_, at::kDouble));
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    double sum = 0;
    for (const int components : options_.components) {
      sum += dagmm_seconds(with(components), cell);
    }
    return sum;
  }

 private:
  [[nodiscard]] config::DagmmOptions with(int components) const {
    config::DagmmOptions options = dagmm_;
    options.components = components;
    return options;
  }

  config::Dagmm1Options options_;
  config::DagmmOptions dagmm_;
  std::vector<double> energies_;  // mean over the validation rows, by number of Gaussians
  std::unique_ptr<Detector> kept_;
};

}  // namespace

Made make(const config::Dagmm1Method&, const config::Config& config) {
  return std::make_unique<Dagmm1Detector>(config);
}

}  // namespace cance::detectors
