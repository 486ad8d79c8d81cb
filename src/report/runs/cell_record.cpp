#include "report/runs/cell_record.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>

#include "base/ranges.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "config/methods.hpp"
#include "stats/auroc.hpp"

namespace cance::report {
namespace {

/// True positive rates at roc_rates, linear between the points of the curve.
std::vector<double> rates_of(const std::vector<stats::RocPoint>& curve) {
  std::vector<double> rates;
  std::size_t at = 0;
  for (const double rate : roc_rates()) {
    while (at + 1 < curve.size() && curve[at + 1].false_positive_rate <= rate) {
      ++at;
    }
    double value = curve[at].true_positive_rate;
    if (at + 1 < curve.size()) {
      const double share = (rate - curve[at].false_positive_rate) /
                           (curve[at + 1].false_positive_rate - curve[at].false_positive_rate);
      value += share * (curve[at + 1].true_positive_rate - value);
    }
    rates.push_back(value);
  }
  return rates;
}

/// Precision of the fewest rows from the top that have each recall, as average precision counts it.
std::vector<double> precisions_of(const std::vector<stats::RocPoint>& curve, double normals,
                                  double anomalies) {
  std::vector<double> values;
  auto point = curve.begin() + 1;
  for (const double recall : recalls()) {
    constexpr double kRounding = 1e-12;
    while (point + 1 < curve.end() && point->true_positive_rate < recall - kRounding) {
      ++point;
    }
    const double right = point->true_positive_rate * anomalies;
    values.push_back(right / (right + point->false_positive_rate * normals));
  }
  return values;
}

/// Finite losses, thinned to kMostEpochs; the last stays.
std::vector<Point> loss_points(const store::History& history, const std::vector<double>& loss) {
  std::vector<Point> points;
  const std::size_t count = std::min(loss.size(), history.epoch.size());
  const std::size_t step = (count + kMostEpochs - 1) / kMostEpochs;
  for (std::size_t i = 0; i < count; ++i) {
    if (std::isfinite(loss[i]) && (count - 1 - i) % step == 0) {
      points.push_back({static_cast<double>(history.epoch[i]), loss[i]});
    }
  }
  return points;
}

/// Absent without epochs.
std::optional<StageRecord> stage_of(const store::History& history) {
  if (history.epoch.empty()) {
    return std::nullopt;
  }
  const auto least = std::ranges::min_element(history.validation_loss);
  const auto at = static_cast<std::size_t>(least - history.validation_loss.begin());
  return StageRecord{history.epoch.back(), history.epoch[at], history.seconds.back(),
                     loss_points(history, history.train_loss),
                     loss_points(history, history.validation_loss)};
}

bool is_of_representation(const std::pair<const std::string, StageRecord>& stage) {
  return !config::is_method(config::method_of_stage(stage.first));
}

}  // namespace

double CellRecord::metric(const std::string& method, const std::string& name) const {
  const auto of_method = metrics.find(method);
  if (of_method == metrics.end() || !of_method->second.contains(name)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return of_method->second.at(name);
}

const Run& CellRecord::run_of(const std::string& method) const {
  const auto has = [&](const Run& run) { return run.methods.contains(method); };
  return *std::ranges::find_if(runs, has);
}

bool CellRecord::same_rows(const CellRecord& other) const {
  const store::RunInfo& here = runs.front().info;
  const store::RunInfo& there = other.runs.front().info;
  return here.dataset_sha256 == there.dataset_sha256 && here.split_sha256 == there.split_sha256;
}

std::string CellRecord::conflict(const CellRecord& other) const {
  if (!same_rows(other)) {
    return "of other rows";
  }
  std::vector<std::string> both, differing;
  for (const auto& [method, values] : other.metrics) {
    const auto own = metrics.find(method);
    if (own != metrics.end()) {
      both.push_back(method);
      if (own->second != values) {
        differing.push_back(method);
      }
    }
  }
  if (!differing.empty()) {
    return "with other values of " + cance::join(differing, ", ");
  }
  return both.size() < other.metrics.size() ? "" : "with " + cance::join(both, ", ");
}

void CellRecord::join(CellRecord&& other) {
  if (!sees_representation() && other.sees_representation()) {
    tell_representation_of(other);
  }
  for (Run& run : other.runs) {
    std::erase_if(run.methods, [this](const auto& item) { return metrics.contains(item.first); });
  }
  std::ranges::move(other.runs, std::back_inserter(runs));
  std::erase_if(other.stages, is_of_representation);
  metrics.merge(other.metrics);
  curves.merge(other.curves);
  noise.merge(other.noise);
  stages.merge(other.stages);
}

void CellRecord::drop_older(CellRecord& other) {
  const auto own = metrics;
  for (const auto& [method, values] : own) {
    if (other.metrics.contains(method)) {
      const bool newer = run_of(method).info.date < other.run_of(method).info.date;
      (newer ? *this : other).drop(method);
      if (newer && config::method_sees_representation(method)) {
        tell_representation_of(other);
      }
    }
  }
}

bool CellRecord::sees_representation() const {
  return std::ranges::any_of(
      metrics, [](const auto& item) { return config::method_sees_representation(item.first); });
}

void CellRecord::tell_representation_of(const CellRecord& other) {
  columns = other.columns;
  latent_condition = other.latent_condition;
  std::erase_if(stages, is_of_representation);
  std::ranges::copy_if(other.stages, std::inserter(stages, stages.end()), is_of_representation);
}

void CellRecord::drop(const std::string& method) {
  metrics.erase(method);
  curves.erase(method);
  noise.erase(method);
  std::erase_if(stages,
                [&](const auto& item) { return config::method_of_stage(item.first) == method; });
  std::ranges::for_each(runs, [&](Run& run) { run.methods.erase(method); });
  std::erase_if(runs, [](const Run& run) { return run.methods.empty(); });
}

const std::vector<double>& roc_rates() {
  constexpr int kSteps = 60;  // of each kind
  constexpr double kDecades = 3;
  static const std::vector<double> rates = [] {
    std::vector<double> values;
    for (int i = 0; i < kSteps; ++i) {
      values.push_back(std::pow(10, -kDecades * (kSteps - i) / kSteps));
      values.push_back(static_cast<double>(i) / kSteps);
    }
    values.push_back(1);
    std::ranges::sort(values);
    return values;
  }();
  return rates;
}

const std::vector<double>& recalls() {
  constexpr int kSteps = 60;
  static const std::vector<double> values = [] {
    std::vector<double> all;
    for (int i = 1; i <= kSteps; ++i) {
      all.push_back(static_cast<double>(i) / kSteps);
    }
    return all;
  }();
  return values;
}

std::string shared_settings(const std::string& config) {
  std::string shared;
  for (const std::string& line : split(trim(config), '\n')) {
    if (!line.starts_with("cases =") && !line.starts_with("seeds =") &&
        !line.starts_with("methods =")) {
      shared += line + "\n";
    }
  }
  return shared;
}

std::string method_settings(const std::string& config, const std::string& method) {
  return shared_settings(config::renewed_text(config, {method}));
}

std::string schedule_of(const std::string& config) {
  const std::string head = "\n[schedule]\nshare = ";
  const auto at = config.find(head);
  if (at == std::string::npos) {
    return "1";
  }
  // The value of a line "NAME = ..." of a text, or nothing.
  const auto value_in = [](const std::string& text, const std::string& name) -> std::string {
    const std::string key = "\n" + name + " = ";
    const auto place = text.find(key);
    return place == std::string::npos ? "" : first_line(text.substr(place + key.size()));
  };
  const auto begin = at + head.size();
  const std::string section = config.substr(begin, config.find("\n[", begin) - begin);
  const std::string share = first_line(section);
  auto own = split(value_in(section, "shares"), ',');
  const auto methods = split(value_in(config, "methods"), ',');
  std::erase_if(own, [&](const std::string& text) {  // methods that are not trained
    const std::string method = text.substr(0, text.find(':'));
    return text.empty() || text == "none" ||
           (!methods.front().empty() && method != config::kRepresentation &&
            !contains(methods, method));
  });
  return own.empty() ? share : fmt::format("{} ({})", share, join_first(own, 2));
}

CellRecord cell_of(const store::RunRecord& record, const std::filesystem::path& file) {
  CellRecord cell;
  cell.case_name = record.info.case_name;
  cell.seed = record.info.seed;
  Run& run = cell.runs.emplace_back(Run{file,
                                        file,
                                        record.info,
                                        sha256(shared_settings(record.info.config)),
                                        nullptr,
                                        schedule_of(record.info.config),
                                        {},
                                        record.origins});
  run.info.config.clear();
  cell.noise = record.noise;
  for (const auto& [name, history] : record.history) {
    if (const auto stage = stage_of(history)) {
      cell.stages[name] = *stage;
    }
  }
  cell.columns = record.composite_columns;
  cell.latent_condition = record.composite_columns.empty()
                              ? std::numeric_limits<double>::quiet_NaN()
                              : record.moments.latent_condition;
  for (const store::Metric& metric : record.metrics) {
    cell.metrics[metric.method][metric.metric] = metric.value;
  }
  for (const auto& [method, values] : cell.metrics) {
    run.methods[method] =
        sha256(record.origins.contains(method) ? "" : method_settings(record.info.config, method));
  }
  cell.anomalies = static_cast<std::size_t>(std::ranges::count(record.labels, 1));
  cell.normals = record.labels.size() - cell.anomalies;
  if (cell.normals > 0 && cell.anomalies > 0) {
    for (const auto& [method, scores] : record.scores) {
      const auto curve = stats::roc_curve(scores, record.labels);
      const auto threshold = record.thresholds.find(method);
      cell.curves[method] = {rates_of(curve),
                             precisions_of(curve, static_cast<double>(cell.normals),
                                           static_cast<double>(cell.anomalies)),
                             histogram_of(scores, record.labels,
                                          threshold == record.thresholds.end()
                                              ? std::numeric_limits<double>::quiet_NaN()
                                              : threshold->second)};
    }
  }
  return cell;
}

}  // namespace cance::report
