// A run as an archive knows it: who it is, what it measured, and its checksums.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/run_file.hpp"

namespace cance::archive {

struct Member {
  store::RunInfo info;
  std::vector<store::Metric> metrics;
  std::int64_t normals = 0, anomalies = 0;  ///< test rows
  std::string sha256;       ///< of the content (hdf5::group_sha256), the same in every copy
  std::string file;         ///< run file it came from, as seen from the archive's folder
  std::string file_sha256;  ///< of that file (its checksum line)
};

using store::InfoField;
/// The fields of RunInfo that a member has, with the names of their columns. The settings text is
/// not among them: it stays with the run.
[[nodiscard]] std::span<const std::pair<const char*, InfoField>> info_fields();

/// All but the checksums and the file.
[[nodiscard]] Member member_of(const store::RunRecord& record);

/// Reads a whole run file with every check, computes its metrics anew and its checksum. Errors:
/// damaged, incomplete, no run file, metrics that do not follow from scores and labels.
[[nodiscard]] Member examine(const std::filesystem::path& file);
/// The same of a run inside an archive, without the file.
[[nodiscard]] Member examine(const hdf5::Group& run);

/// Error, with both files, where two runs are of the same cell.
void require_cells_once(std::span<const Member> members);
/// The same where two runs have one method of the same cell, so that no mean counts it twice.
void require_methods_once(std::span<const Member> members);

/// Of a method by its scores of the test rows, as the run's protocol judges; none where no row is
/// anomalous (protocol fit).
[[nodiscard]] std::vector<store::Metric> metrics_of(const store::RunRecord& run,
                                                    const std::string& method,
                                                    std::span<const double> scores);
/// The value of a metric of a method, where the run has it.
[[nodiscard]] std::optional<double> metric_value(const store::RunRecord& run,
                                                 const std::string& method,
                                                 const std::string& metric);

/// Error unless every stored metric follows from scores and labels (to 1e-12), and every method
/// that has scores has its AUROC; how many metrics there are.
std::size_t check_metrics(const store::RunRecord& run);

/// As text and back, to send it to another rank.
[[nodiscard]] std::string to_json(const Member& member);
[[nodiscard]] Member from_json(const std::string& text);

}  // namespace cance::archive
