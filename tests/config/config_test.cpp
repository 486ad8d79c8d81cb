// Settings: from text and back, every fault with its place, lists, cells and patterns, the
// configurations of the repository.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/atomic_file.hpp"
#include "base/cast.hpp"
#include "base/text.hpp"
#include "config/cell.hpp"
#include "config/experiment.hpp"
#include "config/load.hpp"
#include "config/methods.hpp"
#include "config/option_table.hpp"
#include "tests/support/files.hpp"

namespace cance::config {
namespace {

using tests::message_of;

std::string fault(const std::string& ini, const std::vector<std::string>& overrides = {}) {
  return message_of([&] { static_cast<void>(parse_config(ini, "x.cfg", overrides)); });
}

std::vector<std::string> names(const std::vector<Cell>& cells) {
  std::vector<std::string> all;
  for (const Cell& cell : cells) {
    all.push_back(cell.name());
  }
  return all;
}

TEST(Config, AByteOrderMarkIsPassedOver) {
  EXPECT_EQ(parse_config("\xEF\xBB\xBF[grid]\ndataset = t\n", "x.cfg").grid.datasets,
            std::vector<std::string>{"t"});
  const auto message =
      tests::message_of([] { (void)parse_config(std::string("\xFF\xFE[\0g\0", 6), "x.cfg"); });
  EXPECT_EQ(message, "x.cfg: UTF-16, expected UTF-8; save it as UTF-8");
}

TEST(Config, DefaultsParseToThemselves) {
  const std::string text = config_text(Config{});
  EXPECT_EQ(config_text(parse_config(text, "defaults")), text);
  EXPECT_EQ(config_text(parse_config("", "nothing")), text);
  EXPECT_NE(text.find("[nce]\nnoise_ratio = 4\n"), std::string::npos);
}

TEST(Config, EveryKeyIsReadPrintedAndReadAgain) {
  Config config;
  config.grid = {
      {"a-b_1", "c"}, {"multimodal"},
      {{2}, {5, 7}},  {0, 7},
      method_names(), {{"latents", "max", {"cnce", "error"}}, {"seeds", "mean", {"cance"}}}};
  config.split.validation_share = 0.25;
  config.data.window = 4096;
  config.compute.precision = "float64";
  config.schedule = {0.25, 0.125, 0.5, {{"drocc", 0.5}, {"lsa", 0.1}}};
  config.split.flagged_share = 0.02;
  config.split.labelled_share = 0.05;
  config.input = {"gcn", true};
  config.feature = {"log", true, 5};
  config.knn = {3, "kth", "raw", 99};
  config.lof = {7, "raw", 98};
  config.iforest = {50, 64, "raw"};
  config.ecod = config.copod = {"raw", 97};
  config.loda = {30, 20, "raw"};
  config.ensemble = {"mean", "grid.seeds", "0,1 by cance", "cance"};
  config.kde = {{"raw", "pca", 0.5}, 77, 0.125};
  config.ocsvm = {{"raw", "none", 0.75}, 0.2, 0.3, 1e-6, 88};
  config.mahalanobis = {"raw"};
  config.pixelcnn = {2, 3, 4, 5, {6, 7, 8, 0.09, 0.1, {11}}};
  config.vae = {{8}, 5, 0.25, 6, {10, 11, 12, 0.13, 0.14, {15}}};
  config.lsa = {{8, 16}, 5, 6, {7, 8}, 0.9, {10, 11, 12, 0.13, 0.14, {15}}};
  config.goad = {5, 6, true, 7, 8, 0.6, 0.7, {11, 12, 13, 0.21, 0.22, {50}}};
  config.deep_svdd = {"soft-boundary",
                      0.3,
                      4,
                      1.5,
                      {5},
                      {6},
                      7,
                      {8, 9, 10, 0.11, 0.12, {13}},
                      {14, 15, 16, 0.17, 0.18, {19}}};
  config.deep_sad = config.deep_svdd;
  config.dagmm = {{5}, 6, 7, 8, 0.25, 0.75, 0.8, {9, 10, 11, 0.12, 0.13, {14}}};
  config.dagmm_1 = {{3, 5}};
  config.dpad = {{5}, {6}, 7, 8.5, 9, {10, 11, 12, 0.13, 0.14, {15}}};
  config.drocc = {0.1, 3, 4, 5, 0.6, 7, {8}, 9, {10, 11, 12, 0.13, 0.14, {15, 16}}};
  config.autoencoder = {"conv",     {8}, {9, 7}, {3, false}, 1e-7, 17,  {2, false},
                        {0, false}, 11,  12,     0.1,        0.3,  1e-9};
  config.nce = {
      0.7, {{5, 6, 7}, false}, 19, {3, false}, 13, 0.01, 0.03, "naive", 0.02, -1.5, 3, 1, "loss"};
  const std::string text = config_text(config);
  const Config again = parse_config(text, "all");
  EXPECT_EQ(config_text(again), text);
  EXPECT_EQ(again.autoencoder.covariance_weight, 1e-7);
  EXPECT_EQ(again.autoencoder.decoder_learning_rate, 0.3);
  EXPECT_EQ(again.nce.hidden.value, (std::vector<int>{5, 6, 7}));
  Config defaults;
  for (const Option& option : option_table(defaults)) {
    const std::string line =
        fmt::format("\n{} = {}\n", option.key.substr(option.key.find('.') + 1), option.get());
    EXPECT_TRUE(text.find(line) == std::string::npos)
        << option.key << " has its default value: this test does not see it";
    EXPECT_NE(config_help().find(option.key + " "), std::string::npos) << option.key;
  }
}

TEST(Config, OverridesGoOverTheFileInTheirOrder) {
  const Config config =
      parse_config("[nce]\nbatch = 64 # rows\nepochs=7\n", "x.cfg",
                   {"nce.batch=32", " nce.batch = 16 ", "grid.methods=cnce, error"});
  EXPECT_EQ(config.nce.batch, 16);
  EXPECT_EQ(config.nce.epochs, 7);
  EXPECT_EQ(config.grid.methods, (std::vector<std::string>{"cnce", "error"}));
}

TEST(Config, UnknownKeysNameTheNearestOne) {
  EXPECT_EQ(fault("[nce]\nepoch = 3\n"),
            "x.cfg: unknown key 'nce.epoch'; did you mean 'nce.epochs'?");
  EXPECT_EQ(fault("", {"autoencoder.latnt=3"}),
            "--set: unknown key 'autoencoder.latnt'; did you mean 'autoencoder.latent'?");
  EXPECT_EQ(fault("zebra = 3\n"), "x.cfg: unknown key 'zebra'");
  EXPECT_EQ(fault("noise_ratio = 3\n"),
            "x.cfg: unknown key 'noise_ratio'; a key has its section, as 'nce.noise_ratio'");
  EXPECT_EQ(fault("decoder_epochs = 3\nrate = 3\n"),
            "x.cfg: unknown key 'decoder_epochs'; a key has its section, as "
            "'autoencoder.decoder_epochs'\n  x.cfg: unknown key 'rate'");
}

TEST(Config, ValuesOutOfRangeNameTheRange) {
  EXPECT_EQ(fault("[nce]\nbatch = 1\n"),
            "x.cfg: nce.batch = 1: expected a number from 2 to 1048576");
  for (const char* value : {"0", "0.95", "nan", "inf", "-inf", "1e999", "0.1x", "ten", "", "0x1"}) {
    EXPECT_EQ(fault("", {fmt::format("split.validation_share={}", value)}),
              fmt::format("--set: split.validation_share = {}: expected a number from 0.01 to 0.9",
                          value));
  }
  EXPECT_NE(fault("", {"nce.epochs=2.5"}), "no error");
  EXPECT_NE(fault("", {"nce.epochs=99999999999"}), "no error");
  EXPECT_EQ(fault("", {"nce.epochs=100000", "split.validation_share=0.9"}), "no error");
}

TEST(Config, ChoicesNameWhatIsAllowed) {
  EXPECT_EQ(
      fault("[grid]\nprotocol = unimodel\n"),
      "x.cfg: grid.protocol = unimodel: 'unimodel': expected any of unimodal, bimodal, multimodal, "
      "given, goad, dagmm, drocc, fit; did you mean 'unimodal'?");
  EXPECT_NE(fault("", {"grid.methods=cance,latnse"}).find("'latnse': expected any of"),
            std::string::npos);
  EXPECT_NE(fault("", {"grid.methods="}), "no error");
  EXPECT_NE(fault("", {"grid.dataset=../up"}).find("letters, digits, - and _"), std::string::npos);
}

TEST(Config, ListsOfNumbers) {
  const auto cases = [](const std::string& text) {
    return parse_config("", "x.cfg", {"grid.cases=" + text}).grid.cases;
  };
  EXPECT_EQ(cases("0-4"), (std::vector<Classes>{{0}, {1}, {2}, {3}, {4}}));
  EXPECT_EQ(cases("0,2,5"), (std::vector<Classes>{{0}, {2}, {5}}));
  EXPECT_EQ(cases("8, 0-1,1"), (std::vector<Classes>{{0}, {1}, {8}}));
  EXPECT_EQ(cases("8+0,1+8, 0+1"), (std::vector<Classes>{{0, 1}, {0, 8}, {1, 8}}));
  EXPECT_EQ(cases("all"), std::vector<Classes>{Classes{}});
  for (const char* text : {"", "4-0", "1-2-3", "-1", "a", "1,,2", "1-", "0-99999999999", "1.5",
                           "0+", "0-1+2", "all,1"}) {
    EXPECT_EQ(
        fault("", {fmt::format("grid.cases={}", text)}),
        fmt::format("--set: grid.cases = {}: expected a list as 0-4 or 0,2,5 or 0+1,0+8", text));
  }
  for (const char* text : {"", "0", "2,two", "1025", "2,4,2"}) {
    EXPECT_EQ(
        fault("", {fmt::format("dagmm_1.components={}", text)}),
        fmt::format("--set: dagmm_1.components = {}: expected numbers as 1,2,4, each once and "
                    "1 to 1024",
                    text));
  }
  for (const char* text : {"", "64,0", "64,", "-3", "65537", "64;64"}) {
    EXPECT_NE(fault("", {fmt::format("nce.hidden={}", text)}), "no error") << text;
  }
}

TEST(Config, WhatIsNoIniFileSaysWhatIsExpected) {
  const std::string message = fault("[nce]\nbatch 64\n");
  EXPECT_EQ(
      message,
      "x.cfg: not an INI file: the options configuration file contains an invalid line 'batch "
      "64'; expected lines [section] and key = value");
}

TEST(Config, BlanksCommentsAndDotsOfAFile) {
  const Config config = parse_config(
      "grid.dataset=thyroid\r\n [nce.] # games\r\n\n\tbatch = 8 # rows\n#epochs = 4\n[grid]\n"
      "protocol=goad",
      "x.cfg");
  EXPECT_EQ(config.grid.datasets, std::vector<std::string>{"thyroid"});
  EXPECT_EQ(config.grid.protocols, std::vector<std::string>{"goad"});
  EXPECT_EQ(config.nce.batch, 8);
  EXPECT_EQ(config.nce.epochs, Config().nce.epochs);
}

TEST(Config, KeysGivenTwiceNameBothLines) {
  EXPECT_EQ(fault("# short\n[nce]\nepochs = 3\n\n[grid]\n[nce]\nbatch = 8 # rows\nepochs=3\n"),
            "x.cfg: lines 3 and 8 both set nce.epochs; keep one of them");
  EXPECT_EQ(fault("nce.epochs = 3\r\n[nce]\r\nepochs = 4\r\nbatch = 1\n"),
            "x.cfg: lines 1 and 3 both set nce.epochs; keep one of them\n  x.cfg: nce.batch = 1: "
            "expected a number from 2 to 1048576");
  EXPECT_EQ(fault("[nce]\nepochs = 3\n[autoencoder]\nepochs = 3\n[nce]\nbatch = 8\n"), "no error");
}

TEST(Config, AllFaultsAreListedAtOnce) {
  const std::string message = fault("[nce]\nbatch = 0\nepoch = 3\n",
                                    {"autoencoder.latent=-1", "nce.epochs", "grid.seeds=x"});
  EXPECT_EQ(split(message, '\n').size(), 5U) << message;
  for (const char* part : {"nce.batch = 0", "'nce.epoch'", "autoencoder.latent = -1",
                           "--set nce.epochs: expected key=value", "grid.seeds = x"}) {
    EXPECT_NE(message.find(part), std::string::npos) << part << " in " << message;
  }
  const std::string both = fault("no ini", {"nce.batch=0"});
  EXPECT_NE(both.find("not an INI file"), std::string::npos) << both;
  EXPECT_NE(both.find("nce.batch = 0"), std::string::npos) << both;
}

TEST(Config, TextHoldsNoSettingsOfMethodsThatDoNotRun) {
  Config config;
  config.grid.methods = {"error", "dagmm", "deep_sad"};
  const std::string text = config_text(config);
  for (const char* there : {"[dagmm]", "[deep_sad]", "[deep_sad_pretraining]", "[autoencoder]"}) {
    EXPECT_NE(text.find(there), std::string::npos) << there;
  }
  for (const char* absent : {"[nce]", "[knn]", "[deep_svdd]", "[goad]"}) {
    EXPECT_EQ(text.find(absent), std::string::npos) << absent;
  }
  config.goad.transforms = 3;
  EXPECT_EQ(config_text(config), text);
  config.grid.methods.emplace_back("dagmm_cance");
  EXPECT_NE(config_text(config).find("[nce]"), std::string::npos);
}

TEST(Config, TextsOfEarlierBuildsAreRenewed) {
  Config config;
  const std::string text = config_text(config);
  EXPECT_EQ(renewed_text(text + "[goad]\ntransforms = 3\n"), text);  // goad does not run
  const auto at = text.find("noise_ratio = 4\n");
  EXPECT_EQ(renewed_text(text.substr(0, at) + text.substr(at + 16)), text);  // a key added since
  EXPECT_EQ(renewed_text("[nce]\ngone = 4\n"), "[nce]\ngone = 4\n");
  EXPECT_EQ(config_difference(text + "[goad]\ntransforms = 3\n", text), "");
}

TEST(Config, DifferenceNamesKeysAndBothValues) {
  Config before;
  Config after;
  EXPECT_EQ(config_difference(config_text(before), config_text(after)), "");
  after.nce.epochs = 5;
  after.grid.seeds = {1, 2};
  EXPECT_EQ(config_difference(config_text(before), config_text(after)),
            "grid.seeds: 0 -> 1,2; nce.epochs: auto -> 5");
  EXPECT_EQ(config_difference("[a]\nx = 1\n", "[a]\ny = 2\n"),
            "a.x: 1 -> (absent); a.y: (absent) -> 2");
  after = before;
  after.grid.methods = {"knn"};  // which read no autoencoder
  before.autoencoder.latent = 3;
  EXPECT_TRUE(
      config_difference(config_text(before), config_text(after))
          .starts_with(
              "grid.methods: error,latnce,gaussian,cnce,cance -> knn; autoencoder.batch: 128"));
  before.grid.methods = {"knn"};
  EXPECT_EQ(config_difference(config_text(before), config_text(after)), "");
}

/// Files of a folder of its own, each a name and a text; gives the fault of the first.
std::string included_fault(const std::vector<std::pair<std::string, std::string>>& files,
                           Config* config = nullptr) {
  const tests::TemporaryFolder folder;
  for (const auto& [name, text] : files) {
    write_text_file(folder / name, text);
  }
  std::string message = message_of([&] {
    const Config loaded = load_config(folder / files.front().first, {});
    if (config != nullptr) {
      *config = loaded;
    }
  });
  const std::string prefix = folder.path().string() + "/";
  for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
    message.erase(at, prefix.size());
  }
  return message;
}

TEST(Config, OwnLinesHoldOverIncludedOnesAndLaterFilesOverEarlier) {
  Config config;
  EXPECT_EQ(included_fault({{"a.cfg", "[nce]\nepochs = 1\n"}, {"b.cfg", ""}}), "no error");
  EXPECT_EQ(included_fault({{"top.cfg", "include = below/a.cfg, b.cfg\n[nce]\nepochs = 1\n"},
                            {"below/a.cfg", "include = ../c.cfg\n[nce]\nepochs = 2\nbatch = 20\n"},
                            {"b.cfg", "[nce]\nepochs = 3\nbatch = 30\n"},
                            {"c.cfg", "[autoencoder]\nlatent = 7\n[nce]\nbatch = 40\n"}},
                           &config),
            "no error");
  EXPECT_EQ(config.nce.epochs, 1);
  EXPECT_EQ(config.nce.batch, 30);
  EXPECT_EQ(config.autoencoder.latent, 7);
}

TEST(Config, IncludesThatDoubleEndSoon) {
  std::vector<std::pair<std::string, std::string>> files;
  for (int i = 0; i < 40; ++i) {
    files.emplace_back(fmt::format("{}.cfg", i),
                       fmt::format("include = {0}.cfg, {0}.cfg\n", i + 1));
  }
  files.emplace_back("40.cfg", "[nce]\nepochs = 3\n");
  const std::string fault = included_fault(files);
  EXPECT_NE(fault.find("1000 files are included, the most"), std::string::npos) << fault;
  EXPECT_EQ(fault.find('\n'), std::string::npos) << fault;
}

TEST(Config, FaultsOfIncludedFilesNameBothLines) {
  EXPECT_EQ(
      included_fault({{"a.cfg", "# first\ninclude = b.cfg\n"}, {"b.cfg", "[nce]\nepoch = 1\n"}}),
      "b.cfg, line 2 (included by a.cfg, line 2): unknown key 'nce.epoch'; did you mean "
      "'nce.epochs'?");
  EXPECT_EQ(included_fault({{"a.cfg", "include = b.cfg\n"}, {"b.cfg", "\nnce.batch = 0\n"}}),
            "b.cfg, line 2 (included by a.cfg, line 1): nce.batch = 0: expected a number from 2 to "
            "1048576");
  EXPECT_EQ(
      included_fault({{"a.cfg", "include = b.cfg, c.cfg\n"}, {"c.cfg", ""}}),
      "a.cfg, line 1: include = b.cfg, c.cfg: b.cfg is no file; expected settings files, from "
      "the folder of this one");
  EXPECT_EQ(
      included_fault({{"a.cfg", "\ninclude = b.cfg\n"},
                      {"b.cfg", "include = c.cfg\n"},
                      {"c.cfg", "include = a.cfg\n"}}),
      "c.cfg, line 1: includes a.cfg, whose line 2 leads back here; take one of the two lines "
      "out");
  EXPECT_EQ(
      included_fault({{"a.cfg", "include = a.cfg\n"}}),
      "a.cfg, line 1: includes a.cfg, whose line 1 leads back here; take one of the two lines "
      "out");
  EXPECT_EQ(fault("[grid]\ninclude = b.cfg\n"),
            "x.cfg: unknown key 'grid.include'; include stands before the first [section]");
}

TEST(Config, AScheduleMultipliesEveryLengthAndNothingElse) {
  Config config;
  config.grid.methods = method_names();
  config.schedule.share = 0.29;
  config.autoencoder.epochs = 40;
  config.autoencoder.decoder_epochs = 15;
  config.nce.epochs = 100;
  config.nce.steps = 3;
  config.deep_svdd.pretraining.epochs = 0;
  const Config trained = trained_config(config);
  EXPECT_EQ(trained.nce.epochs, 29);
  EXPECT_EQ(trained.nce.steps, 1);                     // .87
  EXPECT_EQ(trained.deep_svdd.pretraining.epochs, 0);  // none stays none
  EXPECT_EQ(trained.deep_svdd.warmup_epochs, 2);
  EXPECT_EQ(trained.drocc.pretraining_epochs, 14);
  EXPECT_EQ(trained.autoencoder.decoder_epochs, 4);
  EXPECT_EQ(trained.schedule.share, 1);
  EXPECT_EQ(config_text(trained_config(trained)), config_text(trained));
  for (const ConfigChange& change :
       config_changes(config_text(Config()), config_text(trained_config(Config())))) {
    ADD_FAILURE() << change.key;
  }
  for (const ConfigChange& change : config_changes(config_text(config), config_text(trained))) {
    ADD_FAILURE() << change.key;  // trained alike
  }
  config.drocc.ascent_steps = 7;
  config.schedule.shares = {{"cance", 0.5}, {"drocc", 0.1}, {"representation", 0.5}};
  const Config shorter = trained_config(config);
  EXPECT_EQ(shorter.nce.epochs, 14);
  EXPECT_EQ(shorter.drocc.pretraining_epochs, 1);
  EXPECT_EQ(shorter.autoencoder.decoder_epochs, 2);
  EXPECT_EQ(shorter.deep_svdd.warmup_epochs, 2);
  EXPECT_EQ(parse_config(config_text(config), "again").schedule.shares, config.schedule.shares);
  for (const auto& [text, problem] : std::map<std::string, std::string>{
           {"droc:0.1", "'droc': expected any of "},
           {"drocc", "'drocc': expected none, or NAME:SHARE,..."},
           {"drocc:0", "'drocc:0': expected none, or NAME:SHARE,..."},
           {"lsa:1,lsa:1", "'lsa:1': expected none, or NAME:SHARE,..."}}) {
    EXPECT_NE(fault("", {"schedule.shares=" + text}).find(problem), std::string::npos) << text;
  }
  config.schedule.shares.clear();
  EXPECT_EQ(config_difference(config_text(trained), config_text(config)).substr(0, 26),
            "autoencoder.decoder_epochs");
  EXPECT_EQ(parse_config(config_text(config), "again").schedule.share, 0.29);
  EXPECT_EQ(fault("", {"schedule.share=0"}),
            "--set: schedule.share = 0: expected a number from 1e-06 to 10");
}

TEST(Cells, SeedsAreOuterAndCasesInner) {
  const GridSettings grid{{"mnist"}, {"unimodal"}, {{3}, {5}}, {0, 2}, {"error"}, {}};
  const std::vector<std::string> expected{
      "mnist/unimodal/class3/seed0", "mnist/unimodal/class5/seed0", "mnist/unimodal/class3/seed2",
      "mnist/unimodal/class5/seed2"};
  EXPECT_EQ(names(grid_cells(grid)), expected);
}

TEST(Cells, SeveralDataSetsEachHaveAllProtocols) {
  const GridSettings grid{{"a", "b"}, {"goad", "drocc"}, {{0}}, {0, 1}, {}, {}};
  EXPECT_EQ(names(grid_cells(grid)),
            (std::vector<std::string>{"a/goad/all/seed0", "a/drocc/all/seed0", "b/goad/all/seed0",
                                      "b/drocc/all/seed0", "a/goad/all/seed1", "a/drocc/all/seed1",
                                      "b/goad/all/seed1", "b/drocc/all/seed1"}));
  Config config;
  config.grid = grid;
  EXPECT_EQ(cell_config(config, grid_cells(grid)[2]).grid.datasets, std::vector<std::string>{"b"});
}

TEST(Cells, CasesOfSeveralClassesAndOfNone) {
  const GridSettings pairs{{"mnist"}, {"bimodal"}, {{0, 1}, {0, 8}}, {0}, {}, {}};
  EXPECT_EQ(names(grid_cells(pairs)), (std::vector<std::string>{"mnist/bimodal/class0+1/seed0",
                                                                "mnist/bimodal/class0+8/seed0"}));
  const GridSettings table{{"thyroid"}, {"goad", "drocc"}, {{0}, {1}}, {0, 1}, {}, {}};
  EXPECT_EQ(names(grid_cells(table)),
            (std::vector<std::string>{"thyroid/goad/all/seed0", "thyroid/drocc/all/seed0",
                                      "thyroid/goad/all/seed1", "thyroid/drocc/all/seed1"}));
  Config config;
  config.grid = table;
  const Config own = cell_config(config, grid_cells(table)[1]);
  EXPECT_EQ(own.grid.cases, std::vector<Classes>{Classes{}});
  EXPECT_EQ(own.grid.protocols, std::vector<std::string>{"drocc"});
}

TEST(Cells, PatternsMatchFullNamesAndTails) {
  const auto cells =
      grid_cells(GridSettings{{"mnist"}, {"unimodal"}, {{1}, {3}, {13}}, {0, 1}, {}, {}});
  const auto matching = [&](const char* pattern) {
    std::vector<Cell> some;
    std::ranges::copy_if(cells, std::back_inserter(some),
                         [&](const Cell& cell) { return matches(cell, pattern); });
    return names(some);
  };
  const std::vector<std::string> class3{"mnist/unimodal/class3/seed0",
                                        "mnist/unimodal/class3/seed1"};
  EXPECT_EQ(matching("class3/*"), class3);
  EXPECT_EQ(matching("mnist/unimodal/class3/seed?"), class3);
  EXPECT_EQ(matching("class3/seed1"), std::vector<std::string>{class3[1]});
  EXPECT_EQ(matching("*/seed1").size(), 3U);
  EXPECT_EQ(matching("*").size(), 6U);
  EXPECT_TRUE(matching("class3").empty());
  EXPECT_TRUE(matching("class2/*").empty());
}

TEST(Cells, TheSettingsOfACellAreItsOwnCaseAndSeed) {
  Config config;
  config.nce.epochs = 5;
  config.grid.cases = {{0}, {1}};
  config.grid.seeds = {0, 1, 2};
  const Config own = cell_config(config, grid_cells(config.grid)[5]);
  EXPECT_EQ(own.grid.cases, std::vector<Classes>{{1}});
  EXPECT_EQ(own.grid.seeds, std::vector<int>{2});
  EXPECT_EQ(config_difference(config_text(config), config_text(own)),
            "grid.cases: 0,1 -> 1; grid.seeds: 0,1,2 -> 2");
}

TEST(Config, ConfigurationsOfTheRepositoryLoad) {
  const auto configs = std::filesystem::path(CANCE_SOURCE_DIR) / "configs";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(configs)) {
    if (entry.path().extension() == ".cfg") {
      ++count;
      EXPECT_FALSE(grid_cells(load_experiments({entry.path()}, {})).empty()) << entry.path();
    }
  }
  EXPECT_GE(count, 3);
  // The paper is one grid: no cell twice, five seeds everywhere.
  const auto cells = grid_cells(load_experiments({configs / "paper"}, {}));
  EXPECT_EQ(std::ranges::count_if(cells, [](const GridCell& c) { return c.cell.seed == 4; }) * 5,
            signed_size(cells.size()));
}

TEST(Methods, HaveAnOrderAndTitles) {
  EXPECT_LT(method_rank("error"), method_rank("latnce"));
  EXPECT_LT(method_rank("gaussian"), method_rank("cnce"));
  EXPECT_LT(method_rank("random"), method_rank("error"));
  EXPECT_LT(method_rank("cance"), method_rank("another"));
  EXPECT_EQ(method_rank("another"), method_rank("other"));
  EXPECT_EQ(method_title("latnce"), "LatNCE");
  EXPECT_EQ(method_title("another"), "another");
}

}  // namespace
}  // namespace cance::config
