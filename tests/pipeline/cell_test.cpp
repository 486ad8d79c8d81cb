// A cell whose settings are auto: what it chooses, and training rows that others judge.
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/ranges.hpp"
#include "base/stop_flag.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "config/methods.hpp"
#include "nn/convert.hpp"
#include "pipeline/apply/trained_model.hpp"
#include "pipeline/train/cell_job.hpp"
#include "tests/support/folder_test.hpp"

namespace cance::pipeline {
namespace {

constexpr std::size_t kColumns = 4;

class CellTest : public tests::FolderTest {
 protected:
  /// 60 normal rows to train and 20 to test, every second of them anomalous.
  void SetUp() override {
    store::DatasetWriter writer(folder_ / "d.h5", {"d", "none", {"normal", "anomalous"}, {}, {}});
    const Random random(1, Purpose::test);
    for (std::int32_t i = 0; i < 80; ++i) {
      const std::int32_t label = i >= 60 ? i % 2 : 0;
      std::vector<float> values(kColumns);
      random.fill_normal(values, static_cast<std::uint64_t>(i) * kColumns);
      for (float& value : values) {
        value = std::exp(value) * static_cast<float>(1 + label);
        rows_.push_back(value);
      }
      writer.append_rows(i < 60 ? "train" : "test", values, kColumns, {&label, 1});
    }
    writer.commit();
  }

  store::RunRecord run(const std::string& settings) {
    const config::Config config = config::parse_config(settings, "test");
    LoadedDataset dataset(folder_ / "d.h5");
    const CellContext context{
        {}, {}, {}, 60, [this](const std::string& stage, double share, const nn::StageProgress&) {
          stages_[stage] = share;
          set_stop_requested(stage == stop_in_);
        }};
    return run_cell(config, {"d", "given", {}, 0}, dataset, context);
  }

