// Moments and their merge: golden parts, large offsets, empty parts, packing.
#include "stats/moments.hpp"

#include <algorithm>
#include <numeric>

#include "base/random.hpp"
#include "tests/support/golden.hpp"

namespace cance {
namespace {

using stats::Moments;
using tests::expect_close;
using MomentsGolden = tests::GoldenTest;

MatrixView<const double> slice(const Matrix<double>& rows, std::size_t begin, std::size_t end) {
  return {rows.values().data() + begin * rows.cols(), end - begin, rows.cols()};
}

Moments moments_of(const Matrix<double>& rows) {
  Moments moments(rows.cols());
  moments.add_rows(rows.view());
  return moments;
}

/// Correlated normal rows around `offset`.
Matrix<double> random_rows(std::size_t rows, std::size_t cols, double offset) {
  Matrix<double> matrix(rows, cols);
  Random(7, Purpose::test).fill_normal(matrix.values());
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < cols; ++c) {
      matrix(r, c) = offset + matrix(r, c) + 0.5 * matrix(r, 0);
    }
  }
  return matrix;
}

TEST_F(MomentsGolden, PartsMergeToTheWholeInAnyOrder) {
  const Matrix<double> phi = golden().matrix("moments.phi");
  const auto cut = golden().integers("moments.cut_i64").values;
  const auto counts = golden().integers("moments.part_N_i64").values;
  const auto means = golden().matrix("moments.part_mu");
  const auto scatters = golden().vector("moments.part_M");
  std::vector<Moments> parts;
  for (std::size_t p = 0; p + 1 < cut.size(); ++p) {
    Moments part(phi.cols());
    part.add_rows(
        slice(phi, static_cast<std::size_t>(cut[p]), static_cast<std::size_t>(cut[p + 1])));
    EXPECT_EQ(part.count(), static_cast<std::size_t>(counts[p]));
    expect_close(part.mean(), means.row(p));
    const std::size_t size = phi.cols() * phi.cols();
    expect_close(part.scatter().values(), std::span(scatters).subspan(p * size, size), 1e-10,
                 1e-12);
    parts.push_back(part);
  }
  std::vector<std::size_t> order(parts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  do {
    Moments whole(phi.cols());
    for (const std::size_t p : order) {
      whole.merge(parts[p]);
    }
    EXPECT_EQ(whole.count(), phi.rows());
    expect_close(whole.mean(), golden().vector("moments.mu"));
    expect_close(whole.covariance().values(), golden().vector("moments.Sigma"));
  } while (std::ranges::next_permutation(order).found);
}

TEST(Moments, ThreeRowsByHand) {
  const Moments moments = moments_of(Matrix<double>(3, 2, {1, 2, 3, 2, 5, 8}));
  EXPECT_EQ(moments.count(), 3U);
  expect_close(moments.mean(), std::vector<double>{3, 4}, 1e-15);
  expect_close(moments.covariance().values(), std::vector<double>{4, 6, 6, 12}, 1e-15);
}

TEST(Moments, KeepTheirDigitsAtOffsetOneMillion) {
  // Multiples of 2^-20 stay exact when 1e6 is added, so both covariances are of the same numbers.
  Matrix<double> near_zero = random_rows(1000, 5, 0);
  Matrix<double> far(1000, 5);
  for (std::size_t i = 0; i < near_zero.values().size(); ++i) {
    double& value = near_zero.values()[i];
    value = std::round(value * 0x1.0p20) * 0x1.0p-20;
    far.values()[i] = value + 1e6;
  }
  Moments in_batches(5);
  for (std::size_t begin = 0; begin < 1000; begin += 125) {
    in_batches.add_rows(slice(far, begin, begin + 125));
  }
  const auto expected = moments_of(near_zero).covariance();
  expect_close(moments_of(far).covariance().values(), expected.values(), 1e-11);
  expect_close(in_batches.covariance().values(), expected.values(), 1e-11);
}

TEST(Moments, AnyCutGivesTheSame) {
  const Matrix<double> rows = random_rows(1037, 9, 3);  // not a multiple of any block
  const Moments whole = moments_of(rows);
  for (const std::size_t size : {1U, 2U, 3U, 64U, 257U, 1036U}) {
    Moments merged(9);
    for (std::size_t begin = 0; begin < rows.rows(); begin += size) {
      merged.add_rows(slice(rows, begin, std::min(rows.rows(), begin + size)));
    }
    EXPECT_EQ(merged.count(), whole.count());
    expect_close(merged.mean(), whole.mean(), 1e-12);
    expect_close(merged.scatter().values(), whole.scatter().values(), 1e-12);
  }
}

TEST(Moments, EveryWidthFillsItsTiles) {
  for (const std::size_t columns : {1U, 2U, 7U, 8U, 9U, 16U, 17U, 24U, 25U, 40U, 57U}) {
    const Matrix<double> rows = random_rows(301, columns, 0);
    const Moments moments = moments_of(rows);
    Matrix<double> expected(columns, columns);
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      for (std::size_t i = 0; i < columns; ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
          expected(i, j) += (rows(r, i) - moments.mean()[i]) * (rows(r, j) - moments.mean()[j]);
        }
      }
    }
    expect_close(moments.scatter().values(), expected.values(), 1e-11);
  }
}

