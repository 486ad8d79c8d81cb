// Artificial normal points: z of a real row, e and c drawn from truncated normals below the
// log-normal mode (src/method.md, section 6).
#pragma once

#include <cstdint>
#include <vector>

#include "base/matrix.hpp"
#include "base/random.hpp"
#include "nn/tensor.hpp"
#include "represent/feature_transform.hpp"
#include "stats/truncated_normal.hpp"

namespace cance::density {

class Augmentation {
 public:
  /// Means and variances of the last two columns (e and c) as they are; artificial values are drawn
  /// as they are, then transformed. Error when one has no variance.
  Augmentation(const std::vector<double>& mean, const Matrix<double>& covariance,
               const represent::FeatureTransform& transform = {});

  /// Rows of phi (B, n) in place: with chance p a row's e and c become artificial. Keyed by (seed,
  /// step, position in the global batch), where phi begins at `first`.
  void mix(at::Tensor& phi, double p, std::uint64_t seed, std::uint64_t step,
           std::int64_t first = 0) const;
  /// A copy of phi with artificial e and c in every row, keyed by (seed, purpose of validation,
  /// position among all rows).
  [[nodiscard]] at::Tensor artificial(const at::Tensor& phi, std::uint64_t seed,
                                      std::int64_t first = 0) const;

 private:
  void replace(at::Tensor& phi, std::int64_t first, const Random& draws, const Random* coins,
               double p) const;
  std::vector<stats::TruncatedNormal> features_;  // e, c
  represent::FeatureTransform transform_;
};

}  // namespace cance::density
