#include "store/titles.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/methods.hpp"

namespace cance::store {
namespace {

/// Of these a line of a cell shows those that it has.
constexpr std::array kLeading = {"f1", "auroc_kinds", "auroc"};

}  // namespace

std::string metric_title(const std::string& metric, const std::string& protocol) {
  if (metric == "f1" || metric == "precision" || metric == "recall") {
    return (metric == "f1" ? "F1" : metric) + (protocol == "drocc" ? " of normal rows" : "");
  }
  if (metric == "auroc_kinds") {
    return "mean AUROC of kinds";
  }
  if (metric == "auprc") {
    return "AUPRC";
  }
  return metric == "auroc" ? "AUROC" : metric;
}

std::string metrics_text(std::span<const Metric> metrics, const std::string& protocol) {
  std::vector<std::string> methods;
  std::vector<std::string> titles;
  std::map<std::string, std::vector<std::string>> values;
  for (const char* name : kLeading) {
    for (const Metric& metric : metrics) {
      if (metric.metric == name) {
        if (!contains(methods, metric.method)) {
          methods.push_back(metric.method);
        }
        if (titles.empty() || titles.back() != metric_title(name, protocol)) {
          titles.push_back(metric_title(name, protocol));
        }
        values[metric.method].push_back(fmt::format("{:.4f}", metric.value));
      }
    }
  }
  if (methods.empty()) {
    return "trained, nothing to judge";
  }
  std::vector<std::string> parts;
  for (const std::string& method : methods) {
    parts.push_back(config::method_title(method) + " " + join(values[method], " / "));
  }
  return join(titles, " / ") + ": " + join(parts, ", ");
}

}  // namespace cance::store
