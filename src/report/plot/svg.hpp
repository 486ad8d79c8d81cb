// A small writer of inline SVG: shapes, texts, the frame of a plot. In pixels, y downwards.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/plot/scale.hpp"

namespace cance::report {

/// Stroke of a line; `dash` is an SVG dash pattern, empty for a solid line.
struct Stroke {
  std::string colour;
  double width = 1.2;
  std::string dash;
};

enum class Anchor { start, middle, end };

class Svg {
 public:
  /// `title` names the picture for readers who do not see it.
  Svg(double width, double height, std::string_view title);

  void line(Point from, Point to, const Stroke& stroke);
  void polyline(const std::vector<Point>& points, const Stroke& stroke);
  /// A filled shape without outline; `opacity` in [0, 1].
  void area(const std::vector<Point>& points, std::string_view colour, double opacity);
  void rectangle(Point corner, double width, double height, const Stroke& stroke,
                 std::string_view fill = "none");
  /// Filled circles as one shape, a dozen bytes each.
  void dots(const std::vector<Point>& centres, double radius, std::string_view colour,
            double opacity);
  /// Any text; escaped here.
  void text(Point at, std::string_view content, Anchor anchor = Anchor::start, double size = 11,
            bool bold = false);
  /// Text turned a quarter to the left, centred on `at`.
  void vertical_text(Point at, std::string_view content, double size = 11);

  [[nodiscard]] std::string str() const { return body_ + "</svg>"; }

 private:
  std::string body_;
};

/// Place and axes of one plot inside a picture.
struct Plot {
  double left, top, width, height;
  Scale x, y;

  [[nodiscard]] Point at(double x_value, double y_value) const {
    return {left + width * x.unit(x_value), top + height * (1 - y.unit(y_value))};
  }
  [[nodiscard]] std::vector<Point> at(const std::vector<Point>& values) const;
};

/// Words around a plot; empty ones are left out.
struct PlotTexts {
  std::string title, x_label, y_label;
  int x_ticks = 3, y_ticks = 4;  ///< about so many; 0 for none
};

/// Frame, light grid, tick labels and titles.
void draw_frame(Svg& svg, const Plot& plot, const PlotTexts& texts);

}  // namespace cance::report
