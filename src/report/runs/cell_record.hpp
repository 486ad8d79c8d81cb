// The light record of one cell: its numbers, and ROC curves at a fixed number of points, so that
// its size does not depend on the number of rows that were scored.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "archive/run_settings.hpp"
#include "report/runs/histogram.hpp"
#include "store/run_file.hpp"

namespace cance::report {

inline constexpr const char* kAuroc = "auroc";
inline constexpr const char* kAuprc = "auprc";
inline constexpr const char* kMainMethod = "cance";  ///< whose scores are drawn where it ran

/// Where methods of a cell come from.
struct Run {
  std::filesystem::path file;   ///< as it is named: "archive.h5:CELL" in an archive
  std::filesystem::path place;  ///< the file itself
  store::RunInfo info;          ///< the settings text is moved to Gathered::settings
  std::string settings_hash;    ///< SHA-256 of shared_settings
  std::shared_ptr<const archive::Settings> settings;  ///< as trained; gather sets them
  std::string schedule = "1";                         ///< schedule.share
  std::map<std::string, std::string> methods;         ///< SHA-256 of the settings that each reads
  std::map<std::string, store::ScoreOrigin> origins;  ///< of methods that other programs are
};

/// What a run recorded of one stage of training.
struct StageRecord {
  std::int64_t epochs = 0;
  std::int64_t kept = 0;  ///< the epoch with the lowest validation loss; 0: before the first
  double seconds = 0;
  std::vector<Point> train, held;  ///< (epoch, loss), at most kMostEpochs
};
inline constexpr std::size_t kMostEpochs = 100;

/// What is drawn of the test scores of a method; empty where one class has no rows.
struct Curves {
  std::vector<double> recall;     ///< true positive rate at roc_rates
  std::vector<double> precision;  ///< at recalls
  Histogram histogram;
};

struct CellRecord {
  std::string case_name;
  std::int64_t seed = 0;
  std::vector<Run> runs;  ///< one, or several that share the cell's methods out among them
  std::map<std::string, std::map<std::string, double>> metrics;  ///< method -> metric -> value
  std::map<std::string, Curves> curves;              ///< method -> how its scores are drawn
  std::map<std::string, std::vector<double>> noise;  ///< method -> learned scale a of each column
  std::map<std::string, StageRecord> stages;         ///< by name: "deep_svdd.pretraining"
  std::vector<std::string> columns;                  ///< of the composite feature
  double latent_condition = 0;             ///< NaN where the run has no representation of its own
  std::size_t normals = 0, anomalies = 0;  ///< test rows

  /// The value, or NaN where this cell has none.
  [[nodiscard]] double metric(const std::string& method, const std::string& name) const;
  /// The run of a method that `metrics` has.
  [[nodiscard]] const Run& run_of(const std::string& method) const;
  /// Whether a method here depends on the representation.
  [[nodiscard]] bool sees_representation() const;
  /// Whether the runs of `other` were trained and tested on the rows that these were.
  [[nodiscard]] bool same_rows(const CellRecord& other) const;
  /// Why the methods of `other`, a run of the same case and seed, can't stand beside these: other
  /// rows, other values of a method that both have, no method that is not here. Empty: they can.
  [[nodiscard]] std::string conflict(const CellRecord& other) const;
  /// Takes over the methods of `other` that are not here, without a conflict.
  void join(CellRecord&& other);
  /// Of each method that both have, the older run's is dropped there; what is told of the
  /// representation is that of the methods that stay.
  void drop_older(CellRecord& other);

 private:
  void drop(const std::string& method);
  /// What is told of the representation: takes over that of `other`.
  void tell_representation_of(const CellRecord& other);
};

/// The false positive rates at which ROC curves are kept, ascending: those that are even on a
/// logarithmic axis from .001 to 1, and those that are even on a linear one from 0 to 1.
[[nodiscard]] const std::vector<double>& roc_rates();
/// The recalls at which precision is kept, ascending and even, 1 the last.
[[nodiscard]] const std::vector<double>& recalls();

/// A run's settings without its own case, seed and methods: what those of a grid have in common.
[[nodiscard]] std::string shared_settings(const std::string& config);

/// The same of one method alone: without what it does not read.
[[nodiscard]] std::string method_settings(const std::string& config, const std::string& method);

/// schedule.share of a settings text, "0.1 (drocc:0.5)" with the first of
/// schedule.shares; 1 where an earlier
/// build wrote it.
[[nodiscard]] std::string schedule_of(const std::string& config);

/// Light record of one run.
[[nodiscard]] CellRecord cell_of(const store::RunRecord& record, const std::filesystem::path& file);

}  // namespace cance::report
