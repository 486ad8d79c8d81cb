// What the figures of one cell need beyond its numbers, thinned so that its size does not depend on
// the number of rows. Only the lowest seed of a case is drawn so.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/plot/scale.hpp"
#include "store/run_file.hpp"

namespace cance::report {

/// At most this many cases of a group are drawn.
inline constexpr std::size_t kMostPanels = 20;

/// Share of the normal and of the anomalous test rows in equal bins along an axis; rows outside
/// count in the end bins. Scores may reach a thousand times beyond those of normal rows: the axis
/// is about linear over the middle 90 % of the normal rows, logarithmic beyond.
struct Histogram {
  std::string method;
  Scale axis{0, 1};
  std::vector<double> normal, anomalous;
};

/// Points of test rows, at most kMostDots of each class, evenly spread over the rows.
struct Scatter {
  std::vector<Point> normal, anomalous;
};
inline constexpr std::size_t kMostDots = 200;

/// The composite feature of test rows: the two leading principal components of the latents of the
/// rows shown, and squared error against cosine dissimilarity.
struct CompositeDots {
  Scatter latent, reconstruction;
};

/// A gallery image: the test image, its reconstruction, label and score. Planar bytes [c, h, w].
struct GalleryImage {
  std::vector<std::uint8_t> input, output;
  bool anomalous = false;
  double score = 0;
};

struct GalleryRow {
  std::string method;
  Shape image;                            ///< {c, h, w}
  std::vector<GalleryImage> most, least;  ///< by score, the most extreme first
};

struct CellFigures {
  std::int64_t seed = 0;
  Histogram histogram;
  std::vector<std::pair<std::string, store::History>> history;
  std::optional<CompositeDots> composite;  ///< where the record holds /composite/test
  std::optional<GalleryRow> gallery;
};

/// From a record read in full. The main method is "cance" where it ran, else the last by rank.
[[nodiscard]] CellFigures figures_of(const store::RunRecord& record);

}  // namespace cance::report
