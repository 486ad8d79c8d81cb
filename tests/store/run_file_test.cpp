// Run files: round trip at each level of detail, equal bytes, a full disk, and the message of every
// fault.
#include "store/run_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <limits>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "base/atomic_file.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/sample_run.hpp"

namespace cance {
namespace {

using hdf5::Group;
using store::Detail;
using store::RunRecord;
using tests::message_of;

class RunFile : public tests::FolderTest {
 protected:
  // A run file without a seal, changed by `edit` after it was written.
  template <class Edit>
  std::string message_for(Edit edit) {
    const auto path = folder_ / "hand.h5";
    {
      const Group root = hdf5::create_file(path);
      store::write_run(root, record_);
      edit(root);
    }
    return message_of([&] { (void)store::read_run_file(path, Detail::full); });
  }
  std::string message_when_written(const RunRecord& record) {
    return message_of([&] { store::write_run_file(folder_ / "w.h5", record); });
  }

  std::filesystem::path path_ = folder_ / "run.h5";
  RunRecord record_ = tests::sample_run("mnist/unimodal/class3/seed0", 0);
};

TEST_F(RunFile, EverythingComesBack) {
  store::write_run_file(path_, record_);
  const RunRecord read = store::read_run_file(path_, Detail::full);
  EXPECT_EQ(read.info.cell, record_.info.cell);
  EXPECT_EQ(read.info.case_name, "class3");
  EXPECT_EQ(read.info.config, record_.info.config);
  EXPECT_EQ(read.info.libraries, record_.info.libraries);
  EXPECT_EQ(read.info.seconds, record_.info.seconds);
  EXPECT_EQ(read.labels, record_.labels);
  EXPECT_EQ(read.index, record_.index);
  EXPECT_EQ(read.scores, record_.scores);
  EXPECT_EQ(read.composite_columns, record_.composite_columns);
  ASSERT_EQ(read.composite.size(), 3U);
  EXPECT_EQ(read.composite.at("test").values(), record_.composite.at("test").values());
  EXPECT_EQ(read.moments.count, record_.moments.count);
  EXPECT_EQ(read.moments.covariance, record_.moments.covariance);
  EXPECT_EQ(read.moments.latent_condition, record_.moments.latent_condition);
  EXPECT_EQ(read.noise, record_.noise);
  ASSERT_EQ(read.history.size(), record_.history.size());
  EXPECT_EQ(read.history[2].first, "cance");
  EXPECT_EQ(read.history[2].second.validation_loss, record_.history[2].second.validation_loss);
  ASSERT_EQ(read.metrics.size(), record_.metrics.size());
  EXPECT_EQ(read.metrics[4].method, "cance");
  EXPECT_EQ(read.metrics[4].value, record_.metrics[4].value);
  EXPECT_EQ(read.model.at("encoder.0.weight").shape, (Shape{2, 3, 4}));
  EXPECT_EQ(read.model.at("scale").values, std::vector<double>{3.0});
  EXPECT_EQ(read.thresholds, record_.thresholds);
  EXPECT_EQ(read.threshold_rule, record_.threshold_rule);
  EXPECT_EQ(read.validation_scores, record_.validation_scores);
  EXPECT_EQ(read.input.row, record_.input.row);
  EXPECT_EQ(read.input.preparation, record_.input.preparation);
  EXPECT_EQ(read.gallery.image, record_.gallery.image);
  EXPECT_EQ(read.gallery.position, record_.gallery.position);
  EXPECT_EQ(read.gallery.output, record_.gallery.output);
}

TEST_F(RunFile, ARunWithoutRepresentationHasNoCompositesAndNoReconstructions) {
  record_.composite.clear();
  record_.composite_columns.clear();
  record_.moments = {};
  record_.moments.count = 7;
  record_.gallery.output.clear();
  EXPECT_NE(message_when_written(record_).find("gallery"), std::string::npos);
  record_.info.representation = store::kNoRepresentation;
  store::write_run_file(path_, record_);
  const RunRecord read = store::read_run_file(path_, Detail::full);
  EXPECT_EQ(read.gallery.input, record_.gallery.input);
  EXPECT_TRUE(read.gallery.output.empty());
  EXPECT_TRUE(read.composite.empty());
  EXPECT_EQ(read.moments.count, 7);
}

TEST_F(RunFile, WhatWasChosenForAutoComesBack) {
  record_.info.chosen = {"autoencoder.latent=4", "nce.hidden=128,128"};
  store::write_run_file(path_, record_);
  EXPECT_EQ(store::read_run_file(path_, Detail::info).info.chosen, record_.info.chosen);
  record_.info.chosen.push_back("two\nlines");
  EXPECT_NE(message_when_written(record_).find("on one line"), std::string::npos);
}

TEST_F(RunFile, SplitAndOriginsComeBackAndMustFit) {
  record_.split = {"train", "test", {0, 2, 5}, {1, 7}, {9}};
  record_.origins["cance"] = {"theirs.csv", "ab12", "2026-01-02T03:04:05Z"};
  store::write_run_file(path_, record_);
  const RunRecord read = store::read_run_file(path_);
  EXPECT_EQ(read.split.train_part, "train");
  EXPECT_EQ(read.split.test_part, "test");
  EXPECT_EQ(read.split.train, record_.split.train);
  EXPECT_EQ(read.split.validation, record_.split.validation);
  EXPECT_EQ(read.split.labelled, record_.split.labelled);
  EXPECT_EQ(hdf5::open_file(path_).group("split").read_shaped<std::int64_t>("test", {0}),
            record_.index);
  EXPECT_EQ(read.origins.at("cance").file, "theirs.csv");
  EXPECT_EQ(read.origins.at("cance").date, "2026-01-02T03:04:05Z");
  record_.split.train = {3, 1};
  EXPECT_NE(message_when_written(record_).find("not ascending"), std::string::npos);
  record_.split.train = {};
  record_.origins["other"] = {};
  EXPECT_NE(message_when_written(record_).find("no scores of other"), std::string::npos);
}

TEST_F(RunFile, LessDetailReadsLess) {
  store::write_run_file(path_, record_);
  const RunRecord info = store::read_run_file(path_, Detail::info);
  EXPECT_EQ(info.info.config_hash, record_.info.config_hash);
  EXPECT_TRUE(info.labels.empty());
  const RunRecord light = store::read_run_file(path_);
  EXPECT_EQ(light.scores, record_.scores);
  EXPECT_EQ(light.composite_columns, record_.composite_columns);
  EXPECT_TRUE(light.composite.empty());
  EXPECT_TRUE(light.model.empty());
}

TEST_F(RunFile, TensorsKeepTheDigitsTheyHave) {
  record_.model["scale"] = {{}, {0.1}};
  record_.model["tiny"] = {{2}, {0.25, 1e-300}};
  store::write_run_file(path_, record_);
  const RunRecord read = store::read_run_file(path_, Detail::full);
  EXPECT_EQ(read.model.at("scale").values, std::vector<double>{0.1});
  EXPECT_EQ(read.model.at("tiny").values, (std::vector<double>{0.25, 1e-300}));
  const hdf5::Group model = hdf5::open_file(path_).group("model");
  EXPECT_EQ(model.type_name("scale"), "float64");
  EXPECT_EQ(model.type_name("encoder.1.bias"), "float32");
}

TEST_F(RunFile, ARecordWithNextToNothingComesBack) {
  RunRecord small;
  small.info = record_.info;
  small.composite_columns = {"e", "c"};
  small.moments.mean = {0, 0};
  small.moments.covariance = {0, 0, 0, 0};
  store::write_run_file(path_, small);
  const RunRecord read = store::read_run_file(path_, Detail::full);
  EXPECT_TRUE(read.labels.empty());
  EXPECT_TRUE(read.gallery.image.empty());
}

TEST_F(RunFile, SameContentGivesTheSameBytes) {
  store::write_run_file(folder_ / "a.h5", record_);
  store::write_run_file(folder_ / "b.h5", record_);
  EXPECT_EQ(read_text_file(folder_ / "a.h5"), read_text_file(folder_ / "b.h5"));
  store::write_run_file(folder_ / "c.h5", tests::sample_run("mnist/unimodal/class3/seed0", 1));
  EXPECT_NE(read_text_file(folder_ / "a.h5"), read_text_file(folder_ / "c.h5"));
}

TEST_F(RunFile, AFullDiskLeavesTheOldFileAndNothingElse) {
#ifdef __SANITIZE_ADDRESS__  // from the first file on, since HDF5 uses its memory again for the
                             // next
  const __lsan::ScopedDisabler hdf5_never_frees_a_file_that_it_could_not_flush;
#endif
  store::write_run_file(path_, record_);
  const std::string before = read_text_file(path_);
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  const auto previous = std::signal(SIGXFSZ, SIG_IGN);
  std::vector<std::string> messages;
  for (const rlim_t bytes :
       {rlim_t{0}, rlim_t{100}, rlim_t{2000}, rlim_t{10'000}, rlim_t{40'000}}) {
    const rlimit small{bytes, old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    messages.push_back(message_of([&] {
      store::write_run_file(path_, tests::sample_run("mnist/unimodal/class3/seed0", 1));
    }));
    ::setrlimit(RLIMIT_FSIZE, &old);
  }
  std::signal(SIGXFSZ, previous);
  for (const std::string& message : messages) {
    EXPECT_NE(message, "no error");
  }
  EXPECT_EQ(read_text_file(path_), before);
  EXPECT_EQ(tests::names_in(folder_), std::vector<std::string>{"run.h5"});
  store::write_run_file(path_, record_);
  EXPECT_EQ(read_text_file(path_), before);
}

TEST_F(RunFile, EveryFaultHasItsMessage) {
  const auto expect = [&](auto edit, const std::string& part) {
    const std::string message = message_for(edit);
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  EXPECT_EQ(message_for([](const Group&) {}), "no error");
  expect([](const Group& g) { g.set("schema", "cance-dataset"); }, "not a cance run file");
  expect([](const Group& g) { g.set("complete", false); }, "incomplete");
  expect([](const Group& g) { g.set("schema_version", "2.1"); }, "schema version 2.1");
  expect([](const Group& g) { g.set("schema_version", "new"); }, "is no version");
  EXPECT_EQ(message_for([](const Group& g) { g.set("schema_version", "1.7"); }), "no error");
  expect([](const Group& g) { g.write("scores/extra", std::vector<double>(200)); },
         "'column-order'");
  expect(
      [](const Group& g) {
        g.write("scores/short", std::vector<double>{1, 2});
        auto order = g.group("scores").texts("column-order");
        order.emplace_back("short");
        g.group("scores").set("column-order", order);
      },
      "scores/short: 2 scores, but 200 labels");
  expect(
      [](const Group& g) {
        std::vector<double> scores(200, 1);
        scores[17] = std::numeric_limits<double>::infinity();
        g.write("scores/wild", scores);
        auto order = g.group("scores").texts("column-order");
        order.emplace_back("wild");
        g.group("scores").set("column-order", order);
      },
      "scores/wild: element 17 is inf");
  expect([](const Group& g) { g.set_on("composite/test", "columns", {"a"}); }, "differs from that");
  expect(
      [](const Group& g) {
        g.group("moments").set("columns", std::vector<std::string>{"e", "c"});
      },
      "6 means for the columns (e, c), expected z..., e and c");
}

TEST_F(RunFile, WritersRefuseWhatReadersWould) {
  const auto expect = [&](auto edit, const std::string& part) {
    RunRecord record = record_;
    edit(record);
    const std::string message = message_when_written(record);
    EXPECT_NE(message.find(part), std::string::npos) << message;
    EXPECT_TRUE(tests::names_in(folder_).empty());
  };
  expect([](RunRecord& r) { r.labels[3] = 2; }, "labels: element 3 is 2, expected 0 or 1");
  expect([](RunRecord& r) { r.index.pop_back(); }, "200 labels, but 199 indices");
  expect([](RunRecord& r) { r.scores[1].second.pop_back(); }, "scores/latnce: 199 scores");
  expect([](RunRecord& r) { r.scores[1].second[9] = std::numeric_limits<double>::quiet_NaN(); },
         "scores/latnce: element 9 is nan");
  expect([](RunRecord& r) { r.moments.mean.pop_back(); }, "36 covariances for 5 means");
  expect([](RunRecord& r) { r.composite_columns.pop_back(); }, "6 columns, but 5 column names");
  expect([](RunRecord& r) { r.gallery.input.pop_back(); }, "gallery");
  expect([](RunRecord& r) { r.gallery.position[0] = 200; }, "gallery/position: 200");
  expect([](RunRecord& r) { r.gallery.position[0] = -1; }, "gallery/position: -1");
  expect(
      [](RunRecord& r) {  // no bytes, but a page would draw 28 x 28 of them
        r.gallery.image = {0, 28, 28};
        r.gallery.input.clear();
        r.gallery.output.clear();
      },
      "gallery: images of shape (0, 28, 28) have no pixels");
  expect([](RunRecord& r) { r.gallery.image = {28, 28}; }, "gallery: images of shape (28, 28)");
  expect([](RunRecord& r) { r.moments.count = -1; }, "moments: a count of -1");
  expect([](RunRecord& r) { r.info.threads = 0; }, "1 ranks of 0 threads; expected 1 to");
  expect([](RunRecord& r) { r.info.threads = 100'000; }, "of 100000 threads");
  expect([](RunRecord& r) { r.info.ranks = std::int64_t{1} << 40; }, "1099511627776 ranks");
  expect([](RunRecord& r) { r.info.seconds = -1; }, "it took -1 seconds");
  expect([](RunRecord& r) { r.history[0].second.epoch.pop_back(); }, "history/autoencoder");
  expect([](RunRecord& r) { r.model["scale"].values.clear(); }, "model/scale: 0 values");
  expect([](RunRecord& r) { r.input.row = {4, 4}; }, "input: rows of shape (4, 4)");
  expect([](RunRecord& r) { r.input.columns = {"a"}; }, "input: 1 column names");
  expect(
      [](RunRecord& r) {
        r.validation_scores["cance"] = {2, 1};
      },
      "validation_scores/cance: not ascending");
}

TEST_F(RunFile, TruncatedDamagedAndForeignFiles) {
  store::write_run_file(path_, record_);
  const std::string bytes = read_text_file(path_);
  const auto message = [&](const std::string& content) {
    write_text_file(path_, content);
    return message_of([&] { (void)store::read_run_file(path_); });
  };
  EXPECT_NE(message(bytes.substr(0, 1000)).find("truncated: 1000 of"), std::string::npos);
  EXPECT_NE(message(bytes + "x").find("damaged"), std::string::npos);
  std::string flipped = bytes;
  flipped[9000] = static_cast<char>(flipped[9000] ^ 16);
  EXPECT_NE(message(flipped).find("SHA-256"), std::string::npos);
  std::string line = bytes;
  line[30] = '\n';
  EXPECT_NE(message(line).find("checksum line is not readable"), std::string::npos);
  std::string foreign = bytes;
  foreign.replace(0, 512, 512, '\0');
  EXPECT_EQ(message(foreign), "no error");
  EXPECT_NE(message(foreign.substr(0, 20'000)).find("truncated"), std::string::npos);
  EXPECT_NE(message("method,auroc\n").find("looks like a text file"), std::string::npos);
}

TEST_F(RunFile, ARunInsideAnArchiveComesBack) {
  store::write_run_file(path_, record_);
  {
    const Group archive = hdf5::create_file(folder_ / "archive.h5");
    hdf5::open_file(path_).copy_to(archive, "runs/" + record_.info.cell);
  }
  const Group archive = hdf5::open_file(folder_ / "archive.h5");
  EXPECT_EQ(store::read_run(archive.group("runs/" + record_.info.cell), Detail::full).scores,
            record_.scores);
}

TEST_F(RunFile, NamesThatNoTableCanHoldAreRefused) {
  for (const char* cell : {"", "/a", "a//b", "a/../b", "a/.", "a\nb", "a/\xFF"}) {
    const auto message =
        message_for([&](const Group& root) { root.set("cell", std::string(cell)); });
    EXPECT_FALSE(message.empty()) << cell;
  }
  EXPECT_NE(message_for([](const Group& root) { root.set("machine", "\xFF"); }).find("UTF-8"),
            std::string::npos);
}

TEST_F(RunFile, FindsRunFilesOnly) {
  store::write_run_file(folder_ / "b/two.h5", record_);
  store::write_run_file(folder_ / "a/one.h5", record_);
  write_text_file(folder_ / "a/three.h5.tmp.host.1", "x");
  write_text_file(folder_ / "failed/x.txt", "x");
  const auto both = store::find_run_files(folder_);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].path, folder_ / "a/one.h5");
  EXPECT_EQ(both[1].path, folder_ / "b/two.h5");
  EXPECT_EQ(store::find_run_files(both[0].path).size(), 1U);
  EXPECT_NE(message_of([&] { (void)store::find_run_files(folder_ / "none"); }).find("not found"),
            std::string::npos);
}

}  // namespace
}  // namespace cance
