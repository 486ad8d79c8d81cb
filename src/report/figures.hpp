// The figures of a group of cells as HTML fragments: inline SVG, and image galleries as data
// addresses. Colours are the Okabe-Ito palette, lines differ in dashes too, so that prints without
// colour can be read.
#pragma once

#include <optional>
#include <string>

#include "report/gather.hpp"

namespace cance::report {

/// A picture and the caption that says what it shows; `caption` is plain text.
struct Figure {
  std::string html;
  std::string caption;
};

/// At most this many cases of a group are drawn.
inline constexpr std::size_t kMostPanels = 20;

/// AUROC of every cell by method: dots and a box of quartiles.
[[nodiscard]] std::optional<Figure> auroc_figure(const Group& group);
/// One panel a case, all methods, lowest seed.
[[nodiscard]] std::optional<Figure> roc_figure(const Group& group);
/// One panel a case, scores of the main method for normal and anomalous test rows.
[[nodiscard]] std::optional<Figure> histogram_figure(const Group& group);
/// One panel a stage of the first cell, training and validation loss.
[[nodiscard]] std::optional<Figure> training_figure(const Group& group);
/// Most and least anomalous test images beside their reconstructions, one row a case.
[[nodiscard]] std::optional<Figure> gallery_figure(const Group& group);

}  // namespace cance::report
