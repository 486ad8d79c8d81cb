// A picture as a list of marks that does not know its form (forms.hpp writes it), and the frame of
// a plot. In pixels (96 an inch), y downwards; texts in Helvetica.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "report/plot/scale.hpp"

namespace cance::report {

/// Stroke of a line; `dash` is an SVG dash pattern, empty for a solid line.
struct Stroke {
  std::string colour;  ///< "#rrggbb" or "#rgb"; empty for none
  double width = 1.2;
  std::string dash = {};
  double opacity = 1;
};

enum class Anchor { start, middle, end };

/// An open or closed line through points.
struct Path {
  std::vector<Point> points;
  Stroke stroke;
  std::string fill = {};  ///< colour of the inside of a closed path; empty for none
  double opacity = 1;     ///< of the inside
  bool closed = false;
};
/// Filled circles.
struct Dots {
  std::vector<Point> centres;
  double radius = 1;
  std::string colour;
  double opacity = 1;
};
struct Text {
  Point at;
  std::string content;
  Anchor anchor = Anchor::start;
  double size = 11;
  bool bold = false, upright = false;  ///< upright: turned a quarter to the left
  std::string colour = "#222";
};
/// The bytes of a PNG file, its pixels shown as they are.
struct Image {
  Point corner;
  double width = 0, height = 0;
  std::string png;
};
/// What follows, up to the next, belongs to a method (its title), or to none.
struct Group {
  std::string method;
};
using Mark = std::variant<Path, Dots, Text, Image, Group>;

class Picture {
 public:
  /// `title` names the picture for readers who do not see it.
  Picture(double width, double height, std::string_view title)
      : width_(width), height_(height), title_(title) {}

  void line(Point from, Point to, const Stroke& stroke) { polyline({from, to}, stroke); }
  void polyline(std::vector<Point> points, const Stroke& stroke);
  /// A filled shape without outline; `opacity` in [0, 1].
  void area(std::vector<Point> points, std::string_view colour, double opacity);
  void rectangle(Point corner, double width, double height, const Stroke& stroke);
  void dots(std::vector<Point> centres, double radius, std::string_view colour, double opacity);
  void text(Point at, std::string_view content, Anchor anchor = Anchor::start, double size = 11,
            bool bold = false);
  void group(std::string_view method) { add(Group{std::string(method)}); }
  void add(Mark mark) { marks_.push_back(std::move(mark)); }

  [[nodiscard]] double width() const { return width_; }
  [[nodiscard]] double height() const { return height_; }
  [[nodiscard]] const std::string& title() const { return title_; }
  [[nodiscard]] const std::vector<Mark>& marks() const { return marks_; }

 private:
  double width_, height_;
  std::string title_;
  std::vector<Mark> marks_;
};

/// Pixels that a text takes in Helvetica of this size.
[[nodiscard]] double text_width(std::string_view text, double size, bool bold = false);
/// The text, cut with an ellipsis where it would be wider than this many pixels.
[[nodiscard]] std::string fitted(const std::string& text, double width, double size = 11);

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
void draw_frame(Picture& picture, const Plot& plot, const PlotTexts& texts);

}  // namespace cance::report
