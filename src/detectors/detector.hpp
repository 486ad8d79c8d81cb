// The interface of a method: fit on normal rows, then score. A method is a file and a maker.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/matrix.hpp"
#include "config/options.hpp"
#include "nn/export/graph_builder.hpp"
#include "nn/training.hpp"
#include "represent/feature_transform.hpp"
#include "stats/moments.hpp"

namespace cance::detectors {

/// Rows in every form that a method may want; row i is the same one in the first two.
struct CellRows {
  /// (N, m + 2) on the host, e and c as they are; undefined where no method of the cell reads it.
  at::Tensor composite;
  nn::Rows* normalised = nullptr;  ///< (N, row...), as the representation sees them
  nn::Rows* raw = nullptr;         ///< (N, row...), or fewer: without mirrored copies
};

/// The same forms as values of a score graph.
struct GraphRows {
  std::string composite;   ///< (n, m + 2), in the graph's precision, as all of them
  std::string normalised;  ///< (n, row...)
  std::string raw;         ///< (n, row...), images as 0..1
};

/// What a method may see while it trains; all rows are normal.
struct TrainingData {
  CellRows train, validation;
  const represent::FeatureTransform& transform;  ///< of e and c, for densities
  const stats::Moments& raw_moments;             ///< of train.composite, empty without it
  const stats::Moments& moments;                 ///< of train.composite, transformed
  std::uint64_t seed = 0;
  nn::Compute compute;
  nn::Checkpoints* checkpoints = nullptr;
  nn::ProgressCallback progress;
  CellRows labelled = {};  ///< known anomalies without composites; null where there are none
  store::Histories* histories = nullptr;  ///< takes the training curves, by stage

  /// `progress` of what takes this fraction of the method's time after `from` of it. For less long
  /// than this lives.
  [[nodiscard]] nn::ProgressCallback progress_from(double from, double fraction) const {
    return [this, from, fraction](nn::StageProgress part) {
      part.fraction = from + fraction * part.fraction;
      progress(part);
    };
  }
  void record(const std::string& stage, store::History history) const {
    if (histories != nullptr) {
      histories->emplace_back(stage, std::move(history));
    }
  }
};

/// What the cost of a method depends on, beside its settings.
struct CellSize {
  double rows = 0;    ///< that it trains on
  Shape row;          ///< {c, h, w} or {d}
  double scored = 0;  ///< rows, of validation and test
  int copies = 1;     ///< of each training row, mirrored ones with it, which raw rows are without
  [[nodiscard]] CellSize raw() const { return {rows / copies, row, scored}; }
  /// Rows where at most so many are kept; 0: all.
  [[nodiscard]] double rows_up_to(int most) const {
    return most > 0 ? std::min<double>(most, rows) : rows;
  }
  [[nodiscard]] double elements() const { return static_cast<double>(element_count(row)); }
};

/// Rows that a training of this length takes up, by its steps where they are not 0: whole epochs.
[[nodiscard]] inline double rows_seen(int epochs, int steps, int batch, double rows) {
  const double batches = std::max(1.0, std::ceil(rows / batch));
  return (steps > 0 ? std::ceil(steps / batches) : epochs) * rows;
}

/// What a run file keeps of a fitted method, and of what it stood on.
struct SavedMethod {
  store::TensorMap state;  ///< what `state` gave
  represent::FeatureTransform transform;
  std::vector<double> mean;   ///< of the transformed training composites, [m + 2]
  Matrix<double> covariance;  ///< of the same, [m + 2, m + 2]
  nn::Compute compute;
};

class Detector {
 public:
  virtual ~Detector() = default;

  /// Error: the method, with its settings, is not for rows of this shape, {c, h, w} or {d}.
  virtual void require_usable(const Shape& /*row*/) {}
  /// Collective over the team, and so is `score`.
  virtual void fit(const TrainingData& data) = 0;
  /// In place of `fit`: from here on `score` gives the bits that the method of this state gave.
  /// Error: a tensor is missing or has another shape; the method keeps nothing to score new rows.
  virtual void restore(const SavedMethod& saved);
  /// One score a row, high = anomalous, after fit or restore. A row's score depends on blocks of
  /// nn::kBlock rows at most, so that parts of whole blocks score as all rows together. Where
  /// numbers overflow it need not be finite: callers take `scores_of`.
  [[nodiscard]] virtual std::vector<double> score(const CellRows& rows) const = 0;

  /// After restore: what `score` computes, as a float64 value (n) or (n, 1) of the graph. Error:
  /// the method has no such form.
  [[nodiscard]] virtual std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const;

  /// Learned noise scale a, where there is one.
  [[nodiscard]] virtual std::vector<double> noise_scale() const { return {}; }
  /// Tensors that `score` needs, in the precision in which it uses them.
  [[nodiscard]] virtual nn::NamedTensors state() { return {}; }
  /// Whether the score is a function of CellRows::composite alone.
  [[nodiscard]] virtual bool sees_composite_only() const { return false; }
  /// Seconds of one core of 2024 for a cell of this size, to a factor of two or three: for progress
  /// and balance.
  [[nodiscard]] virtual double seconds(const CellSize&) const { return 0; }
};

/// The score of a row so far from all others that its own is beyond float64: the greatest number,
/// so that the row ranks first and whatever reads scores still finds numbers.
inline constexpr double kOverflow = std::numeric_limits<double>::max();

/// The detector's scores, finite: kOverflow for NaN (infinities that met) and infinity.
[[nodiscard]] std::vector<double> scores_of(const Detector& detector, const CellRows& rows);

/// The method of this name ("cance"). Error for an unknown one.
[[nodiscard]] std::unique_ptr<Detector> make_detector(const std::string& name,
                                                      const config::Config& config);

}  // namespace cance::detectors
