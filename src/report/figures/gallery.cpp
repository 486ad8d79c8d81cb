// The gallery of the page: part of figures.hpp, apart from the plots because it is made of images.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "config/methods.hpp"
#include "report/document/table.hpp"
#include "report/figures/figures.hpp"
#include "report/figures/panels.hpp"
#include "report/plot/png.hpp"

namespace cance::report {
namespace {

using Colour = std::array<std::uint8_t, 3>;
constexpr std::size_t kGap = 2;      ///< white pixels between images
constexpr double kShownWidth = 44;   ///< of an image, in pixels of the page
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
  [[nodiscard]] std::string png() const { return encode_png(planar_, channels_, height_, width_); }

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
  for (const auto* images : {&row.most, &row.least, &row.false_alarms, &row.misses}) {
    for (const GalleryImage& image : *images) {
      for (std::size_t i = 0; i < row.image[1] * row.image[2]; ++i) {
        largest = std::max(largest, error_of(image, row.image, i));
      }
    }
  }
  return largest;
}

/// The images, each above its reconstruction where there are some.
std::string images_png(const std::vector<GalleryImage>& images, const Shape& shape,
                       bool reconstructed) {
  constexpr std::size_t kColours = 3;
  const std::size_t channels = shape[0] == kColours ? kColours : 1;
  const std::size_t plane = shape[1] * shape[2];
  Sheet sheet(channels, reconstructed ? 2 : 1, images.size(), shape);
  for (std::size_t k = 0; k < images.size(); ++k) {
    for (std::size_t i = 0; i < channels * plane; ++i) {
      sheet.set(0, k, i / plane, i % plane, images[k].input[i]);
      if (reconstructed) {
        sheet.set(1, k, i / plane, i % plane, images[k].output[i]);
      }
    }
  }
  return sheet.png();
}

std::string errors_png(const std::vector<GalleryImage>& images, const Shape& shape, double scale) {
  Sheet sheet(3, 1, images.size(), shape);
  for (std::size_t k = 0; k < images.size(); ++k) {
    for (std::size_t i = 0; i < shape[1] * shape[2]; ++i) {
      const Colour colour = error_colour(error_of(images[k], shape, i) / scale);
      for (std::size_t c = 0; c < colour.size(); ++c) {
        sheet.set(0, k, c, i, colour[c]);
      }
    }
  }
  return sheet.png();
}

constexpr double kNames = 90;   ///< room at the left
constexpr double kTitle = 18;   ///< height above a strip
constexpr double kScores = 20;  ///< below

/// Height of an image as it is shown, with its gap.
double shown_height(const Shape& shape) {
  return kShownWidth * static_cast<double>(shape[1] + kGap) / static_cast<double>(shape[2]);
}

/// Rows of a strip: images, and where there are some reconstructions and errors.
double sheets_of(const GalleryRow& row) { return row.reconstructed ? 3 : 1; }

/// Images, reconstructions and errors with labels and scores below a title.
void draw_strip(Picture& picture, Point corner, const std::string& title,
                const std::vector<GalleryImage>& images, const GalleryRow& row,
                double error_scale) {
  const Shape& shape = row.image;
  picture.text({corner.x, corner.y + 12}, title, Anchor::start, 11, true);
  const double step =
      kShownWidth * static_cast<double>(shape[2] + kGap) / static_cast<double>(shape[2]);
  const double width = step * static_cast<double>(images.size());
  const double height = shown_height(shape);
  const double top = corner.y + kTitle;
  picture.add(Image{{corner.x, top},
                    width,
                    (row.reconstructed ? 2 : 1) * height,
                    images_png(images, shape, row.reconstructed)});
  if (row.reconstructed) {
    picture.add(
        Image{{corner.x, top + 2 * height}, width, height, errors_png(images, shape, error_scale)});
  }
  for (std::size_t k = 0; k < images.size(); ++k) {
    picture.add(Text{{corner.x + step * static_cast<double>(k) + kShownWidth / 2,
                      top + sheets_of(row) * height + 10},
                     short_text(images[k].score),
                     Anchor::middle,
                     10,
                     /*bold=*/images[k].anomalous,
                     /*upright=*/false,
                     images[k].anomalous ? kAnomalousColour : kNormalColour});
  }
}

struct Strip {
  const char* title;
  std::vector<GalleryImage> GalleryRow::*images;
};
constexpr std::array<std::array<Strip, 2>, 2> kStrips{
    {{{{"highest scores", &GalleryRow::most}, {"lowest scores", &GalleryRow::least}}},
     {{{"normal, highest scores", &GalleryRow::false_alarms},
       {"anomalous, lowest scores", &GalleryRow::misses}}}}};

/// Whether a row of strips has an image.
bool has_images(const GalleryRow& row, const std::array<Strip, 2>& strips) {
  return std::ranges::any_of(strips, [&](const Strip& s) { return !(row.*s.images).empty(); });
}

double strip_height(const GalleryRow& row) {
  return kTitle + sheets_of(row) * shown_height(row.image) + kScores;
}

double row_height(const GalleryRow& row) {
  return strip_height(row) *
         static_cast<double>(std::ranges::count_if(
             kStrips, [&](const auto& strips) { return has_images(row, strips); }));
}

/// The galleries of these cases below each other.
Figure gallery_figure(const CellGroup& group, std::span<const std::string> cases) {
  double height = 4;
  for (const std::string& name : cases) {
    height += row_height(*group.figures.at(name).gallery);
  }
  Picture picture(kFigureWidth, height, "Gallery of test images");
  CsvLines data({"case", "strip", "place", "label", "score"});
  double y = 0;
  for (const std::string& name : cases) {
    const CellFigures& figures = group.figures.at(name);
    const GalleryRow& row = *figures.gallery;
    const double scale = row.reconstructed ? largest_error(row) : 1;
    picture.text({0, y + 12}, fitted(panel_title(group, name, figures.seed), kNames - 6));
    for (const auto& strips : kStrips) {
      if (!has_images(row, strips)) {
        continue;
      }
      for (std::size_t i = 0; i < strips.size(); ++i) {
        const auto& images = row.*strips[i].images;
        const double left = kNames + static_cast<double>(i) * (kFigureWidth - kNames) / 2;
        if (!images.empty()) {
          draw_strip(picture, {left, y}, strips[i].title, images, row, scale);
        }
        for (std::size_t k = 0; k < images.size(); ++k) {
          data.add({name, strips[i].title, fmt::format("{}", k + 1),
                    images[k].anomalous ? "anomalous" : "normal", exact_text(images[k].score)});
        }
      }
      y += strip_height(row);
    }
  }
  return {"gallery", std::move(picture), "", std::move(data)};
}

}  // namespace

std::vector<Figure> gallery_figures(const CellGroup& group) {
  std::vector<std::string> cases = drawn_cases(group);
  std::erase_if(cases, [&](const std::string& name) {
    const auto& gallery = group.figures.at(name).gallery;
    return !gallery || row_height(*gallery) == 0;
  });
  constexpr std::size_t kOnPage = 3;
  std::vector<Figure> figures;
  for (std::size_t first = 0; first < cases.size(); first += kOnPage) {
    const auto some = std::span(cases).subspan(first, std::min(kOnPage, cases.size() - first));
    figures.push_back(gallery_figure(group, some));
    figures.back().caption = fmt::format("Test images of {}, continued.", fmt::join(some, ", "));
  }
  if (!figures.empty()) {
    const GalleryRow& first = *group.figures.at(cases.front()).gallery;
    figures.front().caption = fmt::format(
        "Test images with the highest and the lowest scores of {}, and those of each class "
        "furthest at the wrong end: {}, with the score, in bold and orange where anomalous. {}",
        config::method_title(first.method),
        first.reconstructed ? "image, reconstruction and absolute error (white: none; dark: the "
                              "largest of the case)"
                            : "the image",
        seed_note(group));
  }
  return figures;
}

}  // namespace cance::report
