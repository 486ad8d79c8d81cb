// Several configs and sweeps as one grid: variants and their names, cells that two configs share,
// faults.
#include "config/experiment.hpp"

#include <gtest/gtest.h>

#include "base/atomic_file.hpp"
#include "config/ensembles.hpp"
#include "tests/support/files.hpp"

namespace cance::config {
namespace {

using Names = std::vector<std::string>;

class Experiments : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    write_text_file(folder_ / name, text);
    return folder_ / name;
  }
  std::string fault(const std::vector<std::filesystem::path>& paths, const Names& vary = {}) const {
    std::string message = tests::message_of(
        [&] { static_cast<void>(grid_cells(load_experiments(paths, {}, vary))); });
    const std::string prefix = folder_.path().string() + "/";
    for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
      message.erase(at, prefix.size());
    }
    return message;
  }
  static Names variants(const std::vector<Experiment>& experiments) {
    Names all;
    for (const Experiment& experiment : experiments) {
      all.push_back(experiment.variant);
    }
    return all;
  }

  tests::TemporaryFolder folder_;
};

TEST_F(Experiments, AFolderIsItsSettingsFilesByName) {
  const auto b = file("below/b.cfg", "[grid]\ndataset = b\n");
  file("below/a.cfg", "[grid]\ndataset = a\n");
  file("below/more/c.cfg", "[grid]\ndataset = c\n");
  const auto last = file("z.cfg", "[grid]\ndataset = z\n");
  const auto experiments = load_experiments({folder_ / "below", last}, {"grid.seeds=7"});
  ASSERT_EQ(experiments.size(), 3U);
  EXPECT_EQ(experiments[1].origin, b.string());
  EXPECT_EQ(experiments[2].config.grid.datasets, Names{"z"});
  EXPECT_EQ(experiments[0].config.grid.seeds, std::vector<int>{7});
  EXPECT_EQ(variants(experiments), (Names{"", "", ""}));
  EXPECT_EQ(grid_cells(experiments).size(), 30U);  // ten cases each
}

TEST_F(Experiments, ASweepIsTheProductOfItsValues) {
  const auto config =
      file("a.cfg",
           "[nce]\nnoise_ratio = 4\n[autoencoder]\nlatent = 12\n[vary]\nnce.noise_ratio = 1,4.0\n"
           "autoencoder.latent = 8,12\n");
  const auto experiments = load_experiments({config}, {}, {"autoencoder.latent=6,12"});
  EXPECT_EQ(variants(experiments), (Names{"noise_ratio=1,latent=6", "noise_ratio=1,latent=12",
                                          "noise_ratio=4,latent=6", "noise_ratio=4,latent=12"}));
  EXPECT_EQ(experiments[2].config.nce.noise_ratio, 4);
  EXPECT_EQ(experiments[2].config.autoencoder.latent, 6);
  EXPECT_EQ(experiments[2].default_variant, "noise_ratio=4,latent=12");
  EXPECT_EQ(grid_cells(experiments).front().cell.name(),
            "noise_ratio=1,latent=6/glyphs/unimodal/class0/seed0");
  EXPECT_EQ(grid_cells(experiments).size(), 40U);
}

TEST_F(Experiments, NamesOfVariantsTellKeysApartAndHoldNoCommas) {
  const auto config = file("a.cfg", "");
  EXPECT_EQ(variants(load_experiments({config}, {}, {"nce.epochs=5", "autoencoder.epochs=6"})),
            Names{"nce.epochs=5,autoencoder.epochs=6"});
  EXPECT_EQ(variants(load_experiments({config}, {}, {"nce.hidden=64,64;128"})),
            (Names{"hidden=64+64", "hidden=128"}));
}

TEST_F(Experiments, VariantsAreReadFromNamesOfCells) {
  EXPECT_EQ(variant_of("a=1,b=x/mnist/unimodal/class3/seed0"), "a=1,b=x");
  EXPECT_EQ(variant_of("mnist/unimodal/class3/seed0"), "");
  const auto values = variant_values("a=1,nce.hidden=64+64");
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[1], (std::pair<std::string, std::string>("nce.hidden", "64+64")));
  EXPECT_TRUE(says("epochs=5,nce.hidden=64+64", "nce.hidden", "64,64"));
  EXPECT_TRUE(says("epochs=5", "nce.epochs", "5"));
  EXPECT_FALSE(says("epochs=5", "autoencoder.epochs", "40"));
  EXPECT_FALSE(says("nce.epochs=5", "autoencoder.epochs", "5"));
}

TEST_F(Experiments, WholeSettingsGiveTheSameExperiments) {
  file("base.cfg", "[goad]\ntransforms = 7\n[vary]\nnce.hidden = 64,32;\n");
  const auto config = file("a.cfg", "include = base.cfg\n[vary]\nnce.batch = 16,32\n");
  const auto whole = whole_settings({config, config});
  ASSERT_EQ(whole.size(), 2U);
  EXPECT_EQ(whole[0].first, "a.cfg");
  EXPECT_EQ(whole[1].first, "a-2.cfg");
  const auto again = load_experiments({file("kept/a.cfg", whole[0].second)}, {"grid.methods=goad"});
  EXPECT_EQ(variants(again), (Names{"hidden=64+32,batch=16", "hidden=64+32,batch=32"}));
  EXPECT_EQ(again[0].config.goad.transforms, 7);
}

