// Pictures as SVG.
#include <fmt/format.h>

#include "report/document/table.hpp"
#include "report/plot/forms.hpp"
#include "report/plot/png.hpp"

namespace cance::report {
namespace {

/// One digit behind the point is finer than a printer's dot.
std::string number(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) {
    text.resize(text.size() - 2);
  }
  return text == "-0" ? "0" : text;
}

std::string opacity_attribute(const char* name, double opacity) {
  return opacity < 1 ? fmt::format(R"( {}-opacity="{:.2f}")", name, opacity) : "";
}

std::string stroke_attributes(const Stroke& stroke) {
  if (stroke.colour.empty()) {
    return "";
  }
  return fmt::format(
      R"( stroke="{}" stroke-width="{}"{}{})", stroke.colour, number(stroke.width),
      stroke.dash.empty() ? "" : fmt::format(R"( stroke-dasharray="{}")", stroke.dash),
      opacity_attribute("stroke", stroke.opacity));
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

struct SvgWriter {
  std::string text;
  bool grouped = false;

  void operator()(const Path& path) {
    text += fmt::format(R"(<{} points="{}" fill="{}"{}{}/>)", path.closed ? "polygon" : "polyline",
                        coordinates(path.points), path.fill.empty() ? "none" : path.fill,
                        path.fill.empty() ? "" : opacity_attribute("fill", path.opacity),
                        stroke_attributes(path.stroke));
  }
  /// One shape, a dozen bytes a dot.
  void operator()(const Dots& dots) {
    text += "<path d=\"";
    for (const Point& centre : dots.centres) {
      text += fmt::format("M{},{}h0", number(centre.x), number(centre.y));
    }
    text += fmt::format(R"(" fill="none" stroke-linecap="round"{}/>)",
                        stroke_attributes({dots.colour, 2 * dots.radius, "", dots.opacity}));
  }
  void operator()(const Text& words) {
    constexpr const char* kAnchors[] = {"", R"( text-anchor="middle")", R"( text-anchor="end")"};
    const std::string place =
        words.upright ? fmt::format(R"x(transform="translate({},{}) rotate(-90)")x",
                                    number(words.at.x), number(words.at.y))
                      : fmt::format(R"(x="{}" y="{}")", number(words.at.x), number(words.at.y));
    text += fmt::format(R"(<text {} font-size="{}" fill="{}"{}{}>{}</text>)", place,
                        number(words.size), words.colour, kAnchors[static_cast<int>(words.anchor)],
                        words.bold ? R"( font-weight="bold")" : "", escape_html(words.content));
  }
  void operator()(const Group& group) {
    text += grouped ? "</g>" : "";
    grouped = !group.method.empty();
    text += grouped ? fmt::format(R"(<g data-method="{}">)", escape_html(group.method)) : "";
  }
  void operator()(const Image& image) {
    text += fmt::format(R"(<image x="{}" y="{}" width="{}" height="{}" )"
                        R"(style="image-rendering:pixelated" href="data:image/png;base64,{}"/>)",
                        number(image.corner.x), number(image.corner.y), number(image.width),
                        number(image.height), base64(image.png));
  }
};

}  // namespace

std::string to_svg(const Picture& picture, bool background) {
  SvgWriter writer{fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" )"
      R"(role="img" aria-label="{2}" font-family="Helvetica,Arial,sans-serif" )"
      R"(stroke-linejoin="round">)",
      number(picture.width()), number(picture.height()), escape_html(picture.title()))};
  writer.text += background ? R"(<rect width="100%" height="100%" fill="#fff"/>)" : "";
  for (const Mark& mark : picture.marks()) {
    std::visit(writer, mark);
  }
  writer(Group{});
  return writer.text + "</svg>";
}

}  // namespace cance::report
