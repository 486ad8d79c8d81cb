// The figures of a group of cells as HTML fragments: inline SVG, and image galleries as data
// addresses. Colours are the Okabe-Ito palette, lines differ in dashes too, so that prints without
// colour can be read. Each is absent where the group holds nothing of the kind.
#pragma once

#include <optional>
#include <string>

#include "report/runs/gather.hpp"

namespace cance::report {

/// A picture and the caption that says what it shows; `caption` is plain text.
struct Figure {
  std::string html;
  std::string caption;
};

/// At most this many methods share a panel of curves.
inline constexpr std::size_t kMostCurves = 8;

/// The lead metric of every cell by method: dots and a box of quartiles.
[[nodiscard]] std::optional<Figure> methods_figure(const CellGroup& group);
/// One panel a case, a box over the seeds for each method; for groups of several cases and seeds.
[[nodiscard]] std::optional<Figure> seeds_figure(const CellGroup& group);
/// One panel a case, means over seeds, the main method with the 95 % interval (Student's t).
[[nodiscard]] std::optional<Figure> roc_figure(const CellGroup& group);
/// One panel a case, scores of the main method for normal and anomalous test rows.
[[nodiscard]] std::optional<Figure> histogram_figure(const CellGroup& group);
/// Two panels a case: principal components of the latents, and error against cosine dissimilarity.
[[nodiscard]] std::optional<Figure> composite_figure(const CellGroup& group);
/// One panel a stage of the first cell, training and validation loss.
[[nodiscard]] std::optional<Figure> training_figure(const CellGroup& group);
/// One panel a method with a learned noise scale: mean and range over cells of each column's a.
[[nodiscard]] std::optional<Figure> noise_figure(const CellGroup& group);
/// Most and least anomalous test images, their reconstructions and errors, one row a case.
[[nodiscard]] std::optional<Figure> gallery_figure(const CellGroup& group);

}  // namespace cance::report
