#include "data_prep/drawn/corruptions.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace cance::prep {
namespace {

constexpr double kAngle = 0.4;  // of shear and rotation
constexpr double kShrink = 1 / 0.7;
constexpr double kShift = 3;
constexpr double kBrighter = 0.5;
constexpr double kFog = 3.0;
constexpr double kFogDecay = 1.4;
constexpr std::size_t kStripe = 7;

/// -1 or 1, number `index` of the stream.
double sign(const Random& random, std::uint64_t index) {
  return random.below(2, index) == 0 ? -1 : 1;
}

template <class Value>
Field map(const Field& x, Value value) {
  Field result;
  std::ranges::transform(x, result.begin(), value);
  return result;
}

/// Inversion; exact for the small means here.
double poisson(double mean, double uniform) {
  double share = std::exp(-mean);
  double sum = share;
  int count = 0;
  while (uniform > sum && share > 0) {
    share *= mean / ++count;
    sum += share;
  }
  return count;
}

Field shot_noise(const Field& x, const Random& random) {
  constexpr double kCounts = 3;
  Field result;
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    result[i] = poisson(kCounts * x[i], random.uniform(i)) / kCounts;
  }
  return result;
}

Field impulse_noise(const Field& x, const Random& random) {
  constexpr double kShare = 0.17;
  Field result = x;
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    const double draw = random.uniform(i);
    if (draw < kShare) {
      result[i] = draw < kShare / 2 ? 0 : 1;
    }
  }
  return result;
}

Field glass_blur(const Field& x, const Random& random) {
  constexpr double kSigma = 0.7;
  constexpr std::size_t kPasses = 2;
  Field grains = map(gaussian(x, kSigma, Edge::nearest),
                     [](double value) { return std::floor(value * 255) / 255; });
  std::uint64_t draw = 0;
  for (std::size_t pass = 0; pass < kPasses; ++pass) {
    for (std::size_t row = kMnistSide - 1; row > 1; --row) {
      for (std::size_t column = kMnistSide - 1; column > 1; --column, draw += 3) {
        const std::size_t up = random.below(2, draw + 1);
        const std::size_t left = random.below(2, draw + 2);
        if (random.below(2, draw) == 1) {
          std::swap(grains[row * kMnistSide + column],
                    grains[(row - up) * kMnistSide + column - left]);
        }
      }
    }
  }
  return gaussian(grains, kSigma, Edge::nearest);
}

Field motion(const Field& x, const Random& random) {
  constexpr double kRadius = 10;
  constexpr double kSigma = 3;
  constexpr double kMostDegrees = 45;
  return motion_blur(x, kRadius, kSigma, kMostDegrees * (2 * random.uniform(0) - 1));
}

Field shear(const Field& x, const Random& random) {
  const double angle = kAngle * sign(random, 0);
  return warp(x, {.xy = -std::sin(angle), .yy = std::cos(angle)});
}

Field scale(const Field& x, const Random&) { return warp(x, {.xx = kShrink, .yy = kShrink}); }

Field rotate(const Field& x, const Random& random) {
  const double angle = kAngle * sign(random, 0);
  const double s = std::sin(angle);
  const double c = std::cos(angle);
  return warp(x, {.xx = c, .xy = -s, .yx = s, .yy = c});
}

Field brightness(const Field& x, const Random&) {
  return map(x, [](double value) { return value + kBrighter; });
}

Field translate(const Field& x, const Random& random) {
  return warp(x, {.shift_x = kShift * sign(random, 0), .shift_y = kShift * sign(random, 1)});
}

Field stripe(const Field& x, const Random&) {
  Field result = x;
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    const std::size_t column = i % kMnistSide;
    if (column < kStripe || column >= kMnistSide - kStripe) {
      result[i] = 1 - x[i];
    }
  }
  return result;
}

Field fog(const Field& x, const Random& random) {
  std::vector<double> uniforms(kPlasmaSide * kPlasmaSide);
  random.fill_uniform(uniforms);
  const Field mist = plasma(uniforms, kFogDecay);
  const double most = *std::ranges::max_element(x);
  Field result;
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    result[i] = (x[i] + kFog * mist[i]) * most / (most + kFog);
  }
  return result;
}

