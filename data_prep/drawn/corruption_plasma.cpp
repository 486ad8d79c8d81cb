// The diamond-square landscape of the fog.
#include <algorithm>
#include <cassert>
#include <vector>

#include "data_prep/drawn/corruption_filters.hpp"

namespace cance::prep {
namespace {

constexpr double kFirstNoise = 100;

/// Heights of a periodic square map, filled level by level.
class Landscape {
 public:
  explicit Landscape(std::span<const double> uniforms)
      : uniforms_(uniforms), heights_(uniforms.size()) {
    assert(uniforms.size() == kPlasmaSide * kPlasmaSide);
  }

  /// The middles of squares with sides of `step`, then those of the diamonds between them.
  void refine(std::size_t step, double noise) {
    const std::size_t half = step / 2;
    each(step, [&](std::size_t r, std::size_t c) {
      set(r + half, c + half, noise,
          at(r, c) + at(r + step, c) + at(r, c + step) + at(r + step, c + step));
    });
    each(step, [&](std::size_t r, std::size_t c) {
      const double middle = at(r + half, c + half);
      set(r, c + half, noise,
          middle + at(r + kPlasmaSide - half, c + half) + at(r, c) + at(r, c + step));
      set(r + half, c, noise,
          middle + at(r + half, c + kPlasmaSide - half) + at(r, c) + at(r + step, c));
    });
  }

  [[nodiscard]] const std::vector<double>& heights() const { return heights_; }

 private:
  static std::size_t place(std::size_t row, std::size_t column) {
    return row % kPlasmaSide * kPlasmaSide + column % kPlasmaSide;
  }
  [[nodiscard]] double at(std::size_t row, std::size_t column) const {
    return heights_[place(row, column)];
  }
  void set(std::size_t row, std::size_t column, double noise, double sum) {
    const std::size_t i = place(row, column);
    heights_[i] = sum / 4 + noise * noise * (2 * uniforms_[i] - 1);
  }
  template <class Visit>
  static void each(std::size_t step, Visit visit) {
    for (std::size_t row = 0; row < kPlasmaSide; row += step) {
      for (std::size_t column = 0; column < kPlasmaSide; column += step) {
        visit(row, column);
      }
    }
  }

  std::span<const double> uniforms_;
  std::vector<double> heights_;
};

}  // namespace

Field plasma(std::span<const double> uniforms, double decay) {
  Landscape landscape(uniforms);
  double noise = kFirstNoise;
  for (std::size_t step = kPlasmaSide; step >= 2; step /= 2) {
    landscape.refine(step, noise);
    noise /= decay;
  }
  const auto& heights = landscape.heights();
  const auto [lowest, highest] = std::ranges::minmax(heights);
  Field field;
  for (std::size_t i = 0; i < kMnistPixels; ++i) {
    const double height = heights[i / kMnistSide * kPlasmaSide + i % kMnistSide];
    field[i] = (height - lowest) / (highest - lowest);
  }
  return field;
}

}  // namespace cance::prep
