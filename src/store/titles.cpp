#include "store/titles.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace cance::store {
namespace {

constexpr std::array kMethods = {std::pair("random", "Random"),
                                 std::pair("knn", "k-NN"),
                                 std::pair("kde", "KDE"),
                                 std::pair("ocsvm", "OC-SVM"),
                                 std::pair("mahalanobis", "Mahalanobis"),
                                 std::pair("pixelcnn", "PixelCNN"),
                                 std::pair("vae", "VAE"),
                                 std::pair("lsa", "LSA"),
                                 std::pair("goad", "GOAD"),
                                 std::pair("deep_svdd", "Deep SVDD"),
                                 std::pair("deep_sad", "Deep SAD"),
                                 std::pair("drocc", "DROCC"),
                                 std::pair("dagmm", "DAGMM"),
                                 std::pair("dpad", "DPAD"),
                                 std::pair("error", "Error"),
                                 std::pair("latnce", "LatNCE"),
                                 std::pair("gaussian", "Gaussian"),
                                 std::pair("cnce", "CNCE"),
                                 std::pair("cance", "CANCE")};

/// Of these a line of a cell shows those that it has.
constexpr std::array kLeading = {"f1", "auroc_kinds", "auroc"};

}  // namespace

int method_rank(const std::string& method) {
  const auto place =
      std::ranges::find_if(kMethods, [&](auto& pair) { return pair.first == method; });
  return static_cast<int>(place - kMethods.begin());
}

std::string method_title(const std::string& method) {
  const auto place =
      std::ranges::find_if(kMethods, [&](auto& pair) { return pair.first == method; });
  return place == kMethods.end() ? method : place->second;
}

std::string metric_title(const std::string& metric) {
  if (metric == "f1") {
    return "F1";
  }
  if (metric == "auroc_kinds") {
    return "mean AUROC of kinds";
  }
  return metric == "auroc" ? "AUROC" : metric;
}

std::string metrics_text(std::span<const Metric> metrics) {
  std::vector<std::string> methods;
  std::vector<std::string> titles;
  std::map<std::string, std::vector<std::string>> values;
  for (const char* name : kLeading) {
    for (const Metric& metric : metrics) {
      if (metric.metric == name) {
        if (std::ranges::find(methods, metric.method) == methods.end()) {
          methods.push_back(metric.method);
        }
        if (titles.empty() || titles.back() != metric_title(name)) {
          titles.push_back(metric_title(name));
        }
        values[metric.method].push_back(fmt::format("{:.4f}", metric.value));
      }
    }
  }
  std::vector<std::string> parts;
  for (const std::string& method : methods) {
    parts.push_back(method_title(method) + " " + join(values[method], " / "));
  }
  return join(titles, " / ") + ": " + join(parts, ", ");
}

}  // namespace cance::store
