// A method of a finished run, made again from its run file, that scores rows it has not seen.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/matrix.hpp"
#include "stats/shapley.hpp"
#include "stats/tail_score.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {

/// The run of a run file, or of an archive as "archive.h5:CELL". Errors, beside those of reading
/// it: it keeps too little to score with.
[[nodiscard]] store::RunRecord open_trained_run(const std::filesystem::path& path);

/// `name`, or the last method of the run where it is empty. Error: the run has no such method.
[[nodiscard]] std::string method_of(const store::RunRecord& run, const std::string& name);

/// What there is to know of a block of rows.
struct RowScores {
  std::vector<double> scores;     ///< (B), high = anomalous
  Matrix<double> contributions;   ///< (B, groups), or nothing
  std::vector<float> error_maps;  ///< (B, h, w), of a table (B, d), or nothing
  Matrix<double> columns;         ///< (B, columns), or nothing
};

/// Rows with which the columns of a table are compared, and where the numbers of each column end.
struct ColumnRequest {
  stats::Background background;
  std::vector<std::size_t> ends;
};

class TrainedModel {
 public:
  /// On `device` (auto | cpu | cuda), in the precision of the run; of an ensemble all members.
  /// Errors: no such device, a method that keeps nothing to score with, tensors that are not those
  /// of the settings.
  TrainedModel(const store::RunRecord& run, const std::string& method, const std::string& device);
  ~TrainedModel();

  [[nodiscard]] bool on_cpu() const;
  /// Shape of a row.
  [[nodiscard]] const Shape& row() const { return row_; }
  /// Whether there can be error maps: the run, or a member, has a representation.
  [[nodiscard]] bool reconstructs() const;
  /// Rows that are scored together; a part of that many rows gives the bits of the whole.
  [[nodiscard]] std::size_t block_rows() const;
  /// Parts of the composite feature that share out a score; none where the method sees more.
  [[nodiscard]] const std::vector<std::string>& groups() const { return group_names_; }
  /// The score that contributions start from: that of the mean of the training composites.
  [[nodiscard]] double typical_score() const { return typical_score_; }

  struct Wanted {
    bool contributions = false;
    /// (x - x^)^2 as the model sees a row: of images the mean over channels; of an ensemble those
    /// of its first member that has some; none where nothing reconstructs.
    bool error_maps = false;
    /// Shapley values of columns (stats::shapley_values).
    const ColumnRequest* columns = nullptr;
  };
  /// Of rows (B, row...) one after another, images as 0..255. A row that holds a NaN gets NaN for
  /// everything; a score that overflows is detectors::kOverflow. May be called by several threads.
  [[nodiscard]] RowScores score(std::span<const float> rows, const Wanted& wanted) const;

 private:
  struct Parts;
  [[nodiscard]] RowScores own_scores(std::span<const float> rows, const Wanted& wanted) const;
  [[nodiscard]] RowScores joined_scores(std::span<const float> rows, const Wanted& wanted) const;
  [[nodiscard]] std::vector<float> error_maps(std::span<const float> rows) const;

  Shape row_;
  bool contrast_ = false;
  std::vector<std::string> group_names_;
  double typical_score_ = 0;
  std::unique_ptr<Parts> parts_;  // none of an ensemble
  std::vector<std::unique_ptr<TrainedModel>> members_;
  std::vector<stats::TailScore> tails_;
  std::string rule_;
};

}  // namespace cance::pipeline
