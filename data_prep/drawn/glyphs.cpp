#include "data_prep/drawn/glyphs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "base/cast.hpp"
#include "base/random.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"

namespace cance::prep {
namespace {

constexpr std::size_t kGlyphPixels = kGlyphSide * kGlyphSide;
constexpr std::size_t kBlockImages = 1000;
constexpr std::uint64_t kFirstNoiseIndex = std::uint64_t{1} << 20U;

// Ranges of the random changes, in the units of the drawing's box (1) or in pixels.
constexpr double kBoxPixels = 19.0;
constexpr double kJitter = 0.035;
constexpr double kRotation = 16.0 * std::numbers::pi / 180.0;
constexpr double kShear = 0.22;
constexpr std::pair kScale{0.86, 1.08};
constexpr std::pair kAspect{0.82, 1.10};
constexpr double kShiftPixels = 1.2;
constexpr std::pair kHalfWidthPixels{0.9, 1.6};
constexpr std::pair kBlurPixels{0.5, 1.0};
constexpr std::pair kInk{0.75, 1.0};
constexpr std::pair kNoise{0.10, 0.14};

/// The numbers of one image, drawn in turn; each has a Philox block of its own.
class Draws {
 public:
  explicit Draws(const Random& stream) : stream_(&stream) {}
  double normal() { return stream_->normal(next()); }
  double between(std::pair<double, double> range) {
    return range.first + (range.second - range.first) * stream_->uniform(next());
  }
  double within(double limit) { return between({-limit, limit}); }
  std::size_t below(std::size_t bound) { return stream_->below(bound, next()); }

