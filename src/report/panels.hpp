// Small multiples: where the panels of a figure lie, their colours, legend and titles.
#pragma once

#include <string>
#include <vector>

#include "report/gather.hpp"
#include "report/svg.hpp"

namespace cance::report {

inline constexpr double kFigureWidth = 1060;

/// Colour and dashes of a method, the same in every figure; `position` among the group's methods
/// picks those of unknown ones.
[[nodiscard]] Stroke method_stroke(const std::string& method, std::size_t position);

/// A grid of `count` panels below a legend.
class PanelGrid {
 public:
  PanelGrid(std::size_t count, std::size_t most_columns);

  [[nodiscard]] double height() const;
  [[nodiscard]] Plot plot(std::size_t index, const Scale& x, const Scale& y) const;
  /// Axis titles only where no other panel follows below or stands to the left.
  [[nodiscard]] PlotTexts texts(std::size_t index, const std::string& title,
                                const std::string& x_label, const std::string& y_label) const;

 private:
  [[nodiscard]] double cell_width() const;
  std::size_t count_, columns_;
};

struct LegendItem {
  std::string name;
  Stroke stroke;
};

/// One line at the top of the picture.
void draw_legend(Svg& svg, const std::vector<LegendItem>& items);

/// The cases that are drawn: those with figures, at most kMostPanels.
[[nodiscard]] std::vector<std::string> drawn_cases(const Group& group);
/// Name of the case, with its seed where that is not the group's lowest.
[[nodiscard]] std::string panel_title(const Group& group, const std::string& case_name);
/// Sentence that says which seed and which cases are shown.
[[nodiscard]] std::string shown_note(const Group& group);

}  // namespace cance::report
