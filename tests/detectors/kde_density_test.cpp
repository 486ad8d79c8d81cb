// The kernel density against scikit-learn and against the plain double sum; the choice of its
// bandwidth against the same choice made row by row.
#include "detectors/kde_density.hpp"

#include <ATen/ops/allclose.h>
#include <ATen/ops/cdist.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "nn/convert.hpp"
#include "tests/support/detector_scores.hpp"
#include "tests/support/normals.hpp"
#include "tests/support/sklearn_golden.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

Tensor points_in_double(std::int64_t rows, std::int64_t columns, std::uint64_t stream) {
  return tests::normals({rows, columns}, 4, stream).to(at::kDouble);
}

/// log of the mean of N(x; r, h^2 I) over the rows r, for each x.
Tensor plain_log_density(const Tensor& rows, const Tensor& x, double h) {
  const Tensor distance = at::cdist(x, rows, 2, /*compute_mode=*/2).square();
  const auto m = static_cast<double>(rows.size(1));
  return (-distance / (2 * h * h)).logsumexp(1) - std::log(static_cast<double>(rows.size(0))) -
         0.5 * m * std::log(2 * M_PI * h * h);
}

TEST(KernelDensityTest, ManyBlocksAreTheSumOverAllRows) {
  const Tensor rows = points_in_double(5000, 3, 1) + 1000;  // more than two blocks, far from zero
  const Tensor x = points_in_double(40, 3, 2) + 1000;
  const std::vector<double> bandwidths{0.1, 3};
  const Tensor ours = KernelDensity(rows).log_density(x, bandwidths);
  for (std::int64_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(at::allclose(ours[i], plain_log_density(rows, x, bandwidths[i]), 1e-9, 1e-9));
  }
}

TEST(KernelDensityTest, TheBandwidthIsTheLikeliestOverTheFolds) {
  const Tensor rows = points_in_double(43, 2, 3);
  const std::vector<double> bandwidths{0.0625, 0.25, 0.5, 1, 4};
  const auto order = Random(8, Purpose::folds).permutation(43);
  double best = -INFINITY;
  double expected = 0;
  for (const double h : bandwidths) {
    double total = 0;
    for (std::size_t fold = 0; fold < 5; ++fold) {
      std::vector<std::int64_t> held, others;
      for (std::size_t i = 0; i < 43; ++i) {
        (i >= 43 * fold / 5 && i < 43 * (fold + 1) / 5 ? held : others).push_back(order[i]);
      }
      total += plain_log_density(rows.index_select(0, nn::index_view(others)),
                                 rows.index_select(0, nn::index_view(held)), h)
                   .sum()
                   .item<double>();
    }
    expected = total > best ? h : expected;
    best = std::max(best, total);
  }
  EXPECT_EQ(likeliest_bandwidth(rows, bandwidths, 5, /*seed=*/8, {}), expected);
  EXPECT_NE(expected, bandwidths.front());
  EXPECT_NE(expected, bandwidths.back());
}

TEST(KernelDensityTest, FewerRowsThanFoldsAreOneFoldEach) {
  const std::vector<double> bandwidths{0.5, 1};
  EXPECT_GT(likeliest_bandwidth(points_in_double(3, 2, 4), bandwidths, 5, 8, {}), 0);
  EXPECT_ANY_THROW((void)likeliest_bandwidth(points_in_double(1, 2, 5), bandwidths, 5, 8, {}));
}

using KernelDensityGolden = tests::SklearnGolden;

TEST_F(KernelDensityGolden, LogDensities) {
  for (const double h : {0.25, 2.0}) {
    const Tensor ours = KernelDensity(rows("train")).log_density(rows("test"), std::span(&h, 1))[0];
    expect_near(nn::to_doubles(ours), values(h == 2 ? "kde_2.0" : "kde_0.25"), 1e-10);
  }
}

TEST_F(KernelDensityGolden, OnPrincipalComponents) {
  const nn::Compute compute{at::kDouble, at::kCPU, "cpu", {}, false};
  nn::TensorRows train(rows("train"));
  const CellRows cell{train.range(0, 1), &train, &train};
  for (const std::string kind : {"pca", "whiten"}) {
    const Projection projection({"normalised", kind, 0.9}, cell, compute);
    const double h = 1;
    const Tensor ours = KernelDensity(projection.apply(rows("train")))
                            .log_density(projection.apply(rows("test")), std::span(&h, 1))[0];
    expect_near(nn::to_doubles(ours), values("kde_" + kind), 1e-9);
  }
}

TEST(KdeTest, DetectorTakesTheProjectionAndTheBandwidth) {
  const Tensor train = points_in_double(60, 3, 6);
  const Tensor x = points_in_double(20, 3, 7);
  config::Config config;
  const auto scores = tests::scores_of("kde", config, train, x);
  double worst = INFINITY;  // of all bandwidths the nearest to what the detector says
  for (int half = -9; half <= 10; ++half) {
    const Tensor plain = -plain_log_density(train, x, std::exp2(0.5 * half));
    const Tensor ours = at::tensor(scores, at::kDouble);
    worst = std::min(worst, (plain - ours).abs().max().item<double>());
  }
  EXPECT_LT(worst, 1e-9);
}

TEST(KernelDensityTest, AGivenBandwidthIsTaken) {
  config::Config config;
  config.kde.projection.projection = "none";
  config.kde.bandwidth = 0.7;
  nn::Compute compute;
  compute.type = at::kDouble;
  const Tensor train = points_in_double(60, 4, 5);
  const Tensor test = points_in_double(9, 4, 6);
  const auto scores = tests::scores_of("kde", config, train, test, compute);
  EXPECT_TRUE(at::allclose(nn::to_tensor(std::span<const double>(scores)),
                           -plain_log_density(train, test, 0.7), 1e-12, 1e-12));
}

}  // namespace
}  // namespace cance::detectors
