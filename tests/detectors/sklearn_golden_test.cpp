// Methods against scikit-learn on the same rows (tests/parity/make_sklearn_golden.py).
#include "tests/support/sklearn_golden.hpp"

#include "tests/support/normals.hpp"

namespace cance::detectors {
namespace {

using tests::SklearnGolden;

TEST_F(SklearnGolden, NearestNeighbours) {
  config::Config config;
  for (const int k : {1, 5}) {
    for (const std::string distance : {"mean", "kth"}) {
      config.knn = {k, distance, "normalised", 0};
      expect_near(scores("knn", config), values(fmt::format("knn_{}_{}", distance, k)), 1e-12);
    }
  }
}

TEST_F(SklearnGolden, LocalOutlierFactor) {
  config::Config config;
  for (const int k : {1, 20, 200}) {  // more than there are: all others
    config.lof.neighbours = k;
    expect_near(scores("lof", config), values(fmt::format("lof_{}", k)), 1e-9);
  }
}

/// Mean scores of one method over seeds, within `limit` deviations of the difference of two means.
class SeededGolden : public SklearnGolden {
 protected:
  void expect_alike(const std::string& method) const {
    constexpr int kSeeds = 40;
    const auto mean = values(method + "_mean");
    const auto deviation = values(method + "_deviation");
    std::vector<double> ours(mean.size());
    for (int seed = 0; seed < kSeeds; ++seed) {
      const auto found = scores(method, {}, "train", seed);
      for (std::size_t i = 0; i < ours.size(); ++i) {
        ours[i] += found[i] / kSeeds;
      }
    }
    const double theirs = values("seeds").front();
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_NEAR(ours[i], mean[i], 4 * deviation[i] * std::sqrt(1.0 / kSeeds + 1 / theirs)) << i;
    }
  }
};

TEST_F(SeededGolden, IsolationForest) { expect_alike("iforest"); }

TEST_F(SeededGolden, Loda) { expect_alike("loda"); }

// PyOD judges all rows it is given among the training rows; a row alone is judged as ours.
TEST_F(SklearnGolden, TailProbabilities) {
  for (const std::string method : {"ecod", "copod"}) {
    expect_near(scores(method, {}), values(method), 1e-12);
    expect_near(scores(method, {}, "flat"), values(method + "_flat"), 1e-12);  // ties
  }
}

TEST_F(SklearnGolden, OneClassSvm) {
  config::Config config;
  config.ocsvm.tolerance = 1e-9;
  for (const double nu : {0.1, 0.5}) {
    config.ocsvm.nu = nu;
    auto expected = values(fmt::format("ocsvm_{}", nu));
    for (double& decision : expected) {
      decision = -decision;  // theirs: high = normal
    }
    expect_near(scores("ocsvm", config), expected, 1e-6);
  }
}

TEST_F(SklearnGolden, Mahalanobis) {
  expect_near(scores("mahalanobis", {}), values("mahalanobis"), 1e-9);
}

TEST_F(SklearnGolden, MahalanobisOfDependentColumns) {
  expect_near(scores("mahalanobis", {}, "flat"), values("mahalanobis_flat"), 1e-9);
}

TEST(MahalanobisTest, UnitsOfAColumnCountForNothing) {
  const at::Tensor train = tests::normals({60, 4}, 5, 1).to(at::kDouble);
  const at::Tensor x = tests::normals({9, 4}, 5, 2).to(at::kDouble);
  const at::Tensor units = at::tensor({1e6, 1.0, 0.2, 1.0}, at::kDouble);
  nn::Compute compute;
  compute.type = at::kDouble;
  const auto plain = tests::scores_of("mahalanobis", {}, train, x, compute);
  const auto scaled = tests::scores_of("mahalanobis", {}, train * units, x * units, compute);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    EXPECT_NEAR(scaled[i], plain[i], 1e-6 * plain[i]);
  }
}

}  // namespace
}  // namespace cance::detectors
