#include "image/resize.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"

namespace cance::image {
namespace {

constexpr std::size_t kLanes = 16;
constexpr std::size_t kMostSide = 65'535;

/// The part [first, first + count) of a side that is resized to `whole`.
struct Window {
  std::size_t whole, first, count;
};

// Pillow's precompute_coeffs and normalize_coeffs_8bpc with the triangle filter.
Taps taps_of(std::size_t output, double scale, std::size_t size) {
  const double stretch = std::max(scale, 1.0);
  const double centre = (static_cast<double>(output) + 0.5) * scale;
  const double low = std::max(centre - stretch + 0.5, 0.0);
  const auto first = static_cast<std::size_t>(low);
  const auto end = std::min(static_cast<std::size_t>(centre + stretch + 0.5), size);
  std::vector<double> raw;
  double sum = 0;
  for (std::size_t x = first; x < end; ++x) {
    const double at = (static_cast<double>(x) - centre + 0.5) * (1.0 / stretch);
    raw.push_back(std::max(1.0 - std::abs(at), 0.0));
    sum += raw.back();
  }
  Taps taps{first, {}};
  for (const double weight : raw) {
    const double share = sum == 0 ? weight : weight / sum;
    taps.weights.push_back(static_cast<std::int32_t>(0.5 + share * (1 << kWeightBits)));
  }
  while (!taps.weights.empty() && taps.weights.back() == 0) {
    taps.weights.pop_back();
  }
  return taps;
}

std::vector<Taps> side_taps(std::size_t size, const Window& window) {
  const double scale = static_cast<double>(size) / static_cast<double>(window.whole);
  std::vector<Taps> taps;
  for (std::size_t i = 0; i < window.count; ++i) {
    taps.push_back(taps_of(window.first + i, scale, size));
  }
  return taps;
}

// Weights are not negative and sum to 1, so that only rounding can pass 255.
std::uint8_t level(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::min(sum >> kWeightBits, 255));
}

/// A line is one channel of one row. 16 of them, interleaved, share each weight: input
/// [width, lanes] to output [taps, lanes].
void resize_lines(const std::uint8_t* in, const std::vector<Taps>& taps, std::uint8_t* out) {
  for (const Taps& tap : taps) {
    std::array<std::int32_t, kLanes> sum;
    sum.fill(kHalfWeight);
    const std::uint8_t* source = in + tap.first * kLanes;
    for (const std::int32_t weight : tap.weights) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        sum[lane] += weight * source[lane];
      }
      source += kLanes;
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      out[lane] = level(sum[lane]);
    }
    out += kLanes;
  }
}

Image resize_rows(const Image& image, const Window& window) {
  const auto taps = side_taps(image.width, window);
  const std::size_t c = image.channels;
  Image result{c, image.height, window.count,
               std::vector<std::uint8_t>(c * image.height * window.count)};
  std::vector<std::uint8_t> in(image.width * kLanes);
  std::vector<std::uint8_t> out(window.count * kLanes);
  const std::size_t lines = image.height * c;
  for (std::size_t first = 0; first < lines; first += kLanes) {
    const std::size_t count = std::min(kLanes, lines - first);
    for (std::size_t lane = 0; lane < count; ++lane) {
      const std::size_t line = first + lane;
      const std::uint8_t* source = image.pixels.data() + line / c * image.width * c + line % c;
      for (std::size_t x = 0; x < image.width; ++x) {
        in[x * kLanes + lane] = source[x * c];
      }
    }
    resize_lines(in.data(), taps, out.data());
    for (std::size_t lane = 0; lane < count; ++lane) {
      const std::size_t line = first + lane;
      std::uint8_t* target = result.pixels.data() + line / c * window.count * c + line % c;
      for (std::size_t x = 0; x < window.count; ++x) {
        target[x * c] = out[x * kLanes + lane];
      }
    }
  }
  return result;
}

Image resize_columns(const Image& image, const Window& window) {
  const std::size_t row = image.width * image.channels;
  Image result{image.channels, window.count, image.width,
               std::vector<std::uint8_t>(window.count * row)};
  std::vector<std::int32_t> sums(row);
  std::uint8_t* target = result.pixels.data();
  for (const Taps& tap : side_taps(image.height, window)) {
    std::ranges::fill(sums, kHalfWeight);
    const std::uint8_t* source = image.pixels.data() + tap.first * row;
    for (const std::int32_t weight : tap.weights) {
      for (std::size_t i = 0; i < row; ++i) {
        sums[i] += weight * source[i];
      }
      source += row;
    }
    for (std::size_t i = 0; i < row; ++i) {
      target[i] = level(sums[i]);
    }
    target += row;
  }
  return result;
}

bool whole(std::size_t size, const Window& window) {
  return window.whole == size && window.count == size;
}

Image resize_window(const Image& image, const Window& rows, const Window& columns) {
  if (whole(image.width, columns)) {
    return whole(image.height, rows) ? image : resize_columns(image, rows);
  }
  const Image narrow = resize_rows(image, columns);
  return whole(image.height, rows) ? narrow : resize_columns(narrow, rows);
}

// torchvision: int(round((size - crop) / 2.0)), halves to even.
Window middle(std::size_t size, std::size_t crop) {
  const double offset = std::nearbyint(static_cast<double>(size - crop) / 2.0);
  return {size, static_cast<std::size_t>(offset), crop};
}

void check_side(std::size_t side) {
  require(side >= 1 && side <= kMostSide, "a picture's side of {} pixels, expected 1 to {}", side,
          kMostSide);
}

}  // namespace

std::vector<Taps> resize_taps(std::size_t size, std::size_t becomes) {
  return side_taps(size, {becomes, 0, becomes});
}

Image resize(const Image& image, std::size_t height, std::size_t width) {
  check_side(height);
  check_side(width);
  return resize_window(image, {height, 0, height}, {width, 0, width});
}

Image resize_and_crop(const Image& image, std::size_t shorter, std::size_t crop) {
  check_side(shorter);
  require(crop >= 1 && crop <= shorter, "a crop of {} pixels from a shorter side of {}", crop,
          shorter);
  const bool tall = image.height > image.width;
  const std::size_t shortest = std::min(image.height, image.width);
  const std::size_t longer = shorter * std::max(image.height, image.width) / shortest;
  check_side(longer);
  return resize_window(image, middle(tall ? longer : shorter, crop),
                       middle(tall ? shorter : longer, crop));
}

}  // namespace cance::image
