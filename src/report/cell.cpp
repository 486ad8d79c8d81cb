#include "report/cell.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "report/scale.hpp"
#include "stats/auroc.hpp"

namespace cance::report {

namespace {

constexpr std::size_t kBins = 40;
constexpr double kClippedShare = 0.002;    ///< of the rows, at each end of a histogram
constexpr double kSmallestStep = 0.004;    ///< of the panel's width, between two points of a curve
constexpr std::size_t kGalleryImages = 8;  ///< at each end

std::vector<Point> thinned(const std::vector<stats::RocPoint>& curve) {
  const Scale x = roc_scale();
  std::vector<Point> points;
  Point last{-1, -1};
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const Point at{x.unit(curve[i].false_positive_rate), curve[i].true_positive_rate};
    if (i + 1 == curve.size() ||
        std::abs(at.x - last.x) + std::abs(at.y - last.y) >= kSmallestStep) {
      points.push_back({curve[i].false_positive_rate, curve[i].true_positive_rate});
      last = at;
    }
  }
  return points;
}

Histogram histogram_of(const std::string& method, const std::vector<double>& scores,
                       const std::vector<std::uint8_t>& labels) {
  Histogram histogram{method, 0, 1, std::vector<double>(kBins), std::vector<double>(kBins)};
  if (scores.empty()) {
    return histogram;
  }
  std::vector<double> sorted(scores);
  std::ranges::sort(sorted);
  const auto cut = static_cast<std::size_t>(kClippedShare * static_cast<double>(sorted.size()));
  histogram.low = sorted[cut];
  histogram.high =
      std::max(sorted[sorted.size() - 1 - cut], std::nextafter(histogram.low, HUGE_VAL));
  const double width = (histogram.high - histogram.low) / kBins;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double bin =
        std::clamp(std::floor((scores[i] - histogram.low) / width), 0.0, kBins - 1.0);
    (labels[i] != 0 ? histogram.anomalous : histogram.normal)[static_cast<std::size_t>(bin)] += 1;
  }
  for (auto* bins : {&histogram.normal, &histogram.anomalous}) {
    const double total = std::accumulate(bins->begin(), bins->end(), 0.0);
    for (double& share : *bins) {
      share /= std::max(total, 1.0);
    }
  }
  return histogram;
}

GalleryRow gallery_of(const store::RunRecord& record, const std::vector<double>& scores) {
  const store::Gallery& gallery = record.gallery;
  GalleryRow row{gallery.method, gallery.image, {}, {}};
  const std::size_t bytes = store::element_count(gallery.image);
  const std::size_t count = gallery.position.size();
  const std::size_t shown = std::min(kGalleryImages, count / 2);
  const auto image = [&](std::size_t k) {
    const auto position = static_cast<std::size_t>(gallery.position[k]);
    require(position < scores.size(), "the gallery names test row {} of {}", position,
            scores.size());
    const auto cut = [&](const std::vector<std::uint8_t>& all) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(k * bytes);
      return std::vector<std::uint8_t>(begin, begin + static_cast<std::ptrdiff_t>(bytes));
    };
    return GalleryImage{cut(gallery.input), cut(gallery.output), record.labels[position] != 0,
                        scores[position]};
  };
  for (std::size_t k = 0; k < shown; ++k) {
    row.most.push_back(image(k));
    row.least.push_back(image(count / 2 + k));
  }
  std::ranges::stable_sort(row.most, std::ranges::greater{}, &GalleryImage::score);
  std::ranges::stable_sort(row.least, {}, &GalleryImage::score);
  return row;
}

const std::vector<double>* scores_of(const store::RunRecord& record, const std::string& method) {
  const auto found =
      std::ranges::find(record.scores, method, [](const auto& item) { return item.first; });
  return found == record.scores.end() ? nullptr : &found->second;
}

}  // namespace

double Cell::metric(const std::string& method, const std::string& name) const {
  const auto of_method = metrics.find(method);
  if (of_method == metrics.end() || !of_method->second.contains(name)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return of_method->second.at(name);
}

std::string shared_settings(const std::string& config) {
  std::string shared;
  for (const std::string& line : split(trim(config), '\n')) {
    if (!line.starts_with("cases =") && !line.starts_with("seeds =")) {
      shared += line + "\n";
    }
  }
  return shared;
}

Cell cell_of(const store::RunRecord& record, const std::filesystem::path& file) {
  Cell cell;
  cell.file = file;
  cell.info = record.info;
  cell.settings_hash = sha256(shared_settings(record.info.config));
  cell.info.config.clear();
  cell.latent_condition = record.moments.latent_condition;
  for (const store::Metric& metric : record.metrics) {
    cell.metrics[metric.method][metric.metric] = metric.value;
  }
  for (const auto& [method, scale] : record.noise) {
    if (!scale.empty()) {
      const double sum = std::accumulate(scale.begin(), scale.end(), 0.0);
      cell.noise[method] = {sum / static_cast<double>(scale.size()),
                            *std::ranges::max_element(scale)};
    }
  }
  cell.anomalies =
      static_cast<std::size_t>(std::ranges::count_if(record.labels, [](auto y) { return y != 0; }));
  cell.normals = record.labels.size() - cell.anomalies;
  return cell;
}

CellFigures figures_of(const store::RunRecord& record) {
  CellFigures figures;
  figures.seed = record.info.seed;
  figures.history = record.history;
  const std::pair<std::string, std::vector<double>>* main = nullptr;
  const bool both_classes =
      std::ranges::count(record.labels, 0) > 0 && std::ranges::count(record.labels, 1) > 0;
  for (const auto& item : record.scores) {
    if (both_classes) {
      figures.roc.push_back({item.first, thinned(stats::roc_curve(item.second, record.labels))});
    }
    const bool better =
        main == nullptr || (main->first != "cance" &&
                            store::method_rank(item.first) > store::method_rank(main->first));
    main = better || item.first == "cance" ? &item : main;
  }
  std::ranges::stable_sort(figures.roc, {},
                           [](const RocLine& line) { return store::method_rank(line.method); });
  if (main != nullptr) {
    figures.histogram = histogram_of(main->first, main->second, record.labels);
  }
  const auto* gallery_scores = scores_of(record, record.gallery.method);
  if (!record.gallery.image.empty() && gallery_scores != nullptr) {
    figures.gallery = gallery_of(record, *gallery_scores);
  }
  return figures;
}

}  // namespace cance::report
