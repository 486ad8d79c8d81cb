#include "report/plot/picture.hpp"

#include <algorithm>
#include <utility>

#include "base/ranges.hpp"
#include "report/plot/helvetica.hpp"

namespace cance::report {
namespace {

const Stroke kFrame{"#555", 1};
const Stroke kGrid{"#e4e4e4", 1};

}  // namespace

void Picture::polyline(std::vector<Point> points, const Stroke& stroke) {
  add(Path{std::move(points), stroke});
}

void Picture::area(std::vector<Point> points, std::string_view colour, double opacity) {
  add(Path{std::move(points), {}, std::string(colour), opacity, /*closed=*/true});
}

void Picture::rectangle(Point corner, double width, double height, const Stroke& stroke) {
  const double right = corner.x + width;
  const double bottom = corner.y + height;
  add(Path{{corner, {right, corner.y}, {right, bottom}, {corner.x, bottom}},
           stroke,
           {},
           1,
           /*closed=*/true});
}

void Picture::dots(std::vector<Point> centres, double radius, std::string_view colour,
                   double opacity) {
  add(Dots{std::move(centres), radius, std::string(colour), opacity});
}

void Picture::text(Point at, std::string_view content, Anchor anchor, double size, bool bold) {
  add(Text{at, std::string(content), anchor, size, bold});
}

double text_width(std::string_view text, double size, bool bold) {
  int thousandths = 0;
  for (const char code : win_ansi(text)) {
    thousandths += helvetica_widths(bold)[static_cast<unsigned char>(code) - kFirstCode];
  }
  return thousandths * size / 1000;
}

std::string fitted(const std::string& text, double width, double size) {
  if (text_width(text, size) <= width) {
    return text;
  }
  std::size_t end = text.size();
  const auto inside = [&] { return (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U; };
  while (end > 1 && (inside() || text_width(text.substr(0, end), size) + size > width)) {
    --end;  // not inside a UTF-8 character either
  }
  return text.substr(0, end) + "…";
}

std::vector<Point> Plot::at(const std::vector<Point>& values) const {
  return mapped(values, [this](const Point& value) { return at(value.x, value.y); });
}

void draw_frame(Picture& picture, const Plot& plot, const PlotTexts& texts) {
  constexpr double kTickSize = 10;
  const double bottom = plot.top + plot.height;
  const double right = plot.left + plot.width;
  for (const double tick : plot.x.ticks(texts.x_ticks)) {
    const double x = plot.left + plot.width * plot.x.unit(tick);
    picture.line({x, plot.top}, {x, bottom}, kGrid);
    picture.text({x, bottom + 13}, plot.x.label(tick, texts.x_ticks), Anchor::middle, kTickSize);
  }
  for (const double tick : plot.y.ticks(texts.y_ticks)) {
    const double y = plot.top + plot.height * (1 - plot.y.unit(tick));
    picture.line({plot.left, y}, {right, y}, kGrid);
    picture.text({plot.left - 5, y + 3.5}, plot.y.label(tick, texts.y_ticks), Anchor::end,
                 kTickSize);
  }
  picture.rectangle({plot.left, plot.top}, plot.width, plot.height, kFrame);
  const double middle = plot.left + plot.width / 2;
  if (!texts.title.empty()) {
    picture.text({middle, plot.top - 5}, texts.title, Anchor::middle, 11, true);
  }
  if (!texts.x_label.empty()) {
    picture.text({middle, bottom + 28}, texts.x_label, Anchor::middle);
  }
  if (!texts.y_label.empty()) {
    picture.add(Text{{plot.left - 41, plot.top + plot.height / 2},
                     texts.y_label,
                     Anchor::middle,
                     11,
                     /*bold=*/false,
                     /*upright=*/true});
  }
}

}  // namespace cance::report