TEST_F(Experiments, ASettingThatASweepWouldReplaceIsRefused) {
  const auto config = file("a.cfg", "[vary]\nnce.batch = 8,16\n");
  const auto message = [&](const std::string& set) {
    return tests::message_of([&] { static_cast<void>(load_experiments({config}, {set})); });
  };
  EXPECT_NE(
      message("nce.batch=32").find("a.cfg: --set nce.batch=32: the sweep gives it 8; 16 and "),
      std::string::npos);
  EXPECT_EQ(load_experiments({config}, {"nce.batch = 16"})[0].default_variant, "batch=16");
}

TEST_F(Experiments, FaultsOfASweep) {
  const auto config = file("a.cfg", "");
  EXPECT_EQ(fault({config}, {"nce.noise_ratio"}),
            "--vary nce.noise_ratio: expected key=value,value,...");
  EXPECT_EQ(fault({config}, {"nce.noise_rato=1,2"}),
            "--vary: unknown key 'nce.noise_rato'; did you mean 'nce.noise_ratio'?");
  EXPECT_EQ(fault({config}, {"nce.batch=8,x"}),
            "--vary: nce.batch = x: expected a number from 2 to 1048576");
  EXPECT_EQ(fault({config}, {"nce.noise_ratio=1,4,1.0"}),
            "--vary: nce.noise_ratio = 1,4,1.0: the value 1 is there twice (';' separates values "
            "that hold commas)");
  const std::string eleven = "2,3,4,5,6,7,8,9,10,11,12";
  EXPECT_EQ(fault({config}, {"nce.batch=" + eleven, "nce.epochs=" + eleven, "goad.epochs=" + eleven,
                             "autoencoder.epochs=" + eleven}),
            "the values of the keys that vary make more than 10000 variants; vary fewer keys at a "
            "time");
  EXPECT_EQ(fault({config}, {"grid.seeds=1,2"}),
            "--vary: grid.seeds = 1,2: a sweep varies settings of cells; list more cells in [grid] "
            "itself");
  EXPECT_EQ(fault({config}, {"nce.batch=8", "nce.batch=16"}),
            "--vary nce.batch: given twice; list all of its values in one");
  EXPECT_EQ(fault({file("b.cfg", "# x\n[vary]\nnce.batch = 1\n")}),
            "b.cfg, line 3: nce.batch = 1: expected a number from 2 to 1048576");
}

TEST_F(Experiments, EnsemblesJoinWhatDiffersInOneThing) {
  const auto config = file("a.cfg",
                           "[grid]\ncases = 3\nseeds = 1-2\nmethods = error,cnce\n"
                           "ensembles = latents:max:cnce+error, seeds:mean:cnce\n"
                           "[vary]\nautoencoder.latent = 8,12\nnce.noise_ratio = 4\n");
  const auto all = grid_ensembles(load_experiments({config}, {}));
  ASSERT_EQ(all.size(), 4U);  // two seeds, then two latents
  EXPECT_EQ(all[0].cell,
            "ensemble=latents-max-cnce+error,noise_ratio=4/glyphs/unimodal/class3/seed1");
  EXPECT_EQ(all[0].members, (Names{"latent=8,noise_ratio=4/glyphs/unimodal/class3/seed1",
                                   "latent=12,noise_ratio=4/glyphs/unimodal/class3/seed1"}));
  EXPECT_EQ(all[2].cell,
            "ensemble=seeds-mean-cnce,latent=8,noise_ratio=4/glyphs/unimodal/class3/seed1");
  EXPECT_EQ(all[2].members, (Names{"latent=8,noise_ratio=4/glyphs/unimodal/class3/seed1",
                                   "latent=8,noise_ratio=4/glyphs/unimodal/class3/seed2"}));
  EXPECT_EQ(all[2].request, (EnsembleRequest{"seeds", "mean", {"cnce"}}));
  const Experiment one = load_experiments({config}, {})[0];
  EXPECT_TRUE(cell_config(one.config, grid_cells({one})[0].cell).grid.ensembles.empty());
  const auto message = [&](const Names& settings) {
    return tests::message_of(
        [&] { static_cast<void>(grid_ensembles(load_experiments({config}, settings))); });
  };
  EXPECT_NE(message({"grid.seeds=7"})
                .find("seeds:mean:cnce: an ensemble joins two runs or more, and grid.seeds has one "
                      "value"),
            std::string::npos);
  EXPECT_NE(message({"grid.ensembles=nce.hiden:max:cnce"})
                .find("there is no setting 'nce.hiden' to join over; expected seeds, latents, "
                      "methods or a key; did you mean 'nce.hidden'?"),
            std::string::npos);
  EXPECT_NE(message({"grid.ensembles=nce.hidden:max:cnce"})
                .find("nce.hidden has one value; give it more by --vary nce.hidden=..."),
            std::string::npos);
  EXPECT_NE(message({"grid.ensembles=seeds+methods:max:cnce+error"})
                .find("methods are joined within each run, over nothing else at once"),
            std::string::npos);
  EXPECT_NE(message({"grid.ensembles=hidden:max:cnce"})
                .find("did you mean 'autoencoder.hidden' or 'nce.hidden' or "),
            std::string::npos);
  EXPECT_NE(message({"grid.methods=cnce"}).find("the grid does not train the method 'error'"),
            std::string::npos);
  EXPECT_NE(message({"grid.protocol=goad", "grid.cases=all"})
                .find("protocol goad draws its test rows by seed"),
            std::string::npos);
}

