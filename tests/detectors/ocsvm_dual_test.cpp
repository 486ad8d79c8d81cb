// The one-class machine's training: what LIBSVM does while it is asked to stop.
#include "detectors/ocsvm_dual.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/stop_flag.hpp"

namespace cance::detectors {
namespace {

class OcsvmDualTest : public testing::Test {
 protected:
  OcsvmDualTest() { Random(0, Purpose::test).fill_normal(numbers_); }
  ~OcsvmDualTest() override { set_stop_requested(false); }

  [[nodiscard]] OneClassSvm train() const {
    return train_one_class_svm({numbers_.data(), kRows, kColumns}, /*gamma=*/0.5, /*nu=*/0.5,
                               /*tolerance=*/1e-6);
  }

 private:
  static constexpr std::size_t kRows = 600, kColumns = 2;
  std::vector<double> numbers_ = std::vector<double>(kRows * kColumns);
};

TEST_F(OcsvmDualTest, LeavesTheSolverAtAStopAndTrainsTheSameAfterIt) {
  const OneClassSvm before = train();
  set_stop_requested(true);
  EXPECT_THROW(static_cast<void>(train()), Stopped);
  set_stop_requested(false);
  const OneClassSvm after = train();
  EXPECT_EQ(after.coefficients, before.coefficients);
  EXPECT_EQ(after.rho, before.rho);
}

}  // namespace
}  // namespace cance::detectors
