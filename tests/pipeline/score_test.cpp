// Scoring new rows: contributions that sum to the score, thresholds, and rows through several lanes
// in their order.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "nn/convert.hpp"
#include "pipeline/apply/contributions.hpp"
#include "pipeline/apply/score_job.hpp"
#include "pipeline/apply/threshold.hpp"
#include "tests/support/matrix.hpp"

namespace cance::pipeline {
namespace {

using at::Tensor;

/// 3 z0 z1 + e c + 2 c, of columns z0, z1, e, c.
class Products final : public detectors::Detector {
 public:
  void fit(const detectors::TrainingData&) override {}
  [[nodiscard]] std::vector<double> score(const detectors::CellRows& rows) const override {
    const auto column = [&](std::int64_t i) { return rows.composite.select(1, i); };
    return nn::to_doubles(3 * column(0) * column(1) + column(2) * column(3) + 2 * column(3));
  }
};

TEST(Contributions, AreShapleyValues) {
  const Products detector;
  const Tensor typical = tests::matrix({{1.0, 2.0, 3.0, 4.0}}, at::kDouble);
  const Tensor phi = tests::matrix({{5.0, 7.0, 1.0, 6.0}, {0.0, 2.0, 3.0, 4.0}}, at::kDouble);
  const auto groups = feature_groups(2, /*contrast=*/false);
  const auto scores = detector.score({phi, nullptr, nullptr});
  const double start = detector.score({typical, nullptr, nullptr}).front();
  const auto parts = contributions(detector, phi, scores, typical, start, groups);
  // latent: 3 (35 - 2); e and c share e c, each the mean of both orders, and 2 c is of c alone
  EXPECT_DOUBLE_EQ(parts(0, 0), 99);
  EXPECT_DOUBLE_EQ(parts(0, 1), 0.5 * ((1 - 3) * 4 + (1 - 3) * 6));
  EXPECT_DOUBLE_EQ(parts(0, 2), 0.5 * ((6 - 4) * 3 + (6 - 4) * 1) + 4);
  EXPECT_DOUBLE_EQ(parts(1, 0), -6);
  EXPECT_DOUBLE_EQ(parts(1, 1), 0);
  EXPECT_DOUBLE_EQ(parts(1, 2), 0);
  for (std::size_t row = 0; row < 2; ++row) {
    const auto all = parts.row(row);
    EXPECT_NEAR(std::accumulate(all.begin(), all.end(), 0.0), scores[row] - start, 1e-12);
  }
}

TEST(Contributions, GroupsOfColumns) {
  const auto groups = feature_groups(5, /*contrast=*/true);
  ASSERT_EQ(groups.size(), 4U);
  EXPECT_EQ(groups[1].name, "contrast");
  EXPECT_EQ(groups[1].first, 5);
  EXPECT_EQ(groups[2].first, 7);
  EXPECT_EQ(groups[3].last, 9);
}

store::RunRecord run_with_scores() {
  store::RunRecord run;
  run.info.cell = "a/b/c/seed0";
  run.thresholds["cance"] = 3.5;
  run.threshold_rule = "a rule";
  for (int i = 0; i <= 100; ++i) {
    run.validation_scores["cance"].push_back(i);
  }
  return run;
}

TEST(Threshold, OfEveryRule) {
  const auto run = run_with_scores();
  const std::vector<double> scores{5, 1, 4, 2, 3, 9, 8, 7, 6, 0};
  const auto choose = [&](const std::string& words) {
    return choose_threshold(parse_threshold(words), run, "cance", scores);
  };
  EXPECT_EQ(choose("stored").value, 3.5);
  EXPECT_EQ(choose("stored").rule, "a rule; 97 of its 101 validation rows score above");
  EXPECT_DOUBLE_EQ(choose("normals=0.05").value, 96);  // 0 to 100: the one of rank ceil(.95 * 102)
  EXPECT_EQ(choose("share=0.3").value, 6);             // 9, 8 and 7 are above
  EXPECT_EQ(choose("-1.5").value, -1.5);
  for (const char* words :
       {"share=0", "share=1", "share=x", "share=0.01", "normals=2", "often", "nan", ""}) {
    EXPECT_THROW(static_cast<void>(choose(words)), Error) << words;
  }
  EXPECT_THROW(static_cast<void>(choose_threshold(parse_threshold("stored"), run, "knn", scores)),
               Error);
  EXPECT_THROW(
      static_cast<void>(choose_threshold(parse_threshold("normals=0.1"), run, "knn", scores)),
      Error);
}

TEST(Threshold, AShareIsJudgedByTheNumberOfRows) {
  const ThresholdRule rule = parse_threshold("share=0.01");
  EXPECT_THROW(require_some_flagged(rule, 49), Error);  // .49 of a row
  EXPECT_NO_THROW(require_some_flagged(rule, 50));
  EXPECT_THROW(require_some_flagged(parse_threshold("share=0.99"), 40), Error);  // all of them
  EXPECT_NO_THROW(require_some_flagged(parse_threshold("stored"), 1));
  for (const char* words : {"share=0.01", "share=0.3", "share=0.5", "share=0.97"}) {
    const ThresholdRule share = parse_threshold(words);
    const auto enough = static_cast<std::size_t>(rows_enough(share));
    for (std::size_t rows = enough; rows < enough + 200; ++rows) {
      EXPECT_NO_THROW(require_some_flagged(share, rows)) << words << ", " << rows;
    }
  }
}

TEST(Threshold, OfAShareFlagsRowsThatTie) {
  const auto choose = [](const std::string& words, const std::vector<double>& scores) {
    return choose_threshold(parse_threshold(words), {}, "knn", scores);
  };
  std::vector<double> scores(80, 9);  // 30 copies of one anomaly, as in pandas.concat
  std::iota(scores.begin(), scores.begin() + 50, -50);
  const Threshold tied = choose("share=0.1", scores);
  EXPECT_EQ(std::ranges::count_if(scores, [&](double s) { return s > tied.value; }), 30);
  EXPECT_EQ(tied.rule,
            "the 10 % of these rows with the highest scores are 8, but 30 rows tie at the score of "
            "the last, so 37.5 % are flagged");
  const Threshold all = choose("share=0.5", {2, 2, 2, 2});
  EXPECT_LT(all.value, 2);
  EXPECT_NE(all.rule.find("so 100 % are flagged"), std::string::npos) << all.rule;
}

TEST(Threshold, SaysWhatFewValidationRowsAllow) {
  const Threshold of_4 = threshold_of_normals(std::vector<double>{1, 2, 3, 4}, 0.05);
  EXPECT_EQ(of_4.value, 4);
  EXPECT_EQ(of_4.rule,
            "20 % of new normal rows are expected above, by 4 validation rows, too few for 5 %");
  EXPECT_NE(of_4.doubt.find("fewer than 400"), std::string::npos) << of_4.doubt;
  std::vector<double> many(400);
  std::iota(many.begin(), many.end(), 1);
  const Threshold of_400 = threshold_of_normals(many, 0.05);
  EXPECT_EQ(of_400.value, 381);  // rank ceil(.95 * 401); 20 of 401 above
  EXPECT_EQ(of_400.rule, "4.99 % of new normal rows are expected above, by 400 validation rows");
  EXPECT_EQ(of_400.doubt, "");
}

/// A run whose score is the reconstruction error of two components of three columns.
store::RunRecord pca_run() {
  store::RunRecord run;
  run.info.cell = "a/b/c/seed0";
  run.info.config =
      "[autoencoder]\nnetwork = pca\nlatent = 2\n[input]\nnormalisation = none\n[grid]\nmethods = "
      "error\n";
  run.info.precision = "float64";
  run.input.row = {3};
  run.scores = {{"error", {}}};
  run.moments.mean = {0, 0, 0.1, 0.1};
  run.moments.covariance.assign(16, 0);
  run.model["pca.mean"] = {{3}, {0, 0, 0}};
  run.model["pca.components"] = {{2, 3}, {1, 0, 0, 0, 1, 0}};
  run.model["pca.variance"] = {{2}, {1, 1}};
  run.model["pca.explained"] = {{2}, {0.5, 1}};
  return run;
}

TEST(ScoreRows, KeepsTheOrderThroughLanes) {
  const TrainedModel model(pca_run(), "error", "cpu");
  EXPECT_EQ(model.groups(), (std::vector<std::string>{"latent", "error", "cosine"}));
  const std::size_t count = 5 * model.block_rows() + 17;
  for (const int lanes : {1, 3}) {
    std::size_t read = 0;
    std::vector<double> scores;
    score_rows(
        model,
        [&](std::size_t most) {
          std::vector<float> rows;
          for (std::size_t i = 0; i < most && read < count; ++i, ++read) {
            rows.insert(rows.end(), {1, 2, static_cast<float>(read % 1000)});
          }
          return rows;
        },
        [&](RowScores&& block) {
          scores.insert(scores.end(), block.scores.begin(), block.scores.end());
        },
        {.lanes = lanes});
    ASSERT_EQ(scores.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto x = static_cast<double>(i % 1000);
      ASSERT_DOUBLE_EQ(scores[i], x * x / 3) << i;
    }
  }
}

TEST(TrainedModel, RowsThatOverflowRankFirstAndRowsWithoutNumbersHaveNoScore) {
  const TrainedModel model(pca_run(), "error", "cpu");
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> rows{1, 2, 3, 1, kNan, 2, 1, 2, kInfinity, 1, 2, 6};
  const RowScores found = model.score(rows, {.contributions = true});
  ASSERT_EQ(found.scores.size(), 4U);
  EXPECT_DOUBLE_EQ(found.scores[0], 3);
  EXPECT_TRUE(std::isnan(found.scores[1]));
  EXPECT_EQ(found.scores[2], std::numeric_limits<double>::max());
  EXPECT_DOUBLE_EQ(found.scores[3], 12);
  EXPECT_TRUE(std::isnan(found.contributions(1, 0)));
  const RowScores alone = model.score(std::span(rows).first(3), {.contributions = true});
  EXPECT_DOUBLE_EQ(found.contributions(0, 1), alone.contributions(0, 1));
}

TEST(ScoreRows, EndsWithTheFirstError) {
  const TrainedModel model(pca_run(), "error", "cpu");
  std::size_t blocks = 0;
  const ReadRows read = [&](std::size_t most) {
    require(++blocks < 4, "block 4 is damaged");
    return std::vector<float>(3 * most, 1.0F);
  };
  const auto run = [&] { score_rows(model, read, [](RowScores&&) {}, {.lanes = 3}); };
  EXPECT_THROW(run(), Error);
  const ReadRows endless = [](std::size_t most) { return std::vector<float>(3 * most, 1.0F); };
  EXPECT_THROW(
      score_rows(model, endless, [](RowScores&&) { fail("the disk is full"); }, {.lanes = 3}),
      Error);
}

TEST(TrainedModel, SaysWhatIsWrong) {
  const auto run = pca_run();
  EXPECT_EQ(method_of(run, ""), "error");
  try {
    static_cast<void>(method_of(run, "eror"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "a/b/c/seed0: the run has no method 'eror'; did you mean 'error'? (it has error)");
  }
  auto damaged = run;
  damaged.model.erase("pca.mean");
  EXPECT_THROW(TrainedModel(damaged, "error", "cpu"), Error);
  EXPECT_THROW(TrainedModel(run, "random", "cpu"), Error);
  EXPECT_THROW(TrainedModel(run, "error", "abacus"), Error);
}

}  // namespace
}  // namespace cance::pipeline
