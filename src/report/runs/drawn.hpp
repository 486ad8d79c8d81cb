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
  std::vector<std::uint8_t> input, output;  ///< no output where GalleryRow::reconstructed is false
  bool anomalous = false;
  double score = 0;
};

struct GalleryRow {
  std::string method;
  Shape image;                ///< {c, h, w}
  bool reconstructed = true;  ///< else the run has no representation
  /// Of all test rows the highest and the lowest scores, of the normal ones the highest, of the
  /// anomalous ones the lowest: the most extreme first, as far as the run kept their images.
  std::vector<GalleryImage> most = {}, least = {}, false_alarms = {}, misses = {};
};

struct CellFigures {
  std::int64_t seed = 0;
  std::string main;                        ///< the method whose run is drawn
  std::optional<CompositeDots> composite;  ///< where the record holds /composite/test
  std::optional<GalleryRow> gallery;
};

/// From a record read in full. The main method is "cance" where it ran, else the last by rank.
[[nodiscard]] CellFigures figures_of(const store::RunRecord& record);

}  // namespace cance::report
