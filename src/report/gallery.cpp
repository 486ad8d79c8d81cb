// The gallery of the page: part of figures.hpp, apart from the plots because it is made of images.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/figures.hpp"
#include "report/panels.hpp"
#include "report/png.hpp"
#include "report/tables.hpp"

namespace cance::report {

namespace {

using Colour = std::array<std::uint8_t, 3>;
constexpr std::size_t kGap = 2;        ///< white pixels between images
constexpr double kShownWidth = 52;     ///< of an image, in pixels of the page
constexpr std::size_t kStripRows = 3;  ///< input, reconstruction, error

/// Pixel i of a planar image; images without colours are grey.
Colour pixel_of(const std::vector<std::uint8_t>& planar, const store::Shape& shape, std::size_t i) {
  const std::size_t plane = shape[1] * shape[2];
  constexpr std::size_t kColours = 3;
  return shape[0] == kColours ? Colour{planar[i], planar[plane + i], planar[2 * plane + i]}
                              : Colour{planar[i], planar[i], planar[i]};
}

/// |input - output| of pixel i, mean over the channels.
double error_of(const GalleryImage& image, const store::Shape& shape, std::size_t i) {
  const std::size_t plane = shape[1] * shape[2];
  double sum = 0;
  for (std::size_t c = 0; c < shape[0]; ++c) {
    sum += std::abs(int{image.input[c * plane + i]} - int{image.output[c * plane + i]});
  }
  return sum / static_cast<double>(shape[0]);
}

/// White for 0, over orange to dark brown for 1: lightness falls all the way, so that it reads in
/// grey too.
Colour error_colour(double share) {
  constexpr std::array<std::array<double, 3>, 4> kStops{
      {{255, 255, 255}, {250, 190, 90}, {213, 94, 0}, {70, 15, 0}}};
  const double position = std::clamp(share, 0.0, 1.0) * (kStops.size() - 1);
  const auto stop = std::min(static_cast<std::size_t>(position), kStops.size() - 2);
  const double weight = position - static_cast<double>(stop);
  Colour colour{};
  for (std::size_t k = 0; k < colour.size(); ++k) {
    colour[k] = static_cast<std::uint8_t>(
        std::lround((1 - weight) * kStops[stop][k] + weight * kStops[stop + 1][k]));
  }
  return colour;
}

double largest_error(const GalleryRow& row) {
  double largest = 1;
  for (const auto* images : {&row.most, &row.least}) {
    for (const GalleryImage& image : *images) {
      for (std::size_t i = 0; i < row.image[1] * row.image[2]; ++i) {
        largest = std::max(largest, error_of(image, row.image, i));
      }
    }
  }
  return largest;
}

/// The images side by side, each above its reconstruction and its error; planar RGB.
std::string strip_png(const std::vector<GalleryImage>& images, const store::Shape& shape,
                      double error_scale) {
  const std::size_t height = kStripRows * (shape[1] + kGap);
  const std::size_t width = images.size() * (shape[2] + kGap);
  std::vector<std::uint8_t> planar(3 * height * width, 255);
  for (std::size_t k = 0; k < images.size(); ++k) {
    for (std::size_t i = 0; i < shape[1] * shape[2]; ++i) {
      const std::array<Colour, kStripRows> colours{
          pixel_of(images[k].input, shape, i), pixel_of(images[k].output, shape, i),
          error_colour(error_of(images[k], shape, i) / error_scale)};
      for (std::size_t r = 0; r < kStripRows; ++r) {
        const std::size_t y = r * (shape[1] + kGap) + i / shape[2];
        const std::size_t x = k * (shape[2] + kGap) + i % shape[2];
        for (std::size_t c = 0; c < 3; ++c) {
          planar[(c * height + y) * width + x] = colours[r][c];
        }
      }
    }
  }
  return png_data_uri(planar, 3, height, width);
}

std::string strip_html(const std::vector<GalleryImage>& images, const store::Shape& shape,
                       double error_scale) {
  const double width = kShownWidth * static_cast<double>(images.size() * (shape[2] + kGap)) /
                       static_cast<double>(shape[2]);
  std::string html = fmt::format(
      R"(<td class="l"><div class="strip" style="width:{:.0f}px"><img alt="" src="{}"><p>)", width,
      strip_png(images, shape, error_scale));
  for (const GalleryImage& image : images) {
    html +=
        fmt::format(R"(<span class="{}">{}<br>{:.4g}</span>)", image.anomalous ? "anom" : "norm",
                    image.anomalous ? "anomaly" : "normal", image.score);
  }
  return html + "</p></div></td>";
}

}  // namespace

std::optional<Figure> gallery_figure(const Group& group) {
  std::string rows;
  std::string method;
  std::size_t shown = 0;
  for (const std::string& name : drawn_cases(group)) {
    const auto& gallery = group.figures.at(name).gallery;
    if (gallery && !gallery->most.empty()) {
      method = gallery->method;
      const double scale = largest_error(*gallery);
      rows += fmt::format(R"(<tr><td class="l">{}</td>{}{}</tr>)",
                          escape_html(panel_title(group, name)),
                          strip_html(gallery->most, gallery->image, scale),
                          strip_html(gallery->least, gallery->image, scale));
      ++shown;
    }
  }
  if (shown == 0) {
    return std::nullopt;
  }
  return Figure{
      R"(<div class="wide"><table class="gallery"><thead><tr><th class="l">case</th><th class="l">most anomalous</th>)"
      R"(<th class="l">least anomalous</th></tr></thead><tbody>)" +
          rows + "</tbody></table></div>",
      fmt::format("Test images with the highest and the lowest scores of {}: image, "
                  "reconstruction and absolute error (white: none; dark: the largest of the row), "
                  "with true label and score. {}",
                  store::method_title(method), seed_note(group))};
}

}  // namespace cance::report
