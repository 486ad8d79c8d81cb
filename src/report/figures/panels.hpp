// Small multiples: where the panels of a figure lie, their colours, legend and titles.
#pragma once

#include <string>
#include <vector>

#include "report/plot/picture.hpp"
#include "report/runs/gather.hpp"

namespace cance::report {

/// On a page of LaTeX, shrunk to the line, the texts are 6 points high or more.
inline constexpr double kFigureWidth = 848;
/// Okabe-Ito blue and vermilion, told apart by every kind of colour vision.
inline constexpr const char* kNormalColour = "#0072B2";
inline constexpr const char* kAnomalousColour = "#D55E00";

/// Colour and dashes of a method, the same in every figure; `position` among the group's methods
/// picks those of unknown ones.
[[nodiscard]] Stroke method_stroke(const std::string& method, std::size_t position);
/// The same by the method's place in the group.
[[nodiscard]] Stroke method_stroke(const CellGroup& group, const std::string& method);

struct LegendItem {
  std::string name;
  Stroke stroke;
};

struct PanelShape {
  std::size_t most_columns = 4;
  double height = 150;  ///< of a plot
  double left = 52;     ///< room for tick labels and axis title
  double bottom = 36;   ///< the same below
};

/// A grid of `count` panels below a legend.
class PanelGrid {
 public:
  PanelGrid(std::size_t count, std::vector<LegendItem> legend, PanelShape shape = {});

  /// An empty picture of the right size with the legend.
  [[nodiscard]] Picture picture(const std::string& title) const;
  [[nodiscard]] Plot plot(std::size_t index, const Scale& x, const Scale& y) const;
  /// Axis titles only where no other panel follows below or stands to the left.
  [[nodiscard]] PlotTexts texts(std::size_t index, const std::string& title,
                                const std::string& x_label, const std::string& y_label) const;

 private:
  [[nodiscard]] double cell_width() const;
  [[nodiscard]] double row_height() const;
  std::size_t count_, columns_;
  std::vector<LegendItem> legend_;
  PanelShape shape_;
  double legend_height_;
};

/// The cases that are drawn: those with figures, at most kMostPanels.
[[nodiscard]] std::vector<std::string> drawn_cases(const CellGroup& group);
/// Methods whose curves are drawn: all, or the main one and the best by mean AUROC, in table order.
[[nodiscard]] std::vector<std::string> drawn_methods(const CellGroup& group);
/// Name of the case, with its seed where that is not the group's lowest.
[[nodiscard]] std::string panel_title(const CellGroup& group, const std::string& case_name,
                                      std::int64_t seed);
/// Where an axis may begin so that a method far below the others does not stretch it, by one
/// typical value a method: three times as far below their median as the best is above it, and at
/// least .03. Minus infinity for fewer than three methods.
[[nodiscard]] double axis_start(std::vector<double> typical);
/// "Each case with its lowest seed (0)." and which cases are shown, where not all are.
[[nodiscard]] std::string seed_note(const CellGroup& group);
/// " Shown are the first 20 of 50 cases." or nothing.
[[nodiscard]] std::string cases_note(const CellGroup& group);

}  // namespace cance::report
