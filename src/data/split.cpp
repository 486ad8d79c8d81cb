#include "data/split.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/sha256.hpp"

namespace cance::data {
namespace {

constexpr std::size_t kFewestTrainingRows = 3;

std::vector<std::int64_t> normal_rows(const config::Cell& cell,
                                      const std::vector<std::int32_t>& labels) {
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (is_normal(cell, labels[i])) {
      rows.push_back(static_cast<std::int64_t>(i));
    }
  }
  return rows;
}

/// Moves the held-out share of `rows`, drawn by seed, into the second part.
void hold_out(Split& split, const std::vector<std::int64_t>& rows, double share, int seed) {
  const auto wanted = std::llround(share * static_cast<double>(rows.size()));
  const auto held = static_cast<std::size_t>(
      std::clamp<long long>(wanted, 1, static_cast<long long>(rows.size()) - 2));
  const auto order =
      Random(static_cast<std::uint64_t>(seed), Purpose::split).permutation(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    (i < held ? split.validation : split.train).push_back(rows[static_cast<std::size_t>(order[i])]);
  }
  std::ranges::sort(split.validation);
  std::ranges::sort(split.train);
}

std::string hash_rows(const Split& split) {
  std::string text;
  for (const auto* rows : {&split.train, &split.validation, &split.test}) {
    text += fmt::format("{}\n", fmt::join(*rows, " "));
  }
  return sha256(text);
}

}  // namespace

bool is_normal(const config::Cell& cell, std::int32_t label) {
  return cell.protocol == "unimodal" ? label == cell.case_number : label != cell.case_number;
}

Split make_split(const store::DatasetFile& file, const config::Cell& cell,
                 const config::SplitOptions& options) {
  require(file.parts() == std::vector<std::string>{"train", "test"},
          "{}: protocol {} needs the parts train and test; this file has {}", file.path().string(),
          cell.protocol, fmt::join(file.parts(), ", "));
  const auto classes = file.info().class_names.size();
  require(static_cast<std::size_t>(cell.case_number) < classes,
          "{}: no class {}; classes are 0 to {} (grid.cases)", file.path().string(),
          cell.case_number, classes - 1);
  Split split;
  split.train_part = "train";
  split.test_part = "test";
  const auto rows = normal_rows(cell, file.labels("train"));
  require(rows.size() >= kFewestTrainingRows,
          "{}: {} normal training rows for {} of protocol {}; at least {} are needed",
          file.path().string(), rows.size(), cell.case_name(), cell.protocol, kFewestTrainingRows);
  hold_out(split, rows, options.validation_share, cell.seed);
  for (const std::int32_t label : file.labels("test")) {
    split.test.push_back(static_cast<std::int64_t>(split.test.size()));
    split.test_labels.push_back(is_normal(cell, label) ? 0 : 1);
  }
  const auto anomalous = std::ranges::count(split.test_labels, 1);
  const auto normal = std::ranges::count(split.test_labels, 0);
  require(anomalous > 0 && normal > 0,
          "{}: {} has {} normal and {} anomalous test rows; both are needed to judge",
          file.path().string(), cell.case_name(), normal, anomalous);
  split.sha256 = hash_rows(split);
  return split;
}

std::string dataset_sha256(const store::DatasetFile& file) {
  std::string text = file.info().name + "\n";
  for (const auto& source : file.info().sources) {
    text += fmt::format("{} {}\n", source.name, source.sha256);
  }
  for (const std::string& part : file.parts()) {
    text += fmt::format("{} {} {}\n", part, file.rows(part), fmt::join(file.row_shape(), "x"));
  }
  return sha256(text);
}

}  // namespace cance::data
