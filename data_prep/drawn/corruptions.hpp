// The fifteen corruptions of MNIST-C (Mu and Gilmer, arXiv 1906.02337) with the severities of the
// published set. Every image is a function of (seed, corruption, index) alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "data_prep/drawn/corruption_filters.hpp"

namespace cance::prep {

/// Each takes pixels in 0..1 (of 255ths) and the stream of the image; what leaves 0..1 is clipped
/// afterwards. src/protocols.md, section 5, has the parameters.
struct Corruption {
  std::string name;
  Field (*apply)(const Field& x, const Random& random);
};

/// All fifteen, in the order of the published set.
[[nodiscard]] std::span<const Corruption> corruptions();

/// Image [28, 28] number `index` of a set under corruption number `kind` (of `corruptions()`).
[[nodiscard]] std::vector<std::uint8_t> corrupt(std::span<const std::uint8_t> image,
                                                std::size_t kind, std::uint64_t seed,
                                                std::uint32_t index);

}  // namespace cance::prep
