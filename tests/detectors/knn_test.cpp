// Nearest neighbours against the whole matrix of distances in float64, and the score of random.
#include <ATen/ops/cdist.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "nn/convert.hpp"
#include "tests/support/detector_scores.hpp"
#include "tests/support/normals.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

Tensor points(std::int64_t rows, std::int64_t columns, std::uint64_t stream) {
  return tests::normals({rows, columns}, 4, stream);
}

std::vector<double> scores_of(const std::string& method, const config::Config& config,
                              const Tensor& train, const Tensor& x) {
  return tests::scores_of(method, config, train, x, {}, /*scale=*/10);
}

Tensor sorted_distances(const Tensor& train, const Tensor& x) {
  const Tensor d = at::cdist(x.to(at::kDouble), train.to(at::kDouble), 2,
                             /*compute_mode=*/2);  // no products
  return std::get<0>(d.sort(1));
}

void expect_near(const std::vector<double>& scores, const Tensor& expected) {
  const auto wanted = nn::to_doubles(expected);
  ASSERT_EQ(scores.size(), wanted.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    EXPECT_NEAR(scores[i], wanted[i], 1e-6 * (1 + wanted[i])) << i;
  }
}

TEST(KnnTest, DistancesAreThoseOfTheFullMatrixOverManyBlocks) {
  const Tensor train = points(9000, 5, 1) + 100;  // more than one block, far from zero
  const Tensor x = points(700, 5, 2) + 100;
  const Tensor sorted = sorted_distances(train, x);
  config::Config config;
  config.knn = {5, "mean", "raw", 0};
  expect_near(scores_of("knn", config, train, x), sorted.slice(1, 0, 5).mean(1));
  config.knn = {3, "kth", "raw", 0};
  expect_near(scores_of("knn", config, train, x), sorted.select(1, 2));
  config.knn = {1, "mean", "normalised", 0};
  expect_near(scores_of("knn", config, train - 100, x - 100),
              sorted_distances((train - 100) * 10, (x - 100) * 10).select(1, 0));
}

TEST(KnnTest, FewerRowsThanNeighboursAreAllTaken) {
  const Tensor train = points(3, 4, 3);
  const Tensor x = points(8, 4, 4);
  config::Config config;
  config.knn = {50, "mean", "raw", 0};
  expect_near(scores_of("knn", config, train, x), sorted_distances(train, x).mean(1));
}

TEST(KnnTest, AShareOfTheRowsIsDrawnBySeed) {
  const Tensor train = points(400, 4, 5);
  config::Config config;
  config.knn = {1, "mean", "raw", 100};
  const auto scores = scores_of("knn", config, train, train);
  EXPECT_EQ(std::ranges::count(scores, 0.0), 100);  // the rows that were kept find themselves
  EXPECT_EQ(scores, scores_of("knn", config, train, train));
}

TEST(RandomTest, ScoresKnowNothingButTheSeed) {
  const Tensor x = points(500, 4, 6);
  const auto scores = scores_of("random", {}, x, x);
  EXPECT_EQ(std::set<double>(scores.begin(), scores.end()).size(), 500U);
  EXPECT_EQ(scores, scores_of("random", {}, x, x * 2));
}

}  // namespace
}  // namespace cance::detectors
