// Reader of what scikit-learn gives on small made rows (tests/parity/make_sklearn_golden.py).
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/atomic_file.hpp"
#include "detectors/shared/projection.hpp"
#include "tests/support/detector_scores.hpp"

namespace cance::tests {

class SklearnGolden : public testing::Test {
 protected:
  [[nodiscard]] at::Tensor rows(const std::string& name) const {
    const auto values = golden_.at(name).get<std::vector<std::vector<double>>>();
    std::vector<at::Tensor> all;
    for (const auto& row : values) {
      all.push_back(at::tensor(row, at::kDouble));
    }
    return at::stack(all);
  }
  [[nodiscard]] std::vector<double> values(const std::string& name) const {
    return golden_.at(name).get<std::vector<double>>();
  }
  static void expect_near(const std::vector<double>& ours, const std::vector<double>& theirs,
                          double tolerance) {
    ASSERT_EQ(ours.size(), theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_NEAR(ours[i], theirs[i], tolerance * (1 + std::abs(theirs[i]))) << i;
    }
  }
  /// Scores of the test rows by the method fitted on `train`, in float64.
  [[nodiscard]] std::vector<double> scores(const std::string& method, const config::Config& config,
                                           const std::string& train = "train",
                                           std::uint64_t seed = 9) const {
    nn::Compute compute;
    compute.type = at::kDouble;
    return scores_of(method, config, rows(train), rows("test"), compute, 1, {}, seed);
  }

 private:
  nlohmann::json golden_ = nlohmann::json::parse(
      read_text_file(std::filesystem::path(CANCE_SOURCE_DIR) / "tests/parity/sklearn_golden.json"));
};

}  // namespace cance::tests
