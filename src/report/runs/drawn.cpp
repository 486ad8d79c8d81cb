#include "report/runs/drawn.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "config/methods.hpp"
#include "report/runs/cell_record.hpp"
#include "stats/eigen.hpp"
#include "stats/moments.hpp"
#include "stats/summary.hpp"

namespace cance::report {
namespace {

constexpr std::size_t kBins = 40;
constexpr double kCutShare = 0.002;        ///< of the rows of a class, beyond each end of an axis
constexpr double kTailShare = 0.05;        ///< of the normal rows, at each side of their bulk
constexpr std::size_t kGalleryImages = 8;  ///< at each end

/// Scores of one class, ascending, without those for all beyond float64, which would fill an axis.
std::vector<double> sorted_scores(const std::vector<double>& scores,
                                  const std::vector<std::uint8_t>& labels, bool anomalous) {
  std::vector<double> sorted;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if ((labels[i] != 0) == anomalous && scores[i] < std::numeric_limits<double>::max()) {
      sorted.push_back(scores[i]);
    }
  }
  std::ranges::sort(sorted);
  return sorted;
}

/// Holds both classes; the bulk is that of the normal rows, or of all where none is normal.
Scale score_axis(const std::vector<double>& normal, const std::vector<double>& anomalous) {
  const std::vector<double>& bulk = normal.empty() ? anomalous : normal;
  if (bulk.empty()) {
    return {0, 1};
  }
  double low = stats::quantile(bulk, kCutShare);
  double high = stats::quantile(bulk, 1 - kCutShare);
  if (!anomalous.empty()) {
    low = std::min(low, stats::quantile(anomalous, kCutShare));
    high = std::max(high, stats::quantile(anomalous, 1 - kCutShare));
  }
  const double size = std::max(std::abs(low), std::abs(high));
  constexpr double kResolved = 1e-9;  // a smaller share of the values is rounding, not a range
  if (high - low <= kResolved * size || size == 0) {
    low -= std::max(size, 1.0) / 2;
    high += std::max(size, 1.0) / 2;
  }
  const double centre = stats::quantile(bulk, 0.5);
  const double width =
      (stats::quantile(bulk, 1 - kTailShare) - stats::quantile(bulk, kTailShare)) / 2;
  const bool equal = width <= kResolved * std::max(std::abs(centre), kResolved * size);
  return Scale::long_tailed(low, high, centre, equal ? (high - low) / 2 : width);
}

Histogram histogram_of(const std::string& method, const std::vector<double>& scores,
                       const std::vector<std::uint8_t>& labels) {
  Histogram histogram{method, {0, 1}, std::vector<double>(kBins), std::vector<double>(kBins)};
  if (scores.empty()) {
    return histogram;
  }
  histogram.axis = score_axis(sorted_scores(scores, labels, /*anomalous=*/false),
                              sorted_scores(scores, labels, /*anomalous=*/true));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const auto bin = static_cast<std::size_t>(histogram.axis.unit(scores[i]) * kBins);
    (labels[i] != 0 ? histogram.anomalous : histogram.normal)[std::min(bin, kBins - 1)] += 1;
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
  const std::size_t bytes = element_count(gallery.image);
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

/// Rows of one class, at most kMostDots, evenly spread.
std::vector<std::size_t> rows_of_class(const std::vector<std::uint8_t>& labels,
                                       std::uint8_t label) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == label) {
      rows.push_back(i);
    }
  }
  const std::size_t shown = std::min(rows.size(), kMostDots);
  for (std::size_t k = 0; k < shown; ++k) {
    rows[k] = rows[k * rows.size() / shown];
  }
  rows.resize(shown);
  return rows;
}

/// Of the first `m` columns over these rows.
stats::Moments latent_moments(const Matrix<float>& composite, const std::vector<std::size_t>& rows,
                              std::size_t m) {
  Matrix<float> latents(rows.size(), m);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(composite.row(rows[i]).first(m), latents.row(i).begin());
  }
  stats::Moments moments(m);
  moments.add_rows(std::as_const(latents).view());
  return moments;
}

/// Absent without rows, or with fewer than two latents before e and c.
std::optional<CompositeDots> composite_dots(const store::RunRecord& record) {
  const auto part = record.composite.find("test");
  const auto m = static_cast<std::size_t>(std::ranges::count_if(
      record.composite_columns, [](const std::string& name) { return name.starts_with("z"); }));
  if (part == record.composite.end() || m < 2 || part->second.cols() < m + 2 ||
      part->second.rows() == 0) {
    return std::nullopt;
  }
  const Matrix<float>& composite = part->second;
  const auto normal = rows_of_class(record.labels, 0);
  const auto anomalous = rows_of_class(record.labels, 1);
  std::vector<std::size_t> shown(normal);
  shown.insert(shown.end(), anomalous.begin(), anomalous.end());
  const stats::Moments moments = latent_moments(composite, shown, m);
  const std::vector<double>& centre = moments.mean();
  const Matrix<double> axes = stats::leading_axes(moments.scatter(), 2);
  const auto along = [&](std::size_t row, std::size_t axis) {
    double sum = 0;
    for (std::size_t i = 0; i < m; ++i) {
      sum += axes(axis, i) * (static_cast<double>(composite(row, i)) - centre[i]);
    }
    return sum;
  };
  CompositeDots dots;
  const auto fill = [&](const std::vector<std::size_t>& rows, auto member) {
    for (const std::size_t row : rows) {
      (dots.latent.*member).push_back({along(row, 0), along(row, 1)});
      (dots.reconstruction.*member)
          .push_back({static_cast<double>(composite(row, composite.cols() - 2)),
                      static_cast<double>(composite(row, composite.cols() - 1))});
    }
  };
  fill(normal, &Scatter::normal);
  fill(anomalous, &Scatter::anomalous);
  return dots;
}

/// kMainMethod where it ran, else the last by rank; nothing without scores.
const std::pair<std::string, std::vector<double>>* main_scores(const store::RunRecord& record) {
  const std::pair<std::string, std::vector<double>>* main = nullptr;
  for (const auto& item : record.scores) {
    const bool better =
        main == nullptr || (main->first != kMainMethod &&
                            config::method_rank(item.first) > config::method_rank(main->first));
    main = better || item.first == kMainMethod ? &item : main;
  }
  return main;
}

const std::vector<double>* scores_of(const store::RunRecord& record, const std::string& method) {
  const auto found =
      std::ranges::find(record.scores, method, [](const auto& item) { return item.first; });
  return found == record.scores.end() ? nullptr : &found->second;
}

}  // namespace

CellFigures figures_of(const store::RunRecord& record) {
  CellFigures figures;
  figures.seed = record.info.seed;
  figures.history = record.history;
  if (const auto* main = main_scores(record)) {
    figures.histogram = histogram_of(main->first, main->second, record.labels);
  }
  figures.composite = composite_dots(record);
  const auto* gallery_scores = scores_of(record, record.gallery.method);
  if (!record.gallery.image.empty() && gallery_scores != nullptr) {
    figures.gallery = gallery_of(record, *gallery_scores);
  }
  return figures;
}

}  // namespace cance::report
