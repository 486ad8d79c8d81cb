// Trained cells in the forms of other runtimes: TorchScript gives the scores of the cell; what ONNX
// Runtime and NumPy make of the other forms is in tests/e2e/export_model.sh.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "archive/ensemble.hpp"
#include "base/random.hpp"
#include "config/load.hpp"
#include "detectors/detector.hpp"
#include "models/weights_file.hpp"
#include "nn/convert.hpp"
#include "pipeline/apply/exported_model.hpp"
#include "pipeline/apply/trained_model.hpp"
#include "pipeline/train/cell_job.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/script_module.hpp"

namespace cance::pipeline {
namespace {

struct Case {
  std::string name, settings;
  Shape row;
};

constexpr const char* kSmall =
    "[grid]\ndataset = d\nprotocol = given\ncases = all\n[autoencoder]\nlatent = 4\nchannels = "
    "4,8\nhidden = 8\nepochs = 1\ndecoder_epochs = 1\n[nce]\nhidden = 8,8\nepochs = 1\n";

/// The comparison methods, images of 8 x 8 or tables.
constexpr const char* kCompared =
    "[grid]\nmethods = "
    "knn,lof,iforest,ecod,copod,loda,mahalanobis,kde,ocsvm,deep_svdd,drocc,dagmm,dagmm_1,dpad,";
constexpr const char* kComparedSettings =
    "\n[deep_svdd]\nobjective = soft-boundary\nwarmup_epochs = 0\nchannels = 4\nepochs = 2\n"
    "[deep_svdd_pretraining]\nepochs = 1\n[drocc]\nchannels = 4\nhidden = 8\nascent_steps = 1\n"
    "pretraining_epochs = 0\nepochs = 1\n[dagmm]\nlatent = 2\nbatch = 32\nepochs = 2\n[dpad]\n"
    "channels = 4\nepochs = 1\n[goad]\ntransforms = 6\nsize = 4\nlayers = 2\n[vae]\nchannels = "
    "4\nlatent = 3\nsamples = 2\nepochs = 1\n[lsa]\nchannels = 4\nlatent = 4\nbins = 10\nestimator "
    "= 4\nepochs = 1\n[pixelcnn]\nlevels = 4\nfeatures = 6\nlayers = 2\nepochs = 1\n";

class Exported : public tests::FolderTest {
 protected:
  /// Random rows: 120 normal ones to train, 30 to test.
  std::filesystem::path make_dataset(const Shape& row) {
    const std::filesystem::path path = folder_ / "d.h5";
    store::DatasetWriter writer(path, {"d", "none", {"normal", "anomalous"}, {}, {}});
    const Random random(1, Purpose::test);
    std::uint64_t place = 0;
    for (const auto& [part, rows] : {std::pair("train", 120), std::pair("test", 30)}) {
      for (std::int32_t i = 0; i < rows; ++i) {
        const std::int32_t label = part == std::string("test") ? i % 2 : 0;
        std::vector<float> values;
        for (std::size_t k = 0; k < element_count(row); ++k) {
          values.push_back(static_cast<float>(random.uniform(place++) * (1 + label)));
        }
        if (row.size() == 1) {
          writer.append_rows(part, values, row[0], {&label, 1});
        } else {
          std::vector<std::uint8_t> pixels;
          for (const float value : values) {
            pixels.push_back(static_cast<std::uint8_t>(127 * value));
          }
          writer.append_images(part, pixels, row, {&label, 1});
        }
      }
    }
    writer.commit();
    return path;
  }

