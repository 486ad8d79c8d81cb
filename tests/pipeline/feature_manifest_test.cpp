// The manifest of features reads back as it was written, and texts of others say nothing.
#include "pipeline/extract/feature_manifest.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace cance::pipeline {
namespace {

const FeatureManifest kManifest{"cance 1", "resnet18", "avgpool", "w.pth", "ab",
                                "shorter", "fp32",     "photos",  "cd",    64};

TEST(FeatureManifest, ReadsBackAsItWasWritten) {
  const std::string text = to_json(kManifest);
  EXPECT_EQ(text, R"({"software":"cance 1","network":"resnet18","tap":"avgpool","weights":"w.pth",)"
                  R"("weights_sha256":"ab","preprocessing":"shorter","precision":"fp32",)"
                  R"("dataset":"photos","dataset_sha256":"cd","shard_rows":64})");
  const FeatureManifest read = read_feature_manifest(text);
  EXPECT_EQ(read.network, "resnet18");
  EXPECT_EQ(read.tap, "avgpool");
  EXPECT_EQ(read.weights, "w.pth");
  EXPECT_EQ(read.weights_sha256, "ab");
  EXPECT_EQ(read.preprocessing, "shorter");
  EXPECT_EQ(read.precision, "fp32");
  EXPECT_EQ(read.dataset_sha256, "cd");
}

TEST(FeatureManifest, OfAFinishedFileNamesItsRowsAndThoseLeftOut) {
  const std::string text = to_json(kManifest, {"train/row 3, a.png: damaged"}, {{"train", "0-2"}});
  EXPECT_TRUE(text.ends_with(
      R"("shard_rows":64,"undecoded":["train/row 3, a.png: damaged"],"rows":{"train":"0-2"}})"));
}

TEST(FeatureManifest, OfOtherTextsIsEmpty) {
  for (const char* text : {"", "no JSON", "[1]", R"({"weights_sha256":7})", R"({"raw":"mnist"})"}) {
    EXPECT_EQ(read_feature_manifest(text).weights_sha256, "") << text;
  }
}

TEST(SampleRange, IsThatOfThePreparation) {
  EXPECT_EQ(sample_range(R"({"range":[10,900]})"), (image::SampleRange{10, 900}));
  EXPECT_EQ(sample_range(""), image::SampleRange{});
  for (const char* text : {R"({"range":[9,9]})", R"({"range":[0,65536]})", R"({"range":"all"})",
                           R"({"range":[-1,5]})"}) {
    EXPECT_THROW((void)sample_range(text), Error) << text;
  }
}

}  // namespace
}  // namespace cance::pipeline
