#include "report/plot/svg.hpp"

#include <fmt/format.h>

#include "base/ranges.hpp"
#include "report/document/table.hpp"

namespace cance::report {
namespace {

const Stroke kFrame{"#555", 1, ""};
const Stroke kGrid{"#e4e4e4", 1, ""};

/// One digit behind the point is finer than a printer's dot.
std::string number(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) {
    text.resize(text.size() - 2);
  }
  return text == "-0" ? "0" : text;
}

std::string stroke_attributes(const Stroke& stroke) {
  return fmt::format(
      R"(stroke="{}" stroke-width="{}"{})", stroke.colour, number(stroke.width),
      stroke.dash.empty() ? "" : fmt::format(R"( stroke-dasharray="{}")", stroke.dash));
}

std::string coordinates(const std::vector<Point>& points) {
  std::string text;
  for (const Point& point : points) {
    text += text.empty() ? "" : " ";
    text += number(point.x);
    text += ',';
    text += number(point.y);
  }
  return text;
}

}  // namespace

Svg::Svg(double width, double height, std::string_view title)
    : body_(fmt::format(
          R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" )"
          R"(aria-label="{2}">)",
          number(width), number(height), escape_html(title))) {}

void Svg::line(Point from, Point to, const Stroke& stroke) {
  body_ += fmt::format(R"(<line x1="{}" y1="{}" x2="{}" y2="{}" {}/>)", number(from.x),
                       number(from.y), number(to.x), number(to.y), stroke_attributes(stroke));
}

void Svg::polyline(const std::vector<Point>& points, const Stroke& stroke) {
  body_ += fmt::format(R"(<polyline points="{}" fill="none" stroke-linejoin="round" {}/>)",
                       coordinates(points), stroke_attributes(stroke));
}

void Svg::area(const std::vector<Point>& points, std::string_view colour, double opacity) {
  body_ += fmt::format(R"(<polygon points="{}" fill="{}" fill-opacity="{:.2f}"/>)",
                       coordinates(points), colour, opacity);
}

void Svg::rectangle(Point corner, double width, double height, const Stroke& stroke,
                    std::string_view fill) {
  body_ +=
      fmt::format(R"(<rect x="{}" y="{}" width="{}" height="{}" fill="{}" {}/>)", number(corner.x),
                  number(corner.y), number(width), number(height), fill, stroke_attributes(stroke));
}

void Svg::dots(const std::vector<Point>& centres, double radius, std::string_view colour,
               double opacity) {
  body_ += "<path d=\"";
  for (const Point& centre : centres) {
    body_ += fmt::format("M{},{}h0", number(centre.x), number(centre.y));
  }
  body_ += fmt::format(
      R"(" fill="none" stroke-linecap="round" stroke="{}" stroke-width="{}" stroke-opacity="{:.2f}"/>)",
      colour, number(2 * radius), opacity);
}

void Svg::text(Point at, std::string_view content, Anchor anchor, double size, bool bold) {
  constexpr const char* kNames[] = {"start", "middle", "end"};
  body_ += fmt::format(R"(<text x="{}" y="{}" font-size="{}" text-anchor="{}"{}>{}</text>)",
                       number(at.x), number(at.y), number(size), kNames[static_cast<int>(anchor)],
                       bold ? R"( font-weight="600")" : "", escape_html(content));
}

void Svg::vertical_text(Point at, std::string_view content, double size) {
  body_ += fmt::format(
      "<text transform=\"translate({},{}) rotate(-90)\" font-size=\"{}\" "
      "text-anchor=\"middle\">{}</text>",
      number(at.x), number(at.y), number(size), escape_html(content));
}

std::vector<Point> Plot::at(const std::vector<Point>& values) const {
  return mapped(values, [this](const Point& value) { return at(value.x, value.y); });
}

void draw_frame(Svg& svg, const Plot& plot, const PlotTexts& texts) {
  constexpr double kTickSize = 10;
  const double bottom = plot.top + plot.height;
  const double right = plot.left + plot.width;
  for (const double tick : plot.x.ticks(texts.x_ticks)) {
    const double x = plot.left + plot.width * plot.x.unit(tick);
    svg.line({x, plot.top}, {x, bottom}, kGrid);
    svg.text({x, bottom + 13}, plot.x.label(tick, texts.x_ticks), Anchor::middle, kTickSize);
  }
  for (const double tick : plot.y.ticks(texts.y_ticks)) {
    const double y = plot.top + plot.height * (1 - plot.y.unit(tick));
    svg.line({plot.left, y}, {right, y}, kGrid);
    svg.text({plot.left - 5, y + 3.5}, plot.y.label(tick, texts.y_ticks), Anchor::end, kTickSize);
  }
  svg.rectangle({plot.left, plot.top}, plot.width, plot.height, kFrame);
  const double middle = plot.left + plot.width / 2;
  if (!texts.title.empty()) {
    svg.text({middle, plot.top - 5}, texts.title, Anchor::middle, 11, true);
  }
  if (!texts.x_label.empty()) {
    svg.text({middle, bottom + 28}, texts.x_label, Anchor::middle);
  }
  if (!texts.y_label.empty()) {
    svg.vertical_text({plot.left - 38, plot.top + plot.height / 2}, texts.y_label);
  }
}

}  // namespace cance::report
