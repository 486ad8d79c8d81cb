// The report of a run directory: report.md, auroc.csv, summary.csv and index.html, each whole or
// absent.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cance::report {

struct ReportOptions {
  std::vector<std::filesystem::path> paths;  ///< folders with run files, or run files
  std::filesystem::path out;                 ///< folder of the report, made when absent
  std::string title = "Anomaly detection results";
};

struct ReportResult {
  std::filesystem::path page;
  std::string plain;        ///< class-wise tables for a terminal
  std::size_t cells = 0;    ///< read
  std::size_t skipped = 0;  ///< run files that could not be used
};

/// Reads the runs and writes the four files. Error when nothing could be read or `out` cannot be
/// written.
ReportResult write_report(const ReportOptions& options);

}  // namespace cance::report
