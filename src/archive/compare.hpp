// Two sets of runs side by side: which numbers changed beyond seed noise, which settings differ.
#pragma once

#include <string>
#include <vector>

#include "archive/member.hpp"
#include "stats/summary.hpp"

namespace cance::archive {

enum class Verdict {
  same,     ///< equal to the bit
  noise,    ///< within the interval of seed noise
  beyond,   ///< outside of it
  unknown,  ///< fewer than two seeds on a side: the noise is not known
};

/// A metric of a method in one case, over the seeds that both sides have.
struct CompareRow {
  std::string dataset, protocol, case_name, method, metric;
  stats::Summary a, b;
  double difference = 0;  ///< mean of b minus mean of a
  double margin = 0;      ///< half width of the 95 % interval of the difference (Welch)
  Verdict verdict = Verdict::same;
};

/// A key of the settings that differs in some cells.
struct SettingChange {
  std::string key, a, b;  ///< "" where a side does not have the key
  std::size_t cells = 0;
};

struct CompareResult {
  std::vector<CompareRow> rows;
  std::vector<std::string> only_a, only_b;  ///< cells; metrics as "CELL METHOD METRIC"
  std::vector<SettingChange> settings;
  std::vector<std::string> other_data;  ///< cells of another dataset file or split
  std::size_t cells = 0;                ///< that both have
};

/// What a row says of its difference, and that the mean fell by more than `tolerance`: as a
/// regression where it is beyond seed noise, else as a drop.
[[nodiscard]] std::string verdict_text(const CompareRow& row, double tolerance);

/// Pairs cells by name. Cells and metrics that one side lacks are listed, not compared. Error: a
/// cell twice on a side; no cell in common.
[[nodiscard]] CompareResult compare(const std::vector<Member>& a, const std::vector<Member>& b);

}  // namespace cance::archive
