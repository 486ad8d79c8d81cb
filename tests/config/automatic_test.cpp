// What the settings that are auto become.
#include "config/automatic.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"
#include "tests/support/files.hpp"

namespace cance::config {
namespace {

using Texts = std::vector<std::string>;

const Shape kImage{1, 28, 28};

/// What is chosen under these settings.
Texts chosen(std::int64_t rows, const Shape& row, const Texts& set = {}) {
  const Config given = parse_config("", "x.cfg", set);
  return chosen_settings(given, resolved_config(given, rows, row));
}

TEST(Automatic, ManyImagesAreTrainedAsThePapersAre) {
  // 39 batches of 128 make 1,560 steps, 20 of 256 make 1,200.
  EXPECT_EQ(chosen(4879, kImage), (Texts{"autoencoder.latent=12", "autoencoder.epochs=40",
                                         "autoencoder.decoder_epochs=15", "feature.transform=raw",
                                         "nce.hidden=256,256", "nce.epochs=60"}));
}

TEST(Automatic, FewImagesAreTrainedForAFloorOfSteps) {
  EXPECT_EQ(chosen(33, kImage), (Texts{"autoencoder.latent=12", "autoencoder.steps=1500",
                                       "autoencoder.decoder_steps=400", "feature.transform=raw",
                                       "nce.hidden=256,256", "nce.steps=1000"}));
}

TEST(Automatic, TablesHaveHalfTheirColumnsAndASmallerNetwork) {
  EXPECT_EQ(chosen(10'000, {6}),
            (Texts{"autoencoder.latent=3", "autoencoder.epochs=40", "autoencoder.decoder_epochs=15",
                   "nce.hidden=128,128", "nce.epochs=60"}));
  const auto latent = [](std::size_t columns) {
    return resolved_config(Config(), 5000, {columns}).autoencoder.latent.value;
  };
  EXPECT_EQ(latent(1), 2);
  EXPECT_EQ(latent(7), 4);
  EXPECT_EQ(latent(512), 16);
}

TEST(Automatic, LengthsCountWholeBatchesOfTheRowsThatAreSeen) {
  const auto steps = [](std::int64_t rows, const Texts& set) {
    return resolved_config(parse_config("", "x.cfg", set), rows, kImage).autoencoder.steps;
  };
  EXPECT_EQ(steps(37 * 128, {}), 1500);  // 1,480 steps in 40 epochs
  EXPECT_EQ(steps(37 * 128 + 1, {}), 0);
  EXPECT_EQ(steps(19 * 128, {"input.flips=on"}), 0);
  EXPECT_EQ(steps(37 * 128, {"autoencoder.batch=64"}), 0);
}

TEST(Automatic, WhatIsSetStays) {
  const Texts set{"autoencoder.latent=5",  "autoencoder.epochs=7", "autoencoder.decoder_epochs=0",
                  "feature.transform=log", "nce.hidden=8",         "nce.epochs=3"};
  EXPECT_EQ(chosen(33, kImage, set), Texts{});
  // Steps that are set leave the epochs without a say.
  const Config steps = resolved_config(parse_config("", "x", {"nce.steps=9"}), 33, kImage);
  EXPECT_EQ(steps.nce.steps, 9);
}

TEST(Automatic, OnlyWhatIsReadIsChosen) {
  EXPECT_EQ(
      chosen(33, {8}, {"grid.methods=knn,error"}),
      (Texts{"autoencoder.latent=4", "autoencoder.steps=1500", "autoencoder.decoder_steps=400"}));
  EXPECT_EQ(chosen(33, {8}, {"grid.methods=error", "autoencoder.network=pca"}),
            Texts{"autoencoder.latent=4"});
  EXPECT_EQ(chosen(33, {8}, {"grid.methods=knn"}), Texts{});
}

TEST(Automatic, WhatWasChosenMakesTheSettingsThatTrained) {
  const Config given = parse_config("", "x.cfg", {"schedule.share=0.1"});
  EXPECT_EQ(config_text(trained_config(given)), config_text(given));  // a length waits for its rows
  for (const std::int64_t rows : {33, 5000}) {
    const Config resolved = resolved_config(given, rows, kImage);
    const Config again = parse_config(config_text(given), "run", chosen_settings(given, resolved));
    EXPECT_EQ(config_text(resolved_config(again, 1, kImage)), config_text(resolved)) << rows;
    EXPECT_EQ(trained_config(resolved).autoencoder.steps, rows == 33 ? 150 : 0);
    EXPECT_EQ(trained_config(resolved).nce.epochs, 6);
  }
}

TEST(Automatic, ASettingSaysAutoOrAValue) {
  Config config = parse_config("", "x", {"nce.hidden=8,8", "autoencoder.latent=4"});
  EXPECT_EQ(value_of(config, "nce.hidden"), "8,8");
  set_value(config, "nce.hidden", "auto");
  EXPECT_EQ(value_of(config, "nce.hidden"), "auto");
  EXPECT_TRUE(config.nce.hidden.automatic);
  EXPECT_EQ(value_of(config, "autoencoder.latent"), "4");
  EXPECT_EQ(tests::message_of([&] { set_value(config, "autoencoder.latent", "1"); }),
            "--set: autoencoder.latent = 1: expected auto, or a number from 2 to 4096");
  EXPECT_EQ(value_of(config, "autoencoder.latent"), "4");
}

}  // namespace
}  // namespace cance::config
