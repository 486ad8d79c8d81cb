#include "pipeline/train/check_data.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <span>

#include "base/error.hpp"
#include "data/split.hpp"
#include "detectors/detector.hpp"
#include "represent/representation.hpp"

namespace cance::pipeline {
namespace {

constexpr std::size_t kBlockRows = 4096;

/// The normal training rows of a case, held-out ones included, and whether two of them differ.
struct Case {
  std::string name;
  std::vector<std::int64_t> rows;  // ascending
  std::size_t next = 0;
  std::vector<float> first;
  bool varies = false;
};

using Planned = std::vector<const PlannedCell*>;

/// Splits do not depend on the seed in which rows are normal, so the first cell of a case stands
/// for it.
std::map<std::string, Case> cases_of(const store::DatasetFile& dataset,
                                     const config::Config& config, const Planned& cells) {
  std::map<std::string, Case> cases;
  for (const PlannedCell* planned : cells) {
    const std::string key = planned->cell.protocol + "/" + planned->cell.case_name();
    if (cases.contains(key)) {
      continue;
    }
    data::Split split = data::make_split(dataset, planned->cell, config.split);
    Case& one = cases[key];
    one.name = planned->cell.case_name();
    std::ranges::merge(split.train, split.validation, std::back_inserter(one.rows));
  }
  return cases;
}

/// Goes through the case's rows among those of the block, which begins with row `begin`.
void look_at(Case& one, std::span<const float> block, std::int64_t begin, std::size_t size) {
  const auto end = begin + static_cast<std::int64_t>(block.size() / size);
  for (; one.next < one.rows.size() && one.rows[one.next] < end; ++one.next) {
    const auto at = static_cast<std::size_t>(one.rows[one.next] - begin);
    const auto row = block.subspan(at * size, size);
    if (one.first.empty()) {
      one.first.assign(row.begin(), row.end());
    }
    one.varies = one.varies || !std::ranges::equal(row, one.first);
  }
}

using Look = std::function<void(std::span<const float> block, std::int64_t begin)>;

/// Reads a part in blocks of rows; DatasetFile::read refuses what is not finite.
void read_part(const store::DatasetFile& dataset, const std::string& part, const Look& look) {
  std::vector<std::int64_t> rows;
  for (std::size_t first = 0; first < dataset.rows(part); first += kBlockRows) {
    rows.resize(std::min(kBlockRows, dataset.rows(part) - first));
    std::iota(rows.begin(), rows.end(), static_cast<std::int64_t>(first));
    look(dataset.read(part, rows), rows.front());
  }
}

/// Whether all parts of an experiment can work on rows as these.
void check_settings(const store::DatasetFile& dataset, const config::Experiment& experiment) {
  const config::Config& config = experiment.config;
  try {
    represent::require_usable(config, dataset.row_shape());
    for (const std::string& method : config.grid.methods) {
      detectors::make_detector(method, config)->require_usable(dataset.row_shape());
    }
  } catch (const Error& error) {
    fail("{} on {}: {}", experiment.origin, dataset.path().string(), error.what());
  }
}

/// Reads all rows once.
void check_rows(const store::DatasetFile& dataset, std::map<std::string, Case>& cases) {
  const std::size_t size = element_count(dataset.row_shape());
  for (const std::string& part : dataset.parts()) {
    read_part(dataset, part, [&](std::span<const float> block, std::int64_t begin) {
      for (auto& [key, one] : cases) {
        if (part != "test") {
          look_at(one, block, begin, size);
        }
      }
    });
  }
  for (const auto& [key, one] : cases) {
    require(
        one.varies,
        "{}: all {} normal training rows of {} are the same; there is nothing to learn, look at "
        "how the file was made",
        dataset.path().string(), one.rows.size(), one.name);
  }
}

}  // namespace

void check_data(DataRoot& data, const std::vector<config::Experiment>& experiments,
                const std::vector<PlannedCell>& cells) {
  std::map<std::string, std::map<std::size_t, Planned>> by_dataset;
  for (const PlannedCell& planned : cells) {
    by_dataset[planned.cell.dataset][planned.experiment].push_back(&planned);
  }
  for (const auto& [name, by_experiment] : by_dataset) {
    const store::DatasetFile& dataset = data.file(name);
    std::map<std::string, Case> cases;
    for (const auto& [experiment, own] : by_experiment) {
      check_settings(dataset, experiments[experiment]);
      cases.merge(cases_of(dataset, experiments[experiment].config, own));
    }
    check_rows(dataset, cases);
  }
}

}  // namespace cance::pipeline
