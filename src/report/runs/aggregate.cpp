#include "report/runs/aggregate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include "base/text.hpp"
#include "config/methods.hpp"
#include "report/document/table.hpp"
#include "stats/summary.hpp"

namespace cance::report {

std::string MeanSd::text(int digits) const {
  return share_text(mean, digits) + (sd ? " ± " + share_text(*sd, digits) : "");
}

MeanSd mean_sd(std::span<const double> values) {
  std::vector<double> finite;
  std::ranges::copy_if(values, std::back_inserter(finite),
                       [](double v) { return std::isfinite(v); });
  const stats::Summary summary = stats::summarise(finite);
  return {summary.mean, summary.n > 1 ? std::optional(summary.deviation) : std::nullopt, summary.n};
}

GroupKind group_kind(const CellGroup& group) {
  constexpr std::array kPictures{"adbench-cifar10", "adbench-fashionmnist", "adbench-svhn",
                                 "adbench-mvtec", "adbench-mnist-c"};  // ADBench's features
  if (std::ranges::any_of(kPictures,
                          [&](const char* name) { return group.dataset.starts_with(name); }) ||
      group.dataset.find("resnet18") != std::string::npos) {
    return GroupKind::features;
  }
  const bool flagged = std::ranges::any_of(group.cells, [](const CellRecord& cell) {
    return std::ranges::any_of(cell.metrics,
                               [](const auto& item) { return item.second.contains("f1"); });
  });
  return flagged ? GroupKind::table : GroupKind::other;
}

std::string lead_metric(const CellGroup& group) {
  return group_kind(group) == GroupKind::table ? "f1" : kAuroc;
}

MeanSd over_seeds(const CellGroup& group, const std::string& case_name, const std::string& method,
                  const std::string& metric) {
  std::vector<double> values;
  for (const CellRecord& cell : group.cells) {
    if (cell.case_name == case_name) {
      values.push_back(cell.metric(method, metric));
    }
  }
  return mean_sd(values);
}

MeanSd over_cases(const CellGroup& group, const std::string& method, const std::string& metric) {
  std::vector<double> case_means;
  for (const std::string& name : group.cases) {
    case_means.push_back(over_seeds(group, name, method, metric).mean);
  }
  std::vector<double> seed_averages;
  for (const std::int64_t seed : group.seeds) {
    std::vector<double> values;
    for (const CellRecord& cell : group.cells) {
      if (cell.seed == seed) {
        values.push_back(cell.metric(method, metric));
      }
    }
    const MeanSd average = mean_sd(values);
    if (average.n == group.cases.size()) {
      seed_averages.push_back(average.mean);
    }
  }
  MeanSd result = mean_sd(case_means);
  if (result.n < group.cases.size()) {
    result.mean = std::numeric_limits<double>::quiet_NaN();
  }
  const MeanSd over = mean_sd(seed_averages);
  result.sd = over.sd;
  result.n = over.n;
  return result;
}

std::string fewer_cells(const CellGroup& group) {
  std::vector<std::string> fewer;
  for (const std::string& method : group.methods) {
    const auto count = std::ranges::count_if(
        group.cells, [&](const CellRecord& cell) { return cell.metrics.contains(method); });
    if (static_cast<std::size_t>(count) < group.cells.size()) {
      fewer.push_back(fmt::format("{} {}", config::method_title(method), count));
    }
  }
  return join(fewer, ", ");
}

std::string mixed_settings(const CellGroup& group) {
  std::map<std::string, std::set<std::string>> settings;
  for (const CellRecord& cell : group.cells) {
    for (const Run& run : cell.runs) {
      for (const auto& [method, hash] : run.methods) {
        settings[method].insert(hash);
      }
    }
  }
  std::vector<std::string> mixed;
  for (const std::string& method : group.methods) {
    if (settings[method].size() > 1) {
      mixed.push_back(
          fmt::format("{} ({})", config::method_title(method), settings[method].size()));
    }
  }
  return mixed.empty() ? "" : "cells trained with different settings: " + join(mixed, ", ");
}

int stage_rank(const std::string& stage) {
  const std::string method = config::method_of_stage(stage);
  return config::is_method(method) ? config::method_rank(method) : -1;
}

std::vector<std::string> scaled_methods(const CellGroup& group) {
  std::vector<std::string> methods(group.methods);
  std::erase_if(methods, [&](const std::string& method) {
    return std::ranges::none_of(group.cells, [&](const CellRecord& cell) {
      const auto found = cell.noise.find(method);
      return found != cell.noise.end() && !found->second.empty();
    });
  });
  return methods;
}

std::vector<std::string> metric_names(const std::vector<CellGroup>& groups) {
  std::set<std::string> names;
  for (const CellGroup& group : groups) {
    for (const CellRecord& cell : group.cells) {
      for (const auto& [method, metrics] : cell.metrics) {
        for (const auto& [name, value] : metrics) {
          names.insert(name);
        }
      }
    }
  }
  std::vector<std::string> ordered(names.begin(), names.end());
  std::ranges::stable_partition(ordered, [](const std::string& name) { return name == kAuroc; });
  return ordered;
}

}  // namespace cance::report