 private:
  std::uint64_t next() { return std::exchange(index_, index_ + 2); }
  const Random* stream_;
  std::uint64_t index_ = 0;
};

/// From the drawing's box to pixels.
struct Affine {
  double xx, xy, yx, yy, x0, y0;
  [[nodiscard]] Point operator()(Point p) const {
    const double x = p.x - 0.5;
    const double y = p.y - 0.5;
    return {xx * x + xy * y + x0, yx * x + yy * y + y0};
  }
};

/// rotation * shear * scale, then shift about the middle of the image.
Affine draw_affine(Draws& draws) {
  const double angle = draws.within(kRotation);
  const double shear = draws.within(kShear);
  const double height = kBoxPixels * draws.between(kScale);
  const double width = height * draws.between(kAspect);
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  const double middle = static_cast<double>(kGlyphSide) / 2.0;
  const double x0 = middle + draws.within(kShiftPixels);
  const double y0 = middle + draws.within(kShiftPixels);
  return {.xx = c * width,
          .xy = (c * shear - s) * height,
          .yx = s * width,
          .yy = (s * shear + c) * height,
          .x0 = x0,
          .y0 = y0};
}

using Segment = std::pair<Point, Point>;

std::vector<Segment> draw_segments(std::size_t digit, Draws& draws) {
  const auto drawings = drawings_of(digit);
  Drawing drawing = drawings[draws.below(drawings.size())];
  const Affine affine = draw_affine(draws);
  std::vector<Segment> segments;
  for (Stroke& stroke : drawing) {
    for (Point& point : stroke.points) {
      point.x += kJitter * draws.normal();
      point.y += kJitter * draws.normal();
      point = affine(point);
    }
    const std::vector<Point> line = flatten(stroke);
    for (std::size_t i = 1; i < line.size(); ++i) {
      segments.emplace_back(line[i - 1], line[i]);
    }
  }
  return segments;
}

double squared_distance(Point p, const Segment& segment) {
  const auto [a, b] = segment;
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double length = dx * dx + dy * dy;
  const double along = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0.0;
  const double t = std::clamp(along, 0.0, 1.0);
  const double ex = p.x - a.x - t * dx;
  const double ey = p.y - a.y - t * dy;
  return ex * ex + ey * ey;
}

/// Profile of a line of this half width under a Gaussian blur, at a distance from its middle.
double ink_at(double distance, double half_width, double blur) {
  const double scale = 1.0 / (std::numbers::sqrt2 * blur);
  return 0.5 *
         (std::erf((distance + half_width) * scale) - std::erf((distance - half_width) * scale));
}

double nearest(Point p, const std::vector<Segment>& segments) {
  double best = std::numeric_limits<double>::infinity();
  for (const Segment& segment : segments) {
    best = std::min(best, squared_distance(p, segment));
  }
  return std::sqrt(best);
}

void check_options(const GlyphOptions& options) {
  std::vector<std::string> faults;
  const auto check = [&faults](const char* name, std::int64_t value, std::int64_t lowest,
                               std::int64_t highest) {
    if (value < lowest || value > highest) {
      faults.push_back(fmt::format("{} is {}, expected {}..{}", name, value, lowest, highest));
    }
  };
  check("train-per-class", options.train_per_class, 1, kMaxGlyphsPerClass);
  check("test-per-class", options.test_per_class, 1, kMaxGlyphsPerClass);
  check("seed", options.seed, 0, std::numeric_limits<std::int64_t>::max());
  require(faults.empty(), "glyphs: {}", join(faults, "; "));
}

PartCounts write_part(store::DatasetWriter& writer, const std::string& name, GlyphPart part,
                      std::int64_t images_per_class, std::int64_t seed) {
  const auto per_class = to<std::size_t>(images_per_class);
  const std::size_t total = per_class * kGlyphClasses;
  for (std::size_t first = 0; first < total; first += kBlockImages) {
    const std::size_t last = std::min(total, first + kBlockImages);
    std::vector<std::uint8_t> images;
    std::vector<std::int32_t> labels;
    images.reserve((last - first) * kGlyphPixels);
    for (std::size_t i = first; i < last; ++i) {
      const auto image = draw_glyph(to<std::uint64_t>(seed), part, i);
      images.insert(images.end(), image.begin(), image.end());
      labels.push_back(to<std::int32_t>(i % kGlyphClasses));
    }
    writer.append_images(name, images, {1, kGlyphSide, kGlyphSide}, labels);
  }
  return {name, std::vector<std::size_t>(kGlyphClasses, per_class)};
}

}  // namespace

std::vector<std::uint8_t> draw_glyph(std::uint64_t seed, GlyphPart part, std::uint64_t index) {
  const std::uint64_t part_key = static_cast<std::uint64_t>(part) << 32U;
  const Random stream(seed, Purpose::glyphs, part_key | to<std::uint32_t>(index));
  Draws draws(stream);
  const std::vector<Segment> segments = draw_segments(index % kGlyphClasses, draws);
  const double half_width = draws.between(kHalfWidthPixels);
  const double blur = draws.between(kBlurPixels);
  const double ink = draws.between(kInk);
  const double noise = draws.between(kNoise);
  std::array<double, kGlyphPixels> normals{};
  stream.fill_normal(normals, kFirstNoiseIndex);

  std::vector<std::uint8_t> image(kGlyphPixels);
  for (std::size_t i = 0; i < kGlyphPixels; ++i) {
    const Point pixel{static_cast<double>(i % kGlyphSide) + 0.5,
                      static_cast<double>(i / kGlyphSide) + 0.5};
    const double value =
        ink * ink_at(nearest(pixel, segments), half_width, blur) + noise * normals[i];
    image[i] = static_cast<std::uint8_t>(std::lround(255.0 * std::clamp(value, 0.0, 1.0)));
  }
  return image;
}

constexpr int kDrawingVersion = 1;  // goes up when the images of a seed change

PrepSummary prep_glyphs(const GlyphOptions& options, const std::filesystem::path& out) {
  check_options(options);
  PrepSummary summary{.name = "glyphs",
                      .class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
                      .row_shape = {1, kGlyphSide, kGlyphSide},
                      .parts = {},
                      .sources = {}};
  // No file, but what tells one drawing from another.
  const std::string origin =
      fmt::format("drawn by version {}, seed {}", kDrawingVersion, options.seed);
  store::DatasetWriter writer(out, {.name = summary.name,
                                    .licence = kGlyphLicence,
                                    .class_names = summary.class_names,
                                    .column_names = {},
                                    .sources = {{origin, sha256(origin)}}});
  summary.parts.push_back(
      write_part(writer, "train", GlyphPart::train, options.train_per_class, options.seed));
  summary.parts.push_back(
      write_part(writer, "test", GlyphPart::test, options.test_per_class, options.seed));
  writer.commit();
  return summary;
}

}  // namespace cance::prep
