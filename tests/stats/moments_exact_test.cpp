// Streamed and merged moments against two passes in 128-bit floating point, for many ways to cut
// the rows into parts and to join the parts, near zero and at an offset of a million.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

#include "base/random.hpp"
#include "stats/moments.hpp"

namespace cance {
namespace {

using stats::Moments;
__extension__ using Wide = __float128;

constexpr std::size_t kRows = 3001;
constexpr std::size_t kColumns = 27;  // three vectors and a rest
constexpr double kTolerance = 1e-12;

/// Correlated normal columns whose scales differ by up to a million, around `offset`. `drift`
/// sorts them by the first column, so that early parts look nothing like late ones.
Matrix<double> draw(double offset, bool drift) {
  Matrix<double> rows(kRows, kColumns);
  Random(5, Purpose::test).fill_normal(rows.values());
  if (drift) {
    std::vector<double> first(kRows);
    for (std::size_t r = 0; r < kRows; ++r) {
      first[r] = rows(r, 0);
    }
    std::ranges::sort(first);
    for (std::size_t r = 0; r < kRows; ++r) {
      rows(r, 0) = first[r];
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t c = 0; c < kColumns; ++c) {
      const double scale = std::pow(10.0, static_cast<double>(c % 7) - 3);
      const double shared = c == 0 ? 0 : 0.7 * rows(r, 0);
      rows(r, c) = offset + scale * (rows(r, c) + shared);
    }
  }
  return rows;
}

struct Exact {
  std::vector<Wide> mean;
  Matrix<double> covariance;
};

Exact two_passes(const Matrix<double>& rows) {
  const auto count = static_cast<Wide>(rows.rows());
  Exact exact{std::vector<Wide>(rows.cols()), Matrix<double>(rows.cols(), rows.cols())};
  for (std::size_t c = 0; c < rows.cols(); ++c) {
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      exact.mean[c] += rows(r, c) / count;
    }
  }
  for (std::size_t i = 0; i < rows.cols(); ++i) {
    for (std::size_t j = 0; j < rows.cols(); ++j) {
      Wide sum = 0;
      for (std::size_t r = 0; r < rows.rows(); ++r) {
        sum += (rows(r, i) - exact.mean[i]) * (rows(r, j) - exact.mean[j]);
      }
      exact.covariance(i, j) = static_cast<double>(sum / (count - 1));
    }
  }
  return exact;
}

using Parts = std::vector<MatrixView<const double>>;

/// Parts of `size` rows; 0 draws each size from 0..700, every other part empty.
Parts cut(const Matrix<double>& rows, std::size_t size) {
  Parts parts;
  for (std::size_t begin = 0; begin < rows.rows();) {
    const std::uint64_t drawn = Random(6, Purpose::test).below(700, parts.size());
    const std::size_t wanted = size != 0 ? size : (parts.size() % 2 == 0 ? 0 : drawn);
    const std::size_t count = std::min(wanted, rows.rows() - begin);
    parts.push_back({rows.values().data() + begin * rows.cols(), count, rows.cols()});
    begin += count;
  }
  return parts;
}

Moments in_one_stream(const Parts& parts) {
  Moments all(kColumns);
  for (const auto& part : parts) {
    all.add_rows(part);
  }
  return all;
}

/// Four ranks take the parts in turn, each backwards; the last rank has none. Their packed results
/// are merged two by two.
Moments over_ranks(const Parts& parts) {
  std::vector<Moments> ranks(5, Moments(kColumns));
  for (std::size_t p = parts.size(); p-- > 0;) {
    ranks[p % 4].add_rows(parts[p]);
  }
  while (ranks.size() > 1) {
    std::vector<Moments> joined;
    for (std::size_t r = 0; r < ranks.size(); r += 2) {
      joined.push_back(Moments::unpack(ranks[r].pack(), kColumns));
      if (r + 1 < ranks.size()) {
        joined.back().merge(ranks[r + 1]);
      }
    }
    ranks = joined;
  }
  return ranks.front();
}

/// Each part on its own, merged one by one, the later before the earlier.
Moments merged_backwards(const Parts& parts) {
  Moments all(kColumns);
  for (std::size_t p = parts.size(); p-- > 0;) {
    all.merge(in_one_stream({parts[p]}));
  }
  return all;
}

void expect_exact(const Moments& moments, const Exact& exact, const std::string& how) {
  ASSERT_EQ(moments.count(), kRows) << how;
  const Matrix<double> covariance = moments.covariance();
  double worst = 0;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const double scale = std::sqrt(exact.covariance(i, i));
    const auto mean_error = static_cast<double>(moments.mean()[i] - exact.mean[i]);
    const double half_step = 1.2e-16 * std::fabs(moments.mean()[i]);
    EXPECT_LE(std::fabs(mean_error), kTolerance * scale + half_step) << how << ", column " << i;
    for (std::size_t j = 0; j < kColumns; ++j) {
      const double unit = scale * std::sqrt(exact.covariance(j, j));
      worst = std::max(worst, std::fabs(covariance(i, j) - exact.covariance(i, j)) / unit);
    }
  }
  EXPECT_LE(worst, kTolerance) << how;
}

class MomentsExact : public testing::TestWithParam<std::tuple<double, bool>> {};

TEST_P(MomentsExact, AnyCutAndOrder) {
  const auto [offset, drift] = GetParam();
  const Matrix<double> rows = draw(offset, drift);
  const Exact exact = two_passes(rows);
  for (const std::size_t size : {0U, 1U, 2U, 17U, 256U, 1000U, 3001U}) {
    const Parts parts = cut(rows, size);
    const std::string how = "parts of " + std::to_string(size) + " rows";
    expect_exact(in_one_stream(parts), exact, how + " in one stream");
    expect_exact(over_ranks(parts), exact, how + " over ranks");
    expect_exact(merged_backwards(parts), exact, how + " merged backwards");
  }
}

INSTANTIATE_TEST_SUITE_P(Offsets, MomentsExact,
                         testing::Combine(testing::Values(0.0, 1e6), testing::Bool()),
                         [](const auto& instance) {
                           return std::string(std::get<0>(instance.param) == 0 ? "Zero"
                                                                               : "Million") +
                                  (std::get<1>(instance.param) ? "Drifting" : "Mixed");
                         });

}  // namespace
}  // namespace cance
