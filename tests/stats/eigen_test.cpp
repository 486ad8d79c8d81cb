// Leading axes of symmetric matrices.
#include "stats/eigen.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.hpp"

namespace cance {
namespace {

TEST(LeadingAxes, AreNumpys) {  // numpy.linalg.eigh, signs turned
  const auto axes = stats::leading_axes({3, 3, {2, .3, .1, .3, 1, .2, .1, .2, .5}}, 2);
  const double expected[2][3] = {{0.95574081, 0.27854908, 0.09470965},
                                 {-0.29418923, 0.90098078, 0.31888294}};
  for (std::size_t k = 0; k < 2; ++k) {
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(axes(k, i), expected[k][i], 2e-6) << k << " " << i;
    }
  }
}

TEST(LeadingAxes, TheLargestVarianceNeedNotLead) {
  // The first coordinate has the largest variance alone, the two others vary together.
  const auto axes = stats::leading_axes({3, 3, {1.1, 0, 0, 0, 1, .9, 0, .9, 1}}, 2);
  EXPECT_NEAR(axes(0, 0), 0, 1e-6);
  EXPECT_NEAR(axes(0, 1), std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(axes(1, 0), 1, 1e-6);
}

TEST(LeadingAxes, AreOrthogonalWhereOnlyOneVaries) {
  const auto axes = stats::leading_axes({3, 3, {1, 1, 0, 1, 1, 0, 0, 0, 0}}, 3);
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = 0; b < 3; ++b) {
      const double product =
          axes(a, 0) * axes(b, 0) + axes(a, 1) * axes(b, 1) + axes(a, 2) * axes(b, 2);
      EXPECT_NEAR(product, a == b ? 1 : 0, 1e-9) << a << " " << b;
    }
  }
  EXPECT_NEAR(axes(0, 0), std::sqrt(0.5), 1e-9);
}

TEST(LeadingAxes, NothingVaries) {
  const auto axes = stats::leading_axes(Matrix<double>(2, 2), 2);
  for (const double value : axes.values()) {
    EXPECT_TRUE(std::isfinite(value));
  }
  EXPECT_THROW(static_cast<void>(stats::leading_axes(Matrix<double>(2, 2), 3)), Error);
}

}  // namespace
}  // namespace cance
