// Trained cells in the forms of other runtimes: TorchScript gives the scores of the cell; what ONNX
// Runtime and NumPy make of the other forms is in tests/e2e/export_model.sh.
#include <gtest/gtest.h>
#include <torch/script.h>

#include "base/random.hpp"
#include "config/load.hpp"
#include "nn/convert.hpp"
#include "pipeline/cell_job.hpp"
#include "pipeline/exported_model.hpp"
#include "store/weights_file.hpp"
#include "tests/unit/store_files.hpp"

namespace cance::pipeline {
namespace {

struct Case {
  std::string name, settings;
  store::Shape row;
};

class Exported : public tests::FolderTest, public testing::WithParamInterface<Case> {
 protected:
  /// Random rows: 120 normal ones to train, 30 to test.
  std::filesystem::path make_dataset(const store::Shape& row) {
    const std::filesystem::path path = folder_ / "d.h5";
    store::DatasetWriter writer(path, {"d", "none", {"normal", "anomalous"}, {}, {}});
    const Random random(1, Purpose::test);
    std::uint64_t place = 0;
    for (const auto& [part, rows] : {std::pair("train", 120), std::pair("test", 30)}) {
      for (std::int32_t i = 0; i < rows; ++i) {
        const std::int32_t label = part == std::string("test") ? i % 2 : 0;
        std::vector<float> values;
        for (std::size_t k = 0; k < store::element_count(row); ++k) {
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
    compute.type = config.compute.precision == "float64" ? torch::kFloat64 : torch::kFloat32;
    const CellContext context{
        compute, {}, 60, [](const std::string&, double, const nn::StageProgress&) {}};
    return run_cell(config, {"d", "given", {}, 0}, dataset, context);
  }
};

TEST_P(Exported, TorchScriptGivesTheScoresOfTheCell) {
  const Case& c = GetParam();
  const config::Config config = config::parse_config(
      "[grid]\ndataset = d\nprotocol = given\ncases = all\n[autoencoder]\nlatent = 4\nchannels = "
      "4,8\nhidden = 8\nepochs = 1\ndecoder_epochs = 1\n[nce]\nhidden = 8,8\nepochs = 1\n" +
          c.settings,
      "test");
  LoadedDataset dataset(make_dataset(c.row));
  const store::RunRecord run = train(config, dataset);
  std::vector<std::int64_t> sizes{-1};
  sizes.insert(sizes.end(), c.row.begin(), c.row.end());
  const torch::Tensor rows =
      nn::to_tensor(MatrixView<const float>{dataset.file().read("test", run.index).data(), 30,
                                            store::element_count(c.row)})
          .view(sizes);
  for (const auto& [method, scores] : run.scores) {
    export_model(run, method, "torchscript", folder_ / "m.pt");
    torch::jit::ExtraFilesMap extra{{"method", ""}};
    auto module = torch::jit::load((folder_ / "m.pt").string(), torch::kCPU, extra);
    EXPECT_EQ(extra["method"], method);
    const torch::Tensor found = module.forward({rows}).toTensor();
    const torch::Tensor expected = nn::to_tensor(std::span<const double>(scores));
    const double difference = (found - expected).abs().max().item<double>();
    const double limit = config.compute.precision == "float64" ? 1e-9 : 1e-5;
    EXPECT_LT(difference, limit * (expected.max() - expected.min()).item<double>()) << method;
  }
  export_model(run, "cance", "safetensors", folder_ / "m.safetensors");
  const store::WeightMap tensors = store::read_weights(folder_ / "m.safetensors");
  EXPECT_EQ(tensors.at("moments.mean").shape, store::Shape{run.moments.mean.size()});
  EXPECT_TRUE(tensors.contains("cance.0.weight"));
  EXPECT_FALSE(tensors.contains("cnce.0.weight"));
}

INSTANTIATE_TEST_SUITE_P(
    , Exported,
    testing::Values(
        Case{"conv", "", {1, 8, 8}},
        Case{"conv_colour_float64",
             "[input]\nnormalisation = channel\n[compute]\nprecision = float64\n",
             {3, 8, 8}},
        Case{"gcn",
             "[input]\nnormalisation = gcn\n[feature]\ncontrast = on\ntransform = log\n",
             {3, 8, 8}},
        Case{"dense", "", {7}},
        Case{"dense_float64", "[compute]\nprecision = float64\n[feature]\ntransform = log\n", {7}}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace cance::pipeline
