// The tables of an archive: /cells with a row a run, /table with a row a metric of a run, and
// /aggregates over seeds. Each is a data frame for whoever opens the file.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "archive/member.hpp"
#include "archive/run_settings.hpp"
#include "hdf5/table.hpp"

namespace cance::archive {

/// The three of these members, which have to outlive it. Each also has a column for each setting
/// that the variants of a sweep set or on which two runs differ (setting_columns): numbers (NaN
/// where a run has none) where all are numbers, else texts.
class Tables {
 public:
  explicit Tables(std::span<const Member> members);

  /// Columns: cell, dataset, protocol, case, representation, seed, what made it, test rows,
  /// seconds, file, file_sha256, sha256.
  [[nodiscard]] hdf5::Table cells() const;
  /// Columns: cell, dataset, protocol, case, representation, seed, method, metric, value.
  [[nodiscard]] hdf5::Table metrics() const;
  /// By (dataset, protocol, variant, representation, case, method, metric): n, mean, deviation
  /// (divisor n - 1) over seeds, and the bootstrap interval of the mean (95 %); NaN for n < 2.
  /// Where seeds differ in a setting, its column has their values, joined by ';'.
  [[nodiscard]] hdf5::Table aggregates() const;

 private:
  std::span<const Member> members_;
  std::vector<Settings> settings_;  ///< by member
};

/// The members of the first two tables. Error: a metric of a cell that /cells does not have.
[[nodiscard]] std::vector<Member> members_of(const hdf5::Table& cells, const hdf5::Table& metrics);

}  // namespace cance::archive
