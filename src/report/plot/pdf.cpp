// Pictures as PDF (ISO 32000-1): one content stream in pixels, turned upside down by its matrix.
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/ranges.hpp"
#include "report/plot/forms.hpp"
#include "report/plot/helvetica.hpp"

namespace cance::report {
namespace {

constexpr double kPoints = 0.75;  ///< in a pixel

std::string real(double value) { return fmt::format("{:.2f}", value); }
std::string reals(const Point& point) { return real(point.x) + " " + real(point.y); }

/// "#rrggbb" or "#rgb" as three shares of 1.
std::string colour_text(const std::string& colour) {
  const std::size_t digits = colour.size() / 3;
  std::string text;
  for (std::size_t i = 0; i < 3; ++i) {
    const int value = std::stoi(colour.substr(1 + i * digits, digits), nullptr, 16);
    text += fmt::format("{:.3f} ", value / (digits == 1 ? 15.0 : 255.0));
  }
  return text;
}

/// A string of WinAnsiEncoding.
std::string string_text(std::string_view utf8) {
  std::string text;
  for (const char code : win_ansi(utf8)) {
    text += code == '(' || code == ')' || code == '\\' ? "\\" : "";
    text += code;
  }
  return "(" + text + ")";
}

/// A standard font with its widths, by which whatever stands in for it keeps texts in place.
std::string font_object(const char* name, bool bold, std::size_t descriptor) {
  return fmt::format(
      "<</Type/Font/Subtype/Type1/BaseFont/{}/Encoding/WinAnsiEncoding/FirstChar {}/LastChar 255"
      "/Widths[{}]/FontDescriptor {} 0 R>>",
      name, kFirstCode, fmt::join(helvetica_widths(bold), " "), descriptor);
}

std::string descriptor_object(const char* name, bool bold) {  // by Adobe's metrics
  return fmt::format(
      "<</Type/FontDescriptor/FontName/{}/Flags 32/FontBBox[{}]/ItalicAngle 0/Ascent 718"
      "/Descent -207/CapHeight 718/StemV {}>>",
      name, bold ? "-170 -228 1003 962" : "-166 -225 1000 931", bold ? 140 : 88);
}

/// Big-endian.
std::size_t number_at(std::string_view bytes, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = (value << 8U) | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

/// An image object: PDF takes the packed rows of a PNG as they are.
std::string image_object(std::string_view png) {
  constexpr std::size_t kHeader = 8;       // of the file, before the first chunk
  constexpr std::size_t kWidthPlace = 16;  // in the first chunk, then height, depth, colour type
  const std::size_t columns = number_at(png, kWidthPlace);
  const bool grey = png[kWidthPlace + 9] == 0;
  std::string packed;
  for (std::size_t at = kHeader; at < png.size();) {
    const std::size_t size = number_at(png, at);
    if (png.substr(at + 4, 4) == "IDAT") {
      packed += png.substr(at + 8, size);
    }
    at += size + 12;  // length, name, checksum
  }
  return fmt::format(
             "<</Type/XObject/Subtype/Image/Width {0}/Height {1}/ColorSpace/{2}/BitsPerComponent 8"
             "/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors {3}/BitsPerComponent 8/Columns "
             "{0}>>/Length {4}>>\nstream\n",
             columns, number_at(png, kWidthPlace + 4), grey ? "DeviceGray" : "DeviceRGB",
             grey ? 1 : 3, packed.size()) +
         packed + "\nendstream";
}

struct PdfWriter {
  std::string content;
  std::vector<std::string> images;               ///< objects
  std::map<std::string, std::string> opacities;  ///< name of a graphics state by its value

  void set_opacity(double fill, double stroke) {
    const std::string value = fmt::format("<</ca {:.2f}/CA {:.2f}>>", fill, stroke);
    const auto found = opacities.emplace(value, fmt::format("G{}", opacities.size())).first;
    content += "/" + found->second + " gs ";
  }
  void set_stroke(const Stroke& stroke) {
    content +=
        colour_text(stroke.colour) + "RG " + real(stroke.width) + " w [" + stroke.dash + "] 0 d ";
  }
  void operator()(const Path& path) {
    if (path.points.empty()) {
      return;
    }
    const bool stroked = !path.stroke.colour.empty();
    set_opacity(path.opacity, path.stroke.opacity);
    if (stroked) {
      set_stroke(path.stroke);
    }
    if (!path.fill.empty()) {
      content += colour_text(path.fill) + "rg ";
    }
    for (std::size_t i = 0; i < path.points.size(); ++i) {
      content += reals(path.points[i]) + (i == 0 ? " m " : " l ");
    }
    content += path.closed ? "h " : "";
    content += path.fill.empty() ? (stroked ? "S\n" : "n\n") : (stroked ? "B\n" : "f\n");
  }
  /// Lines of no length with round ends.
  void operator()(const Dots& dots) {
    set_opacity(1, dots.opacity);
    set_stroke({dots.colour, 2 * dots.radius});
    content += "1 J ";
    for (const Point& centre : dots.centres) {
      content += reals(centre) + " m " + reals(centre) + " l S ";
    }
    content += "0 J\n";
  }
  void operator()(const Text& text) {
    const double width = text_width(text.content, text.size, text.bold);
    const double back =
        text.anchor == Anchor::start ? 0 : width / (text.anchor == Anchor::end ? 1 : 2);
    const Point from =
        text.upright ? Point{text.at.x, text.at.y + back} : Point{text.at.x - back, text.at.y};
    set_opacity(1, 1);
    content += fmt::format("BT {}rg /{} {} Tf {} {} Tm {} Tj ET\n", colour_text(text.colour),
                           text.bold ? "F2" : "F1", real(text.size),
                           text.upright ? "0 -1 -1 0" : "1 0 0 -1", reals(from),
                           string_text(text.content));
  }
  void operator()(const Group&) {}
  void operator()(const Image& image) {
    content +=
        fmt::format("q {} 0 0 {} {} {} cm /I{} Do Q\n", real(image.width), real(-image.height),
                    real(image.corner.x), real(image.corner.y + image.height), images.size());
    images.push_back(image_object(image.png));
  }
};

}  // namespace

std::string to_pdf(const Picture& picture) {
  PdfWriter writer;
  writer.content =
      fmt::format("{0} 0 0 -{0} 0 {1} cm 1 j\n", kPoints, real(kPoints * picture.height()));
  for (const Mark& mark : picture.marks()) {
    std::visit(writer, mark);
  }
  constexpr std::size_t kFirstImage = 10;  // number of the object
  std::string states, images;
  for (const auto& [value, name] : writer.opacities) {
    states += "/" + name + value;
  }
  for (std::size_t i = 0; i < writer.images.size(); ++i) {
    images += fmt::format("/I{} {} 0 R", i, kFirstImage + i);
  }
  std::vector<std::string> objects{
      "<</Type/Catalog/Pages 2 0 R>>",
      "<</Type/Pages/Kids[3 0 R]/Count 1>>",
      fmt::format("<</Type/Page/Parent 2 0 R/MediaBox[0 0 {} {}]/Contents 4 0 R/Resources<<"
                  "/Font<</F1 6 0 R/F2 7 0 R>>/ExtGState<<{}>>/XObject<<{}>>>>>>",
                  real(kPoints * picture.width()), real(kPoints * picture.height()), states,
                  images),
      fmt::format("<</Length {}>>\nstream\n{}\nendstream", writer.content.size(), writer.content),
      "<</Title" + string_text(picture.title()) + ">>",
      font_object("Helvetica", /*bold=*/false, 8),
      font_object("Helvetica-Bold", /*bold=*/true, 9),
      descriptor_object("Helvetica", /*bold=*/false),
      descriptor_object("Helvetica-Bold", /*bold=*/true)};
  std::ranges::move(writer.images, std::back_inserter(objects));
  std::string file = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n";  // bytes that say: not text
  std::string places = fmt::format("xref\n0 {}\n0000000000 65535 f \n", objects.size() + 1);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    places += fmt::format("{:010} 00000 n \n", file.size());
    file += fmt::format("{} 0 obj\n", i + 1) + objects[i] + "\nendobj\n";
  }
  const std::size_t start = file.size();
  return file + places +
         fmt::format("trailer\n<</Size {}/Root 1 0 R/Info 5 0 R>>\nstartxref\n{}\n%%EOF\n",
                     objects.size() + 1, start);
}

}  // namespace cance::report
