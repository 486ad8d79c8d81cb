// The gallery of the page: part of figures.hpp, apart from the plots because it is made of images.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "config/methods.hpp"
#include "report/document/table.hpp"
#include "report/figures/figures.hpp"
#include "report/figures/panels.hpp"
#include "report/plot/png.hpp"

namespace cance::report {
namespace {

using Colour = std::array<std::uint8_t, 3>;
constexpr std::size_t kGap = 2;      ///< white pixels between images
constexpr double kShownWidth = 52;   ///< of an image, in pixels of the page
constexpr std::size_t kLevels = 16;  ///< of an error's colour, as few keep the page small

/// Images side by side in rows, planar; white where nothing was drawn.
class Sheet {
 public:
  Sheet(std::size_t channels, std::size_t rows, std::size_t columns, const Shape& image)
      : channels_(channels),
        image_height_(image[1]),
        image_width_(image[2]),
        height_(rows * (image[1] + kGap)),
        width_(columns * (image[2] + kGap)),
        planar_(channels * height_ * width_, 255) {}

  /// Pixel `i` of the image in this row and column.
  void set(std::size_t row, std::size_t column, std::size_t channel, std::size_t i,
           std::uint8_t value) {
    const std::size_t y = row * (image_height_ + kGap) + i / image_width_;
    const std::size_t x = column * (image_width_ + kGap) + i % image_width_;
    planar_[(channel * height_ + y) * width_ + x] = value;
  }
  [[nodiscard]] std::string tag() const {
    return fmt::format(R"(<img alt="" src="{}">)",
                       png_data_uri(planar_, channels_, height_, width_));
  }

 private:
  std::size_t channels_, image_height_, image_width_, height_, width_;
  std::vector<std::uint8_t> planar_;
};

/// |input - output| of pixel i, mean over the channels.
double error_of(const GalleryImage& image, const Shape& shape, std::size_t i) {
  const std::size_t plane = shape[1] * shape[2];
  double sum = 0;
  for (std::size_t c = 0; c < shape[0]; ++c) {
    sum += std::abs(int{image.input[c * plane + i]} - int{image.output[c * plane + i]});
  }
  return sum / static_cast<double>(shape[0]);
}

/// White for 0, over orange to dark brown for 1: lightness falls all the way, also in grey.
Colour error_colour(double share) {
  constexpr std::array<std::array<double, 3>, 4> kStops{
      {{255, 255, 255}, {250, 190, 90}, {213, 94, 0}, {70, 15, 0}}};
  const double level = std::round(std::clamp(share, 0.0, 1.0) * (kLevels - 1));
  const double position = level / (kLevels - 1) * (kStops.size() - 1);
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

/// The images, each above its reconstruction.
std::string images_tag(const std::vector<GalleryImage>& images, const Shape& shape) {
  constexpr std::size_t kColours = 3;
  const std::size_t channels = shape[0] == kColours ? kColours : 1;
  const std::size_t plane = shape[1] * shape[2];
  Sheet sheet(channels, 2, images.size(), shape);
  for (std::size_t k = 0; k < images.size(); ++k) {
    for (std::size_t i = 0; i < channels * plane; ++i) {
      sheet.set(0, k, i / plane, i % plane, images[k].input[i]);
      sheet.set(1, k, i / plane, i % plane, images[k].output[i]);
    }
  }
  return sheet.tag();
}

std::string errors_tag(const std::vector<GalleryImage>& images, const Shape& shape, double scale) {
  Sheet sheet(3, 1, images.size(), shape);
  for (std::size_t k = 0; k < images.size(); ++k) {
    for (std::size_t i = 0; i < shape[1] * shape[2]; ++i) {
      const Colour colour = error_colour(error_of(images[k], shape, i) / scale);
      for (std::size_t c = 0; c < colour.size(); ++c) {
        sheet.set(0, k, c, i, colour[c]);
      }
    }
  }
  return sheet.tag();
}

std::string strip_html(const std::vector<GalleryImage>& images, const Shape& shape,
                       double error_scale) {
  const double width = kShownWidth * static_cast<double>(images.size() * (shape[2] + kGap)) /
                       static_cast<double>(shape[2]);
  std::string html =
      fmt::format(R"(<td class="l"><div class="strip" style="width:{:.0f}px">{}{}<p>)", width,
                  images_tag(images, shape), errors_tag(images, shape, error_scale));
  for (const GalleryImage& image : images) {
    html += fmt::format(R"(<span class="{}">{}<br>{}</span>)", image.anomalous ? "anom" : "norm",
                        image.anomalous ? "anomaly" : "normal", short_text(image.score));
  }
  return html + "</p></div></td>";
}

}  // namespace

std::optional<Figure> gallery_figure(const CellGroup& group) {
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
                  config::method_title(method), seed_note(group))};
}

}  // namespace cance::report