TEST(Moments, FloatRowsEqualTheirDoubles) {
  const Matrix<double> rows = random_rows(300, 4, 100);
  Matrix<float> narrow(300, 4);
  Matrix<double> widened(300, 4);
  for (std::size_t i = 0; i < rows.values().size(); ++i) {
    narrow.values()[i] = static_cast<float>(rows.values()[i]);
    widened.values()[i] = static_cast<double>(narrow.values()[i]);
  }
  Moments moments(4);
  moments.add_rows(std::as_const(narrow).view());
  EXPECT_EQ(moments.scatter().values(), moments_of(widened).scatter().values());
}

TEST(Moments, EmptyPartsChangeNothing) {
  const Matrix<double> rows = random_rows(10, 3, 1);
  Moments moments = moments_of(rows);
  const auto before = moments.pack();
  moments.merge(Moments(3));
  moments.add_rows(slice(rows, 4, 4));
  EXPECT_EQ(moments.pack(), before);
  Moments empty(3);
  empty.merge(moments);
  EXPECT_EQ(empty.pack(), before);
}

TEST(Moments, ConstantColumnHasExactlyNoVariance) {
  Matrix<double> rows = random_rows(500, 3, 0);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    rows(r, 1) = 0.1;
  }
  Moments moments(3);
  moments.add_rows(slice(rows, 0, 77));
  moments.add_rows(slice(rows, 77, 500));
  EXPECT_EQ(moments.scatter()(1, 1), 0.0);
}

TEST(Moments, PackAndUnpackAreInverse) {
  const Moments moments = moments_of(random_rows(11, 3, 2));
  const auto packed = moments.pack();
  EXPECT_EQ(packed.size(), Moments::packed_size(3));
  const Moments back = Moments::unpack(packed, 3);
  EXPECT_EQ(back.count(), moments.count());
  EXPECT_EQ(back.mean(), moments.mean());
  EXPECT_EQ(back.scatter().values(), moments.scatter().values());
  EXPECT_THROW(static_cast<void>(Moments::unpack(packed, 4)), Error);
}

TEST(Moments, RefusesTooFewRowsAndOtherShapes) {
  Moments moments = moments_of(Matrix<double>(1, 2, {1, 2}));
  EXPECT_THROW(static_cast<void>(moments.covariance()), Error);
  EXPECT_THROW(moments.merge(Moments(3)), Error);
  const Matrix<double> three_columns(4, 3);
  EXPECT_THROW(moments.add_rows(three_columns.view()), Error);
}

}  // namespace
}  // namespace cance
