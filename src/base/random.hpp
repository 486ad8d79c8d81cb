// Counter-based random numbers: Philox4x32-10 (Salmon et al., SC 2011). A draw is a function of
// (seed, purpose, step, index) alone, so neither ranks nor threads nor order change it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace cance {

/// What a stream is for; part of the key, so that two purposes never share numbers.
enum class Purpose : std::uint32_t {
  split = 1,
  weights,
  shuffle,
  noise,
  noise_game,
  noise_validation,
  mixture,
  artificial,
  artificial_validation,
  glyphs,
  pixels,
  test,
  tie_break,
  random_scores,
  neighbours,
  corruption,
  bootstrap,
  folds,
  random_maps,
  ascent,
  ascent_validation,
  labelled,
  dropout,
  latent,
  latent_scores
};

/// One Philox block: four 32-bit words from a 128-bit counter and a 64-bit key.
[[nodiscard]] std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                                  std::array<std::uint32_t, 2> key);

/// A random stream keyed by (seed, purpose, step), addressed by index.
class Random {
 public:
  Random(std::uint64_t seed, Purpose purpose, std::uint64_t step = 0);

  /// Uniform in (0, 1), 53 bits, number `index` of the stream.
  [[nodiscard]] double uniform(std::uint64_t index) const;
  /// Standard normal, number `index` of the stream (Box-Muller in float64).
  [[nodiscard]] double normal(std::uint64_t index) const;
  /// Uniform integer in [0, bound), bound > 0; bias below bound / 2^64.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound, std::uint64_t index) const;

  /// Standard normals number first, first+1, ... (the float stream: 24-bit radius and angle;
  /// base/box_muller.hpp). Their bits are the same on all processors and, drawn there, on GPUs.
  void fill_normal(std::span<float> out, std::uint64_t first = 0) const;
  /// The same stream as `normal`.
  void fill_normal(std::span<double> out, std::uint64_t first = 0) const;
  /// Uniforms in (0, 1) number first, first+1, ...
  void fill_uniform(std::span<double> out, std::uint64_t first = 0) const;

  /// The key of every block, and the upper half of its counter, which are the stream's: for code
  /// that draws the same numbers elsewhere.
  [[nodiscard]] std::array<std::uint32_t, 2> key() const { return key_; }
  [[nodiscard]] std::array<std::uint32_t, 2> upper() const { return high_; }

  /// A permutation of 0..n-1 (Fisher-Yates on this stream).
  [[nodiscard]] std::vector<std::int64_t> permutation(std::size_t n) const;

 private:
  [[nodiscard]] std::array<std::uint32_t, 4> block(std::uint64_t index) const;
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 2> high_;  // purpose and the folded step: upper half of the counter
};

}  // namespace cance
