// large_knn: 10,000 rows against 60,000, 784 numbers each, as MNIST has them, in little memory: the
// matrix of all distances alone would take 2.4 GB.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "detectors/detector.hpp"
#include "nn/convert.hpp"
#include "tests/support/normals.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr std::int64_t kTrain = 60000, kTest = 10000, kColumns = 784;
constexpr double kMostGigabytes = 1.5;  // of the whole process; the rows take 0.2, libtorch 0.3

double peak_gigabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e9;
}

TEST(LargeKnn, HoldsNoMatrixOfDistances) {
  const Tensor train = tests::normals({kTrain, kColumns}, 4, 1);
  const Tensor test = tests::normals({kTest, kColumns}, 4, 2);
  config::Config config;
  config.knn = {5, "kth", "raw", 0};
  nn::TensorRows train_rows(train), test_rows(test);
  const stats::Moments none(1);
  const represent::FeatureTransform transform;
  const CellRows rows{Tensor(), &train_rows, &train_rows};
  const auto knn = make_detector("knn", config);
  knn->fit(
      {rows, rows, transform, none, none, /*seed=*/9, {}, nullptr, [](const nn::StageProgress&) {
       }});
  const auto scores = knn->score({Tensor(), &test_rows, &test_rows});
  const double peak = peak_gigabytes();
  EXPECT_LT(peak, kMostGigabytes);
  RecordProperty("peak_gigabytes", fmt::format("{:.2f}", peak));
  fmt::print("peak of resident memory: {:.2f} GB\n", peak);

  ASSERT_EQ(scores.size(), static_cast<std::size_t>(kTest));
  for (const std::int64_t row : {0, 511, 512, 9999}) {  // of differing blocks
    const Tensor d = (train - test[row]).square().sum(1, /*keepdim=*/false, at::kDouble);
    const double expected =
        std::get<0>(d.topk(5, 0, /*largest=*/false)).max().sqrt().item<double>();
    EXPECT_NEAR(scores[static_cast<std::size_t>(row)], expected, 1e-6 * expected) << row;
  }
}

}  // namespace
}  // namespace cance::detectors