TEST_F(Experiments, AnEnsembleJoinsWhatDiffersInSeveralThings) {
  const auto config = file("a.cfg",
                           "[grid]\ncases = 3\nseeds = 1-2\nmethods = cnce\n"
                           "ensembles = grid.seeds+latents:mean:cnce\n"
                           "[vary]\nautoencoder.latent = 8,12\nnce.noise_ratio = 2,4\n");
  const auto all = grid_ensembles(load_experiments({config}, {}));
  ASSERT_EQ(all.size(), 2U);  // two noise ratios
  EXPECT_EQ(all[1].cell,
            "ensemble=seeds+latents-mean-cnce,noise_ratio=4/glyphs/unimodal/class3/seed1");
  EXPECT_EQ(all[1].members, (Names{"latent=8,noise_ratio=4/glyphs/unimodal/class3/seed1",
                                   "latent=8,noise_ratio=4/glyphs/unimodal/class3/seed2",
                                   "latent=12,noise_ratio=4/glyphs/unimodal/class3/seed1",
                                   "latent=12,noise_ratio=4/glyphs/unimodal/class3/seed2"}));
}

TEST_F(Experiments, AnEnsembleOverMethodsIsOfEachRun) {
  const auto config = file("a.cfg",
                           "[grid]\ndataset = tab\nprotocol = goad\nseeds = 1-2\nmethods = "
                           "knn,cance\nensembles = methods:mean:cance+knn\n");
  const auto all = grid_ensembles(load_experiments({config}, {}));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].cell, "ensemble=methods-mean-cance+knn/tab/goad/all/seed2");
  EXPECT_EQ(all[1].members, Names{"tab/goad/all/seed2"});
  EXPECT_NE(tests::message_of([&] {
              static_cast<void>(
                  grid_ensembles(load_experiments({config}, {"grid.ensembles=methods:mean:knn"})));
            }).find("over methods an ensemble joins two methods or more"),
            std::string::npos);
  EXPECT_EQ(
      grid_ensembles(load_experiments({config}, {"grid.ensembles=grid.methods:mean:cance+knn"}))[1]
          .cell,
      all[1].cell);
  EXPECT_NE(tests::message_of([&] {
              static_cast<void>(grid_ensembles(
                  load_experiments({config}, {"grid.ensembles=methods:mean:knn+knn"})));
            }).find("a method is there twice"),
            std::string::npos);
}

TEST_F(Experiments, AnEnsembleOfTwoConfigsHasTheMembersOfBoth) {
  const std::string head = "[grid]\ncases = 3\nmethods = knn\nensembles = seeds:mean:knn\nseeds = ";
  const auto a = file("a.cfg", head + "0-1\n"), b = file("b.cfg", head + "0-2\n");
  for (const auto& paths : {std::vector{a, b}, std::vector{b, a}}) {
    const auto all = grid_ensembles(load_experiments(paths, {}));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].cell, "ensemble=seeds-mean-knn/glyphs/unimodal/class3/seed0");
    EXPECT_EQ(all[0].members, (Names{"glyphs/unimodal/class3/seed0", "glyphs/unimodal/class3/seed1",
                                     "glyphs/unimodal/class3/seed2"}));
  }
}

TEST_F(Experiments, CellsOfTwoConfigsAreOneWhereTheyAreTrainedAlike) {
  const std::string lengths = "[autoencoder]\nepochs = 40\ndecoder_epochs = 15\n";
  const auto a = file("a.cfg", "[grid]\ncases = 0-1\n[nce]\nepochs = 6\n" + lengths);
  const auto b = file("b.cfg", "[grid]\ncases = 1-2\n[nce]\nepochs = 60\n" + lengths);
  EXPECT_EQ(fault({a, b}),
            "a.cfg and b.cfg give the cell glyphs/unimodal/class1/seed0 different settings "
            "(nce.epochs: 6 -> 60); give each its own --out");
  const auto c = file("c.cfg",
                      "[grid]\ncases = 1-2\n[schedule]\nshare = 0.1\n[nce]\nepochs = 60\n"
                      "[autoencoder]\nepochs = 400\ndecoder_epochs = 150\n");
  const auto cells = grid_cells(load_experiments({a, c}, {}));
  ASSERT_EQ(cells.size(), 3U);
  EXPECT_EQ(cells[1].experiment, 0U);
  EXPECT_EQ(cells[2].experiment, 1U);
}

}  // namespace
}  // namespace cance::config
