// Scores of another program as a method of a run.
#include "archive/outside_scores.hpp"

#include <gtest/gtest.h>

#include "archive/member.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/sample_run.hpp"

namespace cance::archive {
namespace {

class OutsideScoresTest : public testing::Test {
 protected:
  OutsideScoresTest() {
    for (std::size_t i = 0; i < run_.labels.size(); ++i) {  // in another order than the run's
      const std::size_t row = run_.labels.size() - 1 - i;
      scores_.test[run_.index[row]] = 0.5 * run_.labels[row] + static_cast<double>(row % 7);
    }
  }
  std::string fault(const std::string& method) {
    return tests::message_of([&] { add_scores(run_, method, scores_, {}); });
  }

  store::RunRecord run_ = tests::sample_run("mnist/unimodal/class3/seed0", 0);
  OutsideScores scores_;
};

TEST_F(OutsideScoresTest, AreAMethodWithMetricsAndThreshold) {
  run_.split = {"train", "test", {0, 1}, {4, 8, 9}, {}};
  scores_.validation = {{9, 3.0}, {4, 1.0}, {8, 2.0}};
  const std::size_t metrics = run_.metrics.size();
  add_scores(run_, "theirs", scores_, {"s.csv", "ab", "now"});
  ASSERT_EQ(run_.scores.back().first, "theirs");
  std::vector<double> expected;
  for (std::size_t row = 0; row < run_.labels.size(); ++row) {
    expected.push_back(0.5 * run_.labels[row] + static_cast<double>(row % 7));
  }
  EXPECT_EQ(run_.scores.back().second, expected);
  ASSERT_EQ(run_.metrics.size(), metrics + 2);  // AUROC and AUPRC
  EXPECT_NEAR(run_.metrics[metrics].value, tests::pair_auroc(expected, run_.labels), 1e-12);
  EXPECT_EQ(run_.validation_scores.at("theirs"), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(run_.thresholds.at("theirs"), 3.0);  // rank ceil(.95 x 4) of three
  EXPECT_EQ(run_.origins.at("theirs").file, "s.csv");
  scores_.test[run_.index.front()] = 99;
  scores_.validation.clear();
  add_scores(run_, "theirs", scores_, {"t.csv", "cd", "later"});  // in the place of the old ones
  EXPECT_EQ(run_.metrics.size(), metrics + 2);
  EXPECT_EQ(run_.scores.back().second.front(), 99);
  EXPECT_FALSE(run_.thresholds.contains("theirs"));
  EXPECT_EQ(run_.origins.at("theirs").date, "later");
}

TEST_F(OutsideScoresTest, SayWhatDoesNotFit) {
  EXPECT_NE(fault("cance").find("scores of cance already"), std::string::npos);
  scores_.validation = {{4, 1.0}};
  EXPECT_NE(fault("theirs").find("does not say which rows were held out"), std::string::npos);
  scores_.validation.clear();
  scores_.test[1 << 30] = 0;
  EXPECT_NE(fault("theirs").find("row 1073741824 is none"), std::string::npos);
  scores_.test.erase(1 << 30);
  scores_.test.erase(run_.index.back());
  EXPECT_NE(fault("theirs").find("no score of its test row"), std::string::npos);
  for (const char* name : {"", "a/b", "a b", "cance", "knn"}) {
    EXPECT_THROW(require_outside_name(name), Error) << name;
  }
  EXPECT_NO_THROW(require_outside_name("PyOD_iforest-2"));
}

}  // namespace
}  // namespace cance::archive
