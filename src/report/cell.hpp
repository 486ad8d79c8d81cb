// The light record of one cell: numbers, and for some cells the curves of its figures, thinned so
// that their size does not depend on the number of rows that were scored.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/run_file.hpp"

namespace cance::report {

inline constexpr const char* kAuroc = "auroc";

struct Point {
  double x = 0, y = 0;
};

/// ROC of one method: x = false positive rate, y = true positive rate, thinned to what a small
/// panel can show.
struct RocLine {
  std::string method;
  std::vector<Point> points;
};

/// Share of the normal and of the anomalous test rows in equal bins of [low, high]; rows outside
/// count in the end bins.
struct Histogram {
  std::string method;
  double low = 0, high = 1;
  std::vector<double> normal, anomalous;
};

/// One gallery image: the test image, what the autoencoder made of it, its label and score. Planar
/// bytes [c, h, w].
struct GalleryImage {
  std::vector<std::uint8_t> input, output;
  bool anomalous = false;
  double score = 0;
};

struct GalleryRow {
  std::string method;
  store::Shape image;                     ///< {c, h, w}
  std::vector<GalleryImage> most, least;  ///< by score, the most extreme first
};

/// What the figures of one cell need.
struct CellFigures {
  std::int64_t seed = 0;
  std::vector<RocLine> roc;
  Histogram histogram;
  std::vector<std::pair<std::string, store::History>> history;
  std::optional<GalleryRow> gallery;
};

/// Mean and maximum over the dimensions of a learned noise scale.
struct NoiseScale {
  double mean = 0, max = 0;
};

struct Cell {
  std::filesystem::path file;
  store::RunInfo info;        ///< the settings text is moved to Gathered::settings
  std::string settings_hash;  ///< SHA-256 of shared_settings
  std::map<std::string, std::map<std::string, double>> metrics;  ///< method -> metric -> value
  std::map<std::string, NoiseScale> noise;                       ///< method -> scale
  double latent_condition = 0;
  std::size_t normals = 0, anomalies = 0;  ///< test rows

  /// The value, or NaN where this cell has none.
  [[nodiscard]] double metric(const std::string& method, const std::string& name) const;
};

/// The settings text of a cell without its own case and seed: what the cells of a grid have in
/// common.
[[nodiscard]] std::string shared_settings(const std::string& config);

/// Light record of one run.
[[nodiscard]] Cell cell_of(const store::RunRecord& record, const std::filesystem::path& file);
/// What its figures need, from the scores. The main method is "cance" where it ran, else the last
/// by rank.
[[nodiscard]] CellFigures figures_of(const store::RunRecord& record);

}  // namespace cance::report
