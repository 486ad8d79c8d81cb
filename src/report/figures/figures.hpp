// The figures of a group of cells: a picture, what it says, and the numbers that it draws. Colours
// are the Okabe-Ito palette, lines differ in dashes too, so that prints without colour can be read.
// Each is absent where the group holds nothing of the kind.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/document/table.hpp"
#include "report/plot/picture.hpp"
#include "report/runs/gather.hpp"

namespace cance::report {

/// `caption` is plain text; `data` has a header of names and a row a point.
struct Figure {
  std::string name;  ///< what it is, for its files: "roc"
  Picture picture;
  std::string caption;
  CsvLines data = {};
  bool folded = false;  ///< in the page, under the picture's title
};

/// At most this many methods share a panel of curves.
inline constexpr std::size_t kMostCurves = 8;
/// From so many values on a band or a box stands for them; fewer are drawn themselves.
inline constexpr std::size_t kFewestSummed = 5;

/// The lead metric of every cell by method: dots, and a box of quartiles over kFewestSummed or
/// more.
[[nodiscard]] std::optional<Figure> methods_figure(const CellGroup& group);
/// One panel a case, the seeds of each method, as above; for groups of several cases and seeds.
[[nodiscard]] std::optional<Figure> seeds_figure(const CellGroup& group);
/// ROC curves on a linear axis, on a logarithmic one where 100 normal rows were judged, and
/// precision over recall: one figure each with a panel a case, or of a single case one figure of
/// all. Means over seeds; of the main method also the 95 % interval (Student's t), or each seed
/// where there are few.
[[nodiscard]] std::vector<Figure> curve_figures(const CellGroup& group);
/// Scores of normal and anomalous test rows with the threshold: of the methods that have curves one
/// figure each, the main one first, with a panel a case; or of a single case one figure.
[[nodiscard]] std::vector<Figure> histogram_figures(const CellGroup& group);
/// Two panels a case: principal components of the latents, and error against cosine dissimilarity.
[[nodiscard]] std::optional<Figure> composite_figure(const CellGroup& group);
/// One panel a stage, training and validation loss of every cell.
[[nodiscard]] std::optional<Figure> training_figure(const CellGroup& group);
/// One panel a method with a learned noise scale: mean and range over cells of each column's a.
[[nodiscard]] std::optional<Figure> noise_figure(const CellGroup& group);
/// Most and least anomalous test images, also of each class the furthest at the wrong end, with
/// reconstructions and errors, two rows a case, so many cases a figure as a page holds.
[[nodiscard]] std::vector<Figure> gallery_figures(const CellGroup& group);

/// All of them, in the order of the page.
[[nodiscard]] std::vector<Figure> group_figures(const CellGroup& group);

}  // namespace cance::report
