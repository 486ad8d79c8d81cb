// The interface of a method: fit on normal rows, then score. A method is one file and one row of
// the registry.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "nn/training.hpp"
#include "stats/moments.hpp"

namespace cance::detectors {

/// What a method may see while it trains; all rows are normal.
struct TrainingData {
  torch::Tensor train;            ///< composite features (N, m + 2), on the host
  torch::Tensor validation;       ///< composite features (V, m + 2), on the host
  const stats::Moments& moments;  ///< of `train`
  std::uint64_t seed = 0;
  nn::Compute compute;
  nn::Checkpoints* checkpoints = nullptr;
  nn::ProgressCallback progress;
};

class Detector {
 public:
  Detector() = default;
  virtual ~Detector() = default;
  Detector(const Detector&) = delete;
  Detector& operator=(const Detector&) = delete;

  /// Collective over the team, and so is `score`.
  virtual void fit(const TrainingData& data) = 0;
  /// One score a row of composite features (B, m + 2), high = anomalous. After fit.
  [[nodiscard]] virtual std::vector<double> score(const torch::Tensor& rows) const = 0;

  /// Training curve, where there is one.
  [[nodiscard]] virtual std::optional<store::History> history() const { return std::nullopt; }
  /// Learned noise scale a, where there is one.
  [[nodiscard]] virtual std::vector<double> noise_scale() const { return {}; }
  /// Tensors that `score` needs.
  [[nodiscard]] virtual nn::NamedTensors state() { return {}; }
  /// Share of a cell's density time, for progress and cost.
  [[nodiscard]] virtual double cost() const { return 0; }
};

/// The method of this name ("cance"). Error for an unknown one.
[[nodiscard]] std::unique_ptr<Detector> make_detector(const std::string& name,
                                                      const config::Config& config);

// The makers of the registry, one a method file.
[[nodiscard]] std::unique_ptr<Detector> make_error(const config::Config& config);
[[nodiscard]] std::unique_ptr<Detector> make_gaussian(const config::Config& config);
[[nodiscard]] std::unique_ptr<Detector> make_latnce(const config::Config& config);
[[nodiscard]] std::unique_ptr<Detector> make_cnce(const config::Config& config);
[[nodiscard]] std::unique_ptr<Detector> make_cance(const config::Config& config);

}  // namespace cance::detectors
