#include "report/runs/drawn.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <span>
#include <utility>

#include "base/error.hpp"
#include "config/methods.hpp"
#include "report/runs/cell_record.hpp"
#include "stats/eigen.hpp"
#include "stats/moments.hpp"

namespace cance::report {
namespace {

constexpr std::size_t kGalleryImages = 8;  ///< of a strip

/// The images of these test rows that the gallery has, at most kGalleryImages.
std::vector<GalleryImage> images_of(const store::RunRecord& record,
                                    const std::vector<double>& scores,
                                    const std::vector<std::size_t>& rows) {
  const store::Gallery& gallery = record.gallery;
  const std::size_t bytes = element_count(gallery.image);
  std::vector<GalleryImage> images;
  for (const std::size_t row : std::span(rows).first(std::min(rows.size(), kGalleryImages))) {
    const auto found = std::ranges::find(gallery.position, static_cast<std::int64_t>(row));
    if (found == gallery.position.end()) {
      continue;
    }
    const auto cut = [&](const std::vector<std::uint8_t>& all) {
      const auto begin =
          all.begin() + (found - gallery.position.begin()) * static_cast<std::ptrdiff_t>(bytes);
      return std::vector<std::uint8_t>(begin, begin + static_cast<std::ptrdiff_t>(bytes));
    };
    images.push_back({cut(gallery.input),
                      gallery.output.empty() ? std::vector<std::uint8_t>() : cut(gallery.output),
                      record.labels[row] != 0, scores[row]});
  }
  return images;
}

GalleryRow gallery_of(const store::RunRecord& record, const std::vector<double>& scores) {
  for (const std::int64_t position : record.gallery.position) {
    require(position >= 0 && static_cast<std::size_t>(position) < scores.size(),
            "the gallery names test row {} of {}", position, scores.size());
  }
  std::vector<std::size_t> all(scores.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::ranges::stable_sort(all, std::ranges::greater{}, [&](std::size_t i) { return scores[i]; });
  const auto of_class = [&](std::uint8_t label) {
    std::vector<std::size_t> rows;
    std::ranges::copy_if(all, std::back_inserter(rows),
                         [&](std::size_t i) { return record.labels[i] == label; });
    return rows;
  };
  std::vector<std::size_t> normal = of_class(0);
  std::vector<std::size_t> anomalous = of_class(1);
  GalleryRow row{record.gallery.method, record.gallery.image, !record.gallery.output.empty()};
  row.most = images_of(record, scores, all);
  row.false_alarms = images_of(record, scores, normal);
  std::ranges::reverse(all);
  std::ranges::reverse(anomalous);
  row.least = images_of(record, scores, all);
  row.misses = images_of(record, scores, anomalous);
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

/// kMainMethod where it ran, else the last by rank; empty without scores.
std::string main_method(const store::RunRecord& record) {
  std::string main;
  for (const auto& [method, scores] : record.scores) {
    const bool better = main.empty() || (main != kMainMethod &&
                                         config::method_rank(method) > config::method_rank(main));
    main = better || method == kMainMethod ? method : main;
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
  figures.main = main_method(record);
  figures.composite = composite_dots(record);
  const auto* gallery_scores = scores_of(record, record.gallery.method);
  if (!record.gallery.image.empty() && gallery_scores != nullptr) {
    figures.gallery = gallery_of(record, *gallery_scores);
  }
  return figures;
}

}  // namespace cance::report