  std::vector<float> rows_;
  std::map<std::string, double> stages_;  // the last share that each told of
  std::string stop_in_;                   // the stage that is asked to stop
};

TEST_F(CellTest, FourLinesChooseForATableAndTheRunScoresTheSameAgain) {
  const store::RunRecord run = this->run(
      "[grid]\ndataset=d\nprotocol=given\nmethods=error,cance\n[schedule]\nshare=0.002\n"
      "[feature]\nfolds=5\n");
  EXPECT_EQ(run.info.chosen,
            (std::vector<std::string>{"autoencoder.latent=2", "autoencoder.steps=1500",
                                      "autoencoder.decoder_steps=400", "feature.transform=log",
                                      "nce.hidden=128,128", "nce.steps=1000"}));
  EXPECT_EQ(run.moments.transform, "log");
  EXPECT_EQ(run.composite_columns.size(), 4U);
  EXPECT_EQ(run.history.at(0).second.epoch.size(), 3U);  // of steps, a batch an epoch
  EXPECT_TRUE(stages_.contains("autoencoder, fold 5 of 5"));
  for (const auto& [stage, share] : stages_) {
    EXPECT_LE(share, 1 + 1e-9) << stage;
  }
  EXPECT_LT(stages_.at("decoder"), stages_.at("autoencoder, fold 1 of 5"));
  EXPECT_LT(stages_.at("autoencoder, fold 1 of 5"), stages_.at("autoencoder, fold 5 of 5"));
  const TrainedModel model(run, "cance", "cpu");
  const auto scores = model.score(std::span(rows_).subspan(60 * kColumns), {}).scores;
  EXPECT_EQ(scores, run.scores.back().second);
}

TEST_F(CellTest, ScoringTellsHowFarItIsAndStops) {
  const std::string settings =
      "[grid]\ndataset=d\nprotocol=given\nmethods=knn\n[autoencoder]\nnetwork=pca\n";
  EXPECT_EQ(run(settings).scores.size(), 1U);
  EXPECT_GT(stages_.at("knn, scoring"), 0.1);
  EXPECT_LT(stages_.at("knn, scoring"), 1);
  stop_in_ = "knn, scoring";
  EXPECT_THROW((void)run(settings), Stopped);
  set_stop_requested(false);
}

TEST_F(CellTest, MethodsThatReadRowsAloneTrainNoRepresentationAndScoreAsBesideOne) {
  const std::vector<std::string> others{"pixelcnn", "vae", "lsa",  // of images
                                        "deep_sad"};               // of labels
  std::vector<std::string> methods = config::method_names();
  std::erase_if(methods, [&](const std::string& method) {
    return config::methods_need_representation({method}) || contains(others, method);
  });
  ASSERT_GE(methods.size(), 15U);
  const auto of = [&](const std::string& more) {
    return run("[grid]\ndataset=d\nprotocol=given\nmethods=" + join(methods, ",") + more +
               "\n[autoencoder]\nhidden=4\n[schedule]\nshare=0.002\n");
  };
  const store::RunRecord beside = of(",error");
  stages_.clear();
  const store::RunRecord alone = of("");
  EXPECT_FALSE(stages_.contains("autoencoder"));
  EXPECT_EQ(alone.info.representation, store::kNoRepresentation);
  EXPECT_EQ(alone.info.config.find("[autoencoder]"), std::string::npos);
  EXPECT_EQ(alone.info.chosen, std::vector<std::string>{});
  EXPECT_TRUE(alone.composite.empty());
  ASSERT_EQ(alone.scores.size() + 1, beside.scores.size());
  for (std::size_t i = 0; i < alone.scores.size(); ++i) {
    EXPECT_EQ(alone.scores[i], beside.scores[i]);
  }
  store::write_run_file(folder_ / "run.h5", alone);
  const store::RunRecord read = open_trained_run(folder_ / "run.h5");
  EXPECT_EQ(read.moments.count, 54);
  for (const std::string method : {"knn", "ocsvm", "dagmm"}) {
    const TrainedModel model(read, method, "cpu");
    EXPECT_FALSE(model.reconstructs());
    const RowScores again =
        model.score(std::span(rows_).subspan(60 * kColumns), {.error_maps = true});
    EXPECT_EQ(
        again.scores,
        std::ranges::find(read.scores, method, &decltype(read.scores)::value_type::first)->second);
    EXPECT_TRUE(again.error_maps.empty());
  }
  EXPECT_EQ(tests::message_of([&] { TrainedModel(read, "error", "cpu"); }),
            "d/given/all/seed0: error: the run has no representation, which the method scores by");
}

TEST_F(CellTest, FoldsJudgeTheRowsThatTheirComponentsDoNotKnow) {
  const std::string settings =
      "[grid]\ndataset=d\nprotocol=given\nmethods=error,gaussian\n[input]\nnormalisation=none\n"
      "[autoencoder]\nnetwork=pca\nlatent=2\n[feature]\ntransform=raw\nfolds=";
  const store::RunRecord one = run(settings + "1\n");
  const store::RunRecord three = run(settings + "3\n");
  const auto& train = three.split.train;
  const auto row = [&](std::int64_t i) {
    return nn::to_tensor(std::vector<double>(rows_.begin() + i * std::int64_t{kColumns},
                                             rows_.begin() + (i + 1) * std::int64_t{kColumns}));
  };
  double own = 0;
  double crossed = 0;
  for (std::size_t fold = 0; fold < 3; ++fold) {
    std::vector<at::Tensor> others;
    for (std::size_t i = 0; i < train.size(); ++i) {
      if (i % 3 != fold) {
        others.push_back(row(train[i]));
      }
    }
    const at::Tensor known = at::stack(others);
    const at::Tensor mean = known.mean(0);
    const at::Tensor v =
        std::get<2>(at::linalg_svd(known - mean, /*full_matrices=*/false)).slice(0, 0, 2);
    for (std::size_t i = fold; i < train.size(); i += 3) {
      const at::Tensor x = row(train[i]);
      const at::Tensor rest = x - mean - at::matmul(at::matmul(v, x - mean), v);
      const double e = rest.square().mean().item<double>();
      EXPECT_NEAR(three.composite.at("train")(i, 2), e, 1e-4 * e + 1e-6) << i;
      // Latents are those of the cell's own components.
      EXPECT_EQ(three.composite.at("train")(i, 0), one.composite.at("train")(i, 0));
      own += one.composite.at("train")(i, 2);
      crossed += e;
    }
  }
  EXPECT_GT(crossed, own);
  EXPECT_EQ(three.composite.at("test").values(), one.composite.at("test").values());
  EXPECT_NEAR(three.moments.mean[2], crossed / static_cast<double>(train.size()), 1e-4 * crossed);
  EXPECT_EQ(three.scores.front(), one.scores.front());  // Error needs no moments
  EXPECT_NE(three.scores.back(), one.scores.back());
}

TEST_F(CellTest, MoreFoldsThanHalfOfTheRowsAreRefused) {
  EXPECT_EQ(tests::message_of([&] {
              (void)run(
                  "[grid]\ndataset=d\nprotocol=given\nmethods=cance\n[autoencoder]\n"
                  "network=pca\nlatent=2\n[feature]\nfolds=30\n");
            }),
            "feature.folds = 30: there are 54 training rows; expected at most 27");
}

}  // namespace
}  // namespace cance::pipeline
