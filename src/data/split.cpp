#include "data/split.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/ranges.hpp"
#include "base/sha256.hpp"
#include "hdf5/seal.hpp"

namespace cance::data {
namespace {

constexpr std::size_t kFewestTrainingRows = 3;
constexpr const char* kFit = "fit";

using RowNumbers = std::vector<std::int64_t>;

void require_classes(const store::DatasetFile& file, const config::Cell& cell) {
  const auto classes = file.info().class_names.size();
  for (const int k : cell.classes) {
    require(static_cast<std::size_t>(k) < classes,
            "{}: no class {}; classes are 0 to {} (grid.cases)", file.path().string(), k,
            classes - 1);
  }
  const bool pair = cell.classes.size() == 2;
  require(cell.protocol != "bimodal" || pair,
          "protocol bimodal needs two classes a case, {} has {}; write grid.cases = 0+1,0+8",
          cell.case_name(), cell.classes.size());
}

RowNumbers rows_that_are(bool normal, const config::Cell& cell,
                         const std::vector<std::int32_t>& labels) {
  RowNumbers rows;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (is_normal(cell, labels[i]) == normal) {
      rows.push_back(static_cast<std::int64_t>(i));
    }
  }
  return rows;
}

/// Judges these rows of the test part, ascending.
void judge_rows(Split& split, const config::Cell& cell, const std::vector<std::int32_t>& labels,
                RowNumbers rows) {
  std::ranges::sort(rows);
  split.test = std::move(rows);
  for (const std::int64_t row : split.test) {
    split.test_labels.push_back(is_normal(cell, labels[static_cast<std::size_t>(row)]) ? 0 : 1);
  }
}

/// Rows to train on, and anomalies that a label may make known.
struct Candidates {
  RowNumbers normal, anomalous;
};

/// The whole test part is judged.
Candidates split_parts(Split& split, const store::DatasetFile& file, const config::Cell& cell) {
  split.train_part = "train";
  split.test_part = "test";
  const auto& labels = file.labels("test");
  RowNumbers all(labels.size());
  std::iota(all.begin(), all.end(), 0);
  judge_rows(split, cell, labels, std::move(all));
  if (cell.protocol == "given" && file.info().class_names.size() > 2) {
    split.test_kinds = labels;
  }
  const auto& train = file.labels("train");
  return {rows_that_are(true, cell, train), rows_that_are(false, cell, train)};
}

/// Every normal row, with or without anomalies beside it.
Candidates take_all(Split& split, const store::DatasetFile& file, const config::Cell& cell) {
  split.train_part = split.test_part = file.parts().front();
  const auto& labels = file.labels(split.train_part);
  return {rows_that_are(true, cell, labels), rows_that_are(false, cell, labels)};
}

/// `rows` in the order that the seed draws.
RowNumbers drawn(const RowNumbers& rows, int seed) {
  constexpr std::uint64_t kHalves = 1;  // apart from the draw of the held-out rows
  const Random random(static_cast<std::uint64_t>(seed), Purpose::split, kHalves);
  RowNumbers result;
  for (const std::int64_t i : random.permutation(rows.size())) {
    result.push_back(rows[static_cast<std::size_t>(i)]);
  }
  return result;
}

/// One part into training and test rows by src/protocols.md, section 4; candidates ascending.
Candidates split_table(Split& split, const store::DatasetFile& file, const config::Cell& cell) {
  split.train_part = split.test_part = "all";
  const auto& labels = file.labels("all");
  RowNumbers all(labels.size());
  std::iota(all.begin(), all.end(), 0);
  const auto normal = [&](std::int64_t row) {
    return is_normal(cell, labels[static_cast<std::size_t>(row)]);
  };
  RowNumbers anomalous;
  std::ranges::remove_copy_if(all, std::back_inserter(anomalous), normal);
  const bool from_all = cell.protocol == "dagmm";
  const RowNumbers order = drawn(from_all ? all : rows_that_are(true, cell, labels), cell.seed);
  const std::size_t half = order.size() / 2;
  const std::size_t train =
      cell.protocol == "drocc" ? order.size() - std::min(order.size(), anomalous.size()) : half;
  const auto cut = order.begin() + static_cast<std::ptrdiff_t>(train);
  RowNumbers test(cut, order.end());
  if (!from_all) {
    test.insert(test.end(), anomalous.begin(), anomalous.end());
  }
  judge_rows(split, cell, labels, std::move(test));
  if (cell.classes.empty() && file.info().class_names.size() > 2) {
    std::ranges::transform(split.test, std::back_inserter(split.test_kinds),
                           [&](std::int64_t row) { return labels[static_cast<std::size_t>(row)]; });
  }
  Candidates candidates;
  std::partition_copy(order.begin(), cut, std::back_inserter(candidates.normal),
                      std::back_inserter(candidates.anomalous), normal);
  std::ranges::sort(candidates.normal);
  std::ranges::sort(candidates.anomalous);
  return candidates;
}

/// Labels as many of these anomalies, drawn by seed, as make `share` of all training rows.
void label(Split& split, const RowNumbers& anomalous, double share, const config::Cell& cell) {
  if (share == 0) {
    return;
  }
  const auto normals = static_cast<double>(split.train.size());
  const auto wanted =
      static_cast<std::size_t>(std::max(1LL, std::llround(normals * share / (1 - share))));
  require(wanted <= anomalous.size(),
          "split.labelled_share = {} wants {} labelled anomalies, protocol {} leaves {} that are "
          "not judged; take fewer, or 0",
          share, wanted, cell.protocol, anomalous.size());
  constexpr std::uint64_t kLabels = 2;  // apart from the other draws
  const Random random(static_cast<std::uint64_t>(cell.seed), Purpose::split, kLabels);
  const auto order = random.permutation(anomalous.size());
  for (std::size_t i = 0; i < wanted; ++i) {
    split.labelled.push_back(anomalous[static_cast<std::size_t>(order[i])]);
  }
  std::ranges::sort(split.labelled);
}

/// Moves the held-out share of `rows`, drawn by seed, into the second part.
void hold_out(Split& split, const RowNumbers& rows, double share, int seed) {
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

void require_parts(const store::DatasetFile& file, const config::Cell& cell) {
  const std::vector<std::string> parts = config::is_table_rule(cell.protocol)
                                             ? std::vector<std::string>{"all"}
                                             : std::vector<std::string>{"train", "test"};
  require(file.parts() == parts, "{}: protocol {} needs the part{} {}; this file has {}; {}",
          file.path().string(), cell.protocol, parts.size() == 1 ? "" : "s",
          fmt::join(parts, " and "), fmt::join(file.parts(), " and "),
          parts.size() == 1 ? "protocol given takes its own split"
                            : "the protocols goad, dagmm and drocc split it");
}

Candidates split_by_protocol(Split& split, const store::DatasetFile& file,
                             const config::Cell& cell) {
  if (cell.protocol == kFit) {
    return take_all(split, file, cell);
  }
  require_parts(file, cell);
  return config::is_table_rule(cell.protocol) ? split_table(split, file, cell)
                                              : split_parts(split, file, cell);
}

std::string hash_rows(const Split& split) {
  std::string text;
  for (const auto* rows : {&split.train, &split.validation, &split.test}) {
    text += fmt::format("{}\n", fmt::join(*rows, " "));
  }
  if (!split.labelled.empty()) {
    text += fmt::format("{}\n", fmt::join(split.labelled, " "));
  }
  return sha256(text);
}

}  // namespace

bool is_normal(const config::Cell& cell, std::int32_t label) {
  if (cell.classes.empty()) {
    return label == 0;
  }
  const bool in_case = contains(cell.classes, label);
  return in_case != (cell.protocol == "multimodal");
}

Split make_split(const store::DatasetFile& file, const config::Cell& cell,
                 const config::SplitOptions& options) {
  require_classes(file, cell);
  Split split;
  const auto [rows, anomalies] = split_by_protocol(split, file, cell);
  require(rows.size() >= kFewestTrainingRows,
          "{}: {} normal training rows for {} of protocol {}; at least {} are needed",
          file.path().string(), rows.size(), cell.case_name(), cell.protocol, kFewestTrainingRows);
  hold_out(split, rows, options.validation_share, cell.seed);
  label(split, anomalies, options.labelled_share, cell);
  if (cell.protocol == kFit) {
    judge_rows(split, cell, file.labels(split.test_part), split.validation);
  }
  const auto anomalous = std::ranges::count(split.test_labels, 1);
  const auto normal = std::ranges::count(split.test_labels, 0);
  require(cell.protocol == kFit || (anomalous > 0 && normal > 0),
          "{}: {} has {} normal and {} anomalous test rows; both are needed to judge (protocol fit "
          "trains without)",
          file.path().string(), cell.case_name(), normal, anomalous);
  split.sha256 = hash_rows(split);
  return split;
}

std::string dataset_sha256(const store::DatasetFile& file) {
  const store::DatasetInfo& info = file.info();
  std::string text =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n", info.name, fmt::join(info.class_names, "\t"),
                  fmt::join(info.column_names, "\t"), fmt::join(info.one_hot_columns, "\t"),
                  info.preparation, info.manifest);
  for (const auto& source : info.sources) {
    text += fmt::format("{} {}\n", source.name, source.sha256);
  }
  if (info.sources.empty()) {  // made by other means: all that is known of the numbers is the file
    text += hdf5::content_sha256(file.path()) + "\n";
  }
  for (const std::string& part : file.parts()) {
    text += fmt::format("{} {}\n{}\n", part, fmt::join(file.row_shape(), "x"),
                        fmt::join(file.labels(part), " "));
  }
  return sha256(text);
}

}  // namespace cance::data
