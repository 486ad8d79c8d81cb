// Cholesky factor against golden and closed forms, its refusals, eigenvalues and condition number.
#include "stats/cholesky.hpp"

#include <limits>

#include "base/random.hpp"
#include "stats/eigen.hpp"
#include "tests/support/golden.hpp"

namespace cance {
namespace {

using stats::cholesky;
using tests::expect_close;
using CholeskyGolden = tests::GoldenTest;

/// L L^T.
Matrix<double> product(const Matrix<double>& lower) {
  const std::size_t n = lower.rows();
  Matrix<double> result(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) {
        result(i, j) += lower(i, k) * lower(j, k);
      }
    }
  }
  return result;
}

/// A lower factor with unit-size entries, rows scaled by powers of 10.
Matrix<double> random_lower(std::size_t n) {
  const Random random(3, Purpose::test);
  Matrix<double> lower(n, n);
  for (std::size_t i = 0; i < n; ++i) {
    const double scale = std::pow(10.0, static_cast<double>(i % 7) - 3);
    for (std::size_t j = 0; j <= i; ++j) {
      lower(i, j) = scale * (i == j ? 2 + random.uniform(i) : 0.3 * random.normal(i * n + j));
    }
  }
  return lower;
}

std::string message_of(const Matrix<double>& covariance) {
  try {
    static_cast<void>(cholesky(covariance));
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST_F(CholeskyGolden, FactorsEqual) {
  for (const std::string group : {"logq", "game"}) {
    const Matrix<double> lower = cholesky(golden().matrix(group + ".Sigma"));
    expect_close(lower.values(), golden().vector(group + ".chol"), 1e-10, 1e-14);
  }
}

TEST(Cholesky, TwoByTwoInClosedForm) {
  const Matrix<double> lower = cholesky(Matrix<double>(2, 2, {4, 3, 3, 9}));
  expect_close(lower.values(), std::vector<double>{2, 0, 1.5, std::sqrt(6.75)}, 1e-15);
}

TEST(Cholesky, FindsTheFactorAtScalesTenToTheSixApart) {
  const Matrix<double> expected = random_lower(40);
  const Matrix<double> lower = cholesky(product(expected));
  for (std::size_t i = 0; i < 40; ++i) {
    expect_close(lower.row(i), expected.row(i), 1e-9, 1e-11 * expected(i, i));
  }
}

TEST(Cholesky, NamesConstantColumns) {
  Matrix<double> covariance(4, 4);
  covariance(0, 0) = covariance(2, 2) = 1;
  EXPECT_NE(message_of(covariance).find("column(s) 1, 3 "), std::string::npos)
      << message_of(covariance);
}

TEST(Cholesky, RefusesWhatIsNoCovariance) {
  EXPECT_NE(message_of(Matrix<double>(2, 3)).find("2 by 3"), std::string::npos);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(message_of(Matrix<double>(2, 2, {1, nan, nan, 1})).find("columns 0 and 1"),
            std::string::npos);
  EXPECT_NE(message_of(Matrix<double>(2, 2, {1, 2, 2, 1})).find("not positive definite"),
            std::string::npos);
}

TEST(Cholesky, DependentColumnsGetTheSmallestJitter) {
  const Matrix<double> covariance(2, 2, {1, 2, 2, 4});  // the second column is twice the first
  const Matrix<double> lower = cholesky(covariance);
  EXPECT_GT(lower(1, 1), 0);
  expect_close(product(lower).values(), covariance.values(), 1e-11);
}

TEST(Eigenvalues, ClosedForms) {
  expect_close(stats::symmetric_eigenvalues(Matrix<double>(2, 2, {2, 1, 1, 2})),
               std::vector<double>{1, 3}, 1e-14);
  // Second differences: 2 - 2 cos(k pi / (n+1)).
  constexpr std::size_t kSize = 30;
  Matrix<double> differences(kSize, kSize);
  std::vector<double> expected;
  for (std::size_t i = 0; i < kSize; ++i) {
    differences(i, i) = 2;
    if (i > 0) {
      differences(i, i - 1) = differences(i - 1, i) = -1;
    }
    expected.push_back(2 -
                       2 * std::cos(static_cast<double>(i + 1) * std::acos(-1.0) / (kSize + 1)));
  }
  expect_close(stats::symmetric_eigenvalues(differences), expected, 1e-12);
}

TEST(ConditionNumber, ClosedForms) {
  EXPECT_NEAR(stats::condition_number(Matrix<double>(2, 2, {2, 1, 1, 2})), 3, 1e-13);
  EXPECT_NEAR(stats::condition_number(Matrix<double>(2, 2, {1e7, 0, 0, 1})), 1e7, 1e-6);
  EXPECT_GT(stats::condition_number(Matrix<double>(2, 2, {1, 1, 1, 1})), 1e15);
  EXPECT_TRUE(std::isinf(stats::condition_number(Matrix<double>(2, 2, {1, 0, 0, 0}))));
}

}  // namespace
}  // namespace cance
