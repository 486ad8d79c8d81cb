// The report of runs: index.html, report.md, report.tex, tables.csv (every table as it is shown),
// auroc.csv (all metrics of cells) and summary.csv (means), both with the settings on which runs
// differ; none of them is replaced before all are written. Before them figures/ and tables/, which
// hold each figure and table; those of an earlier report that this one does not have are removed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "report/document/page.hpp"
#include "report/runs/gather.hpp"

namespace cance::report {

struct ReportOptions {
  std::vector<std::filesystem::path> paths;  ///< folders with run files, run files, archives
  std::filesystem::path out;                 ///< folder of the report, made when absent
  std::string title = "Anomaly detection results";
  bool newest = false;  ///< of a method that several runs of a cell have, the newest counts
};

struct ReportResult {
  std::filesystem::path page;
  std::string plain;        ///< class-wise tables for a terminal
  std::size_t cells = 0;    ///< read
  std::size_t skipped = 0;  ///< run files that could not be used
};

/// Reads the runs and writes the files. Error when nothing could be read or `out` cannot be
/// written; old files then stay.
ReportResult write_report(const ReportOptions& options);
/// What it says: tables and figures of each group, and where every number comes from.
/// `folder` is where it will lie, for links to run files.
[[nodiscard]] Document make_document(const Gathered& gathered, const std::string& title,
                                     const std::filesystem::path& folder);

}  // namespace cance::report