Field spatter(const Field& x, const Random& random) {
  constexpr double kMean = 0.65;
  constexpr double kDeviation = 0.3;
  constexpr double kDrop = 0.65;
  constexpr double kThick = 0.8;
  constexpr double kMud = 63.0 / 255.0;
  Field liquid;
  random.fill_normal(std::span<double>(liquid));
  liquid = map(liquid, [](double value) { return kMean + kDeviation * value; });
  const Field drops = map(gaussian(liquid, 1, Edge::nearest),
                          [](double value) { return value > kDrop ? 1.0 : 0.0; });
  const Field mud = map(gaussian(drops, 1.5, Edge::nearest),
                        [](double value) { return value < kThick ? 0 : value; });
  Field result;
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    result[i] = x[i] * (1 - mud[i]) + kMud * mud[i];
  }
  return result;
}

Field plus(const Field& x, const Field& y) {
  Field sum;
  std::ranges::transform(x, y, sum.begin(),
                         [](double a, double b) { return std::clamp(a + b, 0.0, 1.0); });
  return sum;
}

Field dotted_line(const Field& x, const Random& random) {
  constexpr std::uint64_t kRows = 27;
  const double last = kMnistSide - 1;
  Field dots = line({0, static_cast<double>(random.below(kRows, 0))},
                    {last, static_cast<double>(random.below(kRows, 1))});
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    if (i % kMnistSide % 4 < 2) {
      dots[i] = 0;
    }
  }
  return plus(x, dots);
}

/// Corners of the zigzag along a straight line of length `length` from (0, 0) to the right.
std::vector<LineEnd> zigzag_corners(double length) {
  constexpr double kHalf = 2;       // half a period
  constexpr double kAmplitude = 2;  // to both sides
  std::vector<LineEnd> corners{{0, 0}};
  double row = kAmplitude;
  for (double column = kHalf; column <= length; column += 2 * kHalf, row = -row) {
    corners.push_back({column, row});
  }
  const double rest = length - 2 * kHalf * std::floor(length / (2 * kHalf));
  if (rest != 0) {  // as published; the sign is that of the last corner
    corners.push_back({length, corners.back().row / (2 * rest)});
  }
  return corners;
}

Field zigzag(const Field& x, const Random& random) {
  constexpr double kFirst = 2;
  constexpr double kLast = 25;
  const auto start = static_cast<double>(random.below(27, 0));
  const double rise = static_cast<double>(random.below(10, 1)) - 5;
  const double angle = std::atan(rise / (kLast - kFirst));
  const double s = std::sin(angle);
  const double c = std::cos(angle);
  auto corners = zigzag_corners((kLast - kFirst) / c);
  for (LineEnd& corner : corners) {
    corner = {c * corner.column - s * corner.row + kFirst,
              s * corner.column + c * corner.row + start};
  }
  // The published code adds lines in 0..1 to pixels in 0..255, and so leaves none between.
  Field result = map(x, [](double value) { return value > 0 ? 1.0 : 0.0; });
  for (std::size_t i = 1; i < corners.size(); ++i) {
    result = plus(result, line(corners[i - 1], corners[i]));
  }
  return result;
}

Field canny_edges(const Field& x, const Random&) { return canny(x, /*sigma=*/1); }

}  // namespace

std::span<const Corruption> corruptions() {
  static const std::vector<Corruption> all{
      {"shot_noise", shot_noise},
      {"impulse_noise", impulse_noise},
      {"glass_blur", glass_blur},
      {"motion_blur", motion},
      {"shear", shear},
      {"scale", scale},
      {"rotate", rotate},
      {"brightness", brightness},
      {"translate", translate},
      {"stripe", stripe},
      {"fog", fog},
      {"spatter", spatter},
      {"dotted_line", dotted_line},
      {"zigzag", zigzag},
      {"canny_edges", canny_edges},
  };
  return all;
}

std::vector<std::uint8_t> corrupt(std::span<const std::uint8_t> image, std::size_t kind,
                                  std::uint64_t seed, std::uint32_t index) {
  assert(image.size() == kMnistPixels && kind < corruptions().size());
  Field x;
  std::ranges::transform(image, x.begin(), [](std::uint8_t level) { return level / 255.0; });
  const Random random(seed, Purpose::corruption, (std::uint64_t{kind} << 32U) | index);
  const Field corrupted = corruptions()[kind].apply(x, random);
  std::vector<std::uint8_t> result;
  for (const double value : corrupted) {
    result.push_back(static_cast<std::uint8_t>(std::lround(255 * std::clamp(value, 0.0, 1.0))));
  }
  return result;
}

}  // namespace cance::prep