  static store::RunRecord train(const config::Config& config, LoadedDataset& dataset) {
    nn::Compute compute;
    compute.type = config.compute.precision == "float64" ? at::kDouble : at::kFloat;
    const CellContext context{
        compute, {}, {}, 60, [](const std::string&, double, const nn::StageProgress&) {}};
    return run_cell(config, {"d", "given", {}, 0}, dataset, context);
  }
};

/// Rows with values at which squares of float32 overflow: the scores of `cance score`.
void expect_the_same_of_far_rows(const TrainedModel& model, const tests::ScriptModule& module,
                                 const at::Tensor& rows) {
  at::Tensor far = rows.clone().contiguous();
  const std::vector<float> values{1e9F, -1e13F, 1e20F, -3e38F,
                                  std::numeric_limits<float>::infinity()};
  auto* const numbers = far.mutable_data_ptr<float>();
  const auto columns = static_cast<std::size_t>(far.size(1));
  for (std::size_t row = 0; row < values.size(); ++row) {
    numbers[row * columns + row] = values[row];
  }
  const auto expected = model.score({numbers, static_cast<std::size_t>(far.numel())}, {}).scores;
  const auto found = nn::to_doubles(module.scores(far));
  for (std::size_t row = 0; row < values.size(); ++row) {
    EXPECT_LE(std::abs(found[row] - expected[row]), 1e-4 * std::abs(expected[row])) << row;
    EXPECT_EQ(found[row] == detectors::kOverflow, expected[row] == detectors::kOverflow) << row;
  }
  EXPECT_EQ(expected.back(), detectors::kOverflow);
}

class ExportedCase : public Exported, public testing::WithParamInterface<Case> {};

TEST_P(ExportedCase, TorchScriptGivesTheScoresOfTheCell) {
  const Case& c = GetParam();
  const config::Config config = config::parse_config(kSmall + c.settings, "test");
  LoadedDataset dataset(make_dataset(c.row));
  const store::RunRecord run = train(config, dataset);
  std::vector<std::int64_t> sizes{-1};
  sizes.insert(sizes.end(), c.row.begin(), c.row.end());
  const at::Tensor rows =
      nn::to_tensor(MatrixView<const float>{dataset.file().read("test", run.index).data(), 30,
                                            element_count(c.row)})
          .view(sizes);
  for (const auto& [method, scores] : run.scores) {
    export_model(run, method, "torchscript", folder_ / "m.pt");
    const tests::ScriptModule module = tests::load_script(folder_ / "m.pt");
    EXPECT_EQ(module.method, method);
    const at::Tensor found = module.scores(rows);
    const at::Tensor expected = nn::to_tensor(std::span<const double>(scores));
    const double difference = (found - expected).abs().max().item<double>();
    const double limit = config.compute.precision == "float64" ? 1e-9 : 1e-5;
    EXPECT_LT(difference, limit * (expected.max() - expected.min()).item<double>()) << method;
    if (c.row.size() == 1) {
      expect_the_same_of_far_rows(TrainedModel(run, method, "cpu"), module, rows.slice(0, 0, 5));
    }
  }
}

TEST_F(Exported, AnEnsembleIsOneGraphOfItsMembers) {
  for (const Shape& row : {Shape{7}, Shape{1, 8, 8}}) {
    std::filesystem::remove(folder_ / "d.h5");
    LoadedDataset dataset(make_dataset(row));
    std::vector<std::filesystem::path> files;
    for (const char* latent : {"3", "4"}) {
      const config::Config config = config::parse_config(
          std::string(kSmall) + "[compute]\nprecision = float64\n", "test",
          {"grid.methods=knn,cance", "autoencoder.latent=" + std::string(latent)});
      files.push_back(folder_ / fmt::format("{}-{}.h5", row.size(), latent));
      store::write_run_file(files.back(), train(config, dataset));
    }
    const std::vector<std::int64_t> first{0, 1, 2, 3, 4, 5};
    const at::Tensor rows = nn::to_tensor(
        MatrixView<const float>{dataset.file().read("test", first).data(), 6, element_count(row)});
    for (const char* rule : {"max", "mean"}) {
      const store::RunRecord run =
          archive::make_ensembles(archive::find_runs(files), {"latents", rule, {"knn", "cance"}})
              .runs.front();
      export_model(run, "ensemble", "torchscript", folder_ / "m.pt");
      const tests::ScriptModule module = tests::load_script(folder_ / "m.pt");
      const TrainedModel model(run, "ensemble", "cpu");
      const auto* const numbers = rows.const_data_ptr<float>();
      const auto expected =
          model.score({numbers, static_cast<std::size_t>(rows.numel())}, {}).scores;
      std::vector<std::int64_t> sizes{-1};
      sizes.insert(sizes.end(), row.begin(), row.end());
      const auto found = nn::to_doubles(module.scores(rows.view(sizes)));
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_NEAR(found[i], expected[i], 1e-6 * expected[i]) << rule << i;
      }
      if (row.size() == 1) {
        expect_the_same_of_far_rows(model, module, rows.slice(0, 0, 5));
      }
    }
  }
}

TEST_F(Exported, SettingsOfLargerNetworksThanTheTensorsAreRefused) {
  const config::Config config = config::parse_config(kSmall, "test");
  LoadedDataset dataset(make_dataset({7}));
  store::RunRecord run = train(config, dataset);
  const auto place = run.info.config.find("hidden = 8");
  ASSERT_NE(place, std::string::npos) << run.info.config;
  run.info.config.replace(place, 10, "hidden = 65536,65536,65536");
  for (const char* format : {"onnx", "torchscript"}) {
    const auto refusal =
        tests::message_of([&] { export_model(run, "error", format, folder_ / "m"); });
    EXPECT_NE(refusal.find("larger networks than its tensors"), std::string::npos) << refusal;
  }
}

TEST_F(Exported, SafetensorsHoldWhatTheMethodSees) {
  const config::Config config = config::parse_config(
      std::string(kSmall) + "[grid]\nmethods = mahalanobis,cnce,cance\n", "test");
  LoadedDataset dataset(make_dataset({7}));
  const store::RunRecord run = train(config, dataset);
  const auto exported = [&](const std::string& method) {
    export_model(run, method, "safetensors", folder_ / "m.safetensors");
    return models::read_weights(folder_ / "m.safetensors");
  };
  const models::WeightMap cance = exported("cance");
  EXPECT_EQ(cance.at("moments.mean").shape, Shape{run.moments.mean.size()});
  EXPECT_TRUE(cance.contains("cance.0.weight") && cance.contains("encoder.0.weight"));
  EXPECT_FALSE(cance.contains("cnce.0.weight"));
  const models::WeightMap mahalanobis = exported("mahalanobis");
  EXPECT_TRUE(mahalanobis.contains("mahalanobis.map") && mahalanobis.contains("input.mean"));
  EXPECT_FALSE(mahalanobis.contains("encoder.0.weight") || mahalanobis.contains("moments.mean"));
}

INSTANTIATE_TEST_SUITE_P(
    , ExportedCase,
    testing::Values(
        Case{"conv", "", {1, 8, 8}},
        Case{"conv_colour_float64",
             "[input]\nnormalisation = channel\n[compute]\nprecision = float64\n",
             {3, 8, 8}},
        Case{"gcn",
             "[input]\nnormalisation = gcn\n[feature]\ncontrast = on\ntransform = log\n",
             {3, 8, 8}},
        Case{
            "compared", std::string(kCompared) + "vae,lsa,pixelcnn" + kComparedSettings, {1, 8, 8}},
        Case{"compared_colour_float64",
             std::string(kCompared) + "vae,lsa,pixelcnn" + kComparedSettings +
                 "[compute]\nprecision = float64\n",
             {3, 8, 8}},
        Case{"compared_table", std::string(kCompared) + "goad" + kComparedSettings, {7}},
        Case{"dense", "", {7}},
        Case{"dense_unit", "[input]\nnormalisation = unit\n[nce]\nnoise_freedom = 4\n", {7}},
        Case{"dense_float64", "[compute]\nprecision = float64\n[feature]\ntransform = log\n", {7}}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace cance::pipeline
