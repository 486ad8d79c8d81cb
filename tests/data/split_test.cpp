// Splits: which rows train, validate and test, and the cells that have no usable split.
#include "data/split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/folder_test.hpp"

namespace cance::data {
namespace {

using tests::message_of;
using Rows = std::vector<std::int64_t>;
using Labels = std::vector<std::int32_t>;

constexpr int kClasses = 4;

class SplitTest : public tests::FolderTest {
 protected:
  store::DatasetFile write(const Labels& train, const Labels& test) {
    const auto path = folder_ / "tiny.h5";
    store::DatasetWriter writer(path, {"tiny", "none", {"a", "b", "c", "d"}, {}, {}});
    writer.append_rows("train", std::vector<float>(train.size(), 1), 1, train);
    writer.append_rows("test", std::vector<float>(test.size(), 1), 1, test);
    writer.commit();
    return store::DatasetFile(path);
  }

  /// Classes 0..3 in turn: 40 rows of each train, 5 of each test.
  store::DatasetFile regular() {
    const auto in_turn = [](int rows) {
      Labels labels;
      for (int i = 0; i < rows; ++i) {
        labels.push_back(i % kClasses);
      }
      return labels;
    };
    return write(in_turn(40 * kClasses), in_turn(5 * kClasses));
  }

  static config::Cell cell(const std::string& protocol, int case_number, int seed = 0) {
    return {"tiny", protocol, {case_number}, seed};
  }

  std::string fault(const Labels& train, const Labels& test, const config::Cell& which) {
    const auto file = write(train, test);
    return message_of([&] { static_cast<void>(make_split(file, which, {})); });
  }
};

Rows joined(const Split& split) {
  Rows rows;
  std::ranges::merge(split.train, split.validation, std::back_inserter(rows));
  return rows;
}

TEST_F(SplitTest, UnimodalTrainsOnTheClassAndJudgesAllTestRows) {
  const auto file = regular();
  const Split split = make_split(file, cell("unimodal", 2), {});
  Rows expected;
  for (std::int64_t row = 2; row < 160; row += kClasses) {
    expected.push_back(row);
  }
  EXPECT_EQ(joined(split), expected);  // all of class 2, each row once
  EXPECT_EQ(split.validation.size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(split.train) && std::ranges::is_sorted(split.validation));
  ASSERT_EQ(split.test.size(), 20U);
  for (std::size_t i = 0; i < split.test.size(); ++i) {
    EXPECT_EQ(split.test[i], static_cast<std::int64_t>(i));
    EXPECT_EQ(split.test_labels[i], i % kClasses == 2 ? 0 : 1) << "test row " << i;
  }
}

TEST_F(SplitTest, MultimodalTrainsOnTheOtherClasses) {
  const auto file = regular();
  const Split split = make_split(file, cell("multimodal", 2), {});
  const Rows rows = joined(split);
  EXPECT_EQ(rows.size(), 120U);
  EXPECT_EQ(split.validation.size(), 12U);
  EXPECT_TRUE(std::ranges::none_of(rows, [](std::int64_t row) { return row % kClasses == 2; }));
  EXPECT_EQ(std::ranges::adjacent_find(rows), rows.end());
  for (std::size_t i = 0; i < split.test.size(); ++i) {
    EXPECT_EQ(split.test_labels[i], i % kClasses == 2 ? 1 : 0) << "test row " << i;
  }
}

TEST_F(SplitTest, ASplitIsAFunctionOfTheCellAndItsSeed) {
  const auto file = regular();
  std::set<std::string> hashes;
  std::set<Rows> held_out;
  for (int seed = 0; seed < 5; ++seed) {
    const Split once = make_split(file, cell("unimodal", 1, seed), {});
    static_cast<void>(make_split(file, cell("unimodal", 3, 9), {}));
    const Split again = make_split(regular(), cell("unimodal", 1, seed), {});
    EXPECT_EQ(once.train, again.train);
    EXPECT_EQ(once.validation, again.validation);
    EXPECT_EQ(once.sha256, again.sha256);
    hashes.insert(once.sha256);
    held_out.insert(once.validation);
  }
  EXPECT_EQ(hashes.size(), 5U);
  EXPECT_EQ(held_out.size(), 5U);
}

TEST_F(SplitTest, TheValidationShareIsHeldOut) {
  const auto file = regular();
  for (const double share : {0.01, 0.25, 0.5, 0.9}) {
    const Split split = make_split(file, cell("unimodal", 0), {share});
    EXPECT_EQ(split.validation.size(), static_cast<std::size_t>(std::max(1.0, 40 * share)));
    EXPECT_EQ(split.train.size() + split.validation.size(), 40U);
  }
}

TEST_F(SplitTest, ThreeRowsAreEnoughAndTwoAreNot) {
  const Labels test{0, 1};
  const auto file = write({0, 1, 0, 0}, test);
  const Split split = make_split(file, cell("unimodal", 0), {0.9});
  EXPECT_EQ(split.train.size(), 2U);
  EXPECT_EQ(split.validation.size(), 1U);
  const std::string two = fault({0, 1, 0}, test, cell("unimodal", 0));
  EXPECT_NE(two.find("2 normal training rows for class0 of protocol unimodal; at least 3"),
            std::string::npos)
      << two;
}

TEST_F(SplitTest, UnusableCellsSayWhatIsMissing) {
  const Labels train{0, 0, 0, 0, 1};
  const Labels test{0, 1, 0, 1};
  const auto expect = [](const std::string& message, const std::string& text) {
    EXPECT_NE(message.find(text), std::string::npos) << message;
    EXPECT_NE(message.find("tiny.h5: "), std::string::npos) << message;
  };
  expect(fault(train, test, cell("unimodal", 2)), "0 normal training rows for class2");
  expect(fault(train, test, cell("unimodal", 1)), "1 normal training rows for class1");
  expect(fault(train, test, cell("multimodal", 0)), "1 normal training rows for class0");
  expect(fault(train, test, cell("unimodal", 4)), "no class 4; classes are 0 to 3 (grid.cases)");
  expect(fault(train, {0, 0}, cell("unimodal", 0)), "2 normal and 0 anomalous test rows");
  expect(fault(train, {1, 1, 1}, cell("unimodal", 0)), "0 normal and 3 anomalous test rows");
}

TEST_F(SplitTest, LabelledAnomaliesAreDrawnFromTheTrainPart) {
  const auto file = regular();
  const Split split = make_split(file, cell("unimodal", 2), {.labelled_share = 0.1});
  EXPECT_EQ(split.labelled.size(), 4U);  // beside 36 normal ones
  EXPECT_TRUE(std::ranges::is_sorted(split.labelled));
  EXPECT_EQ(std::set<std::int64_t>(split.labelled.begin(), split.labelled.end()).size(), 4U);
  EXPECT_TRUE(std::ranges::none_of(split.labelled, [](auto row) { return row % kClasses == 2; }));
  const Split without = make_split(file, cell("unimodal", 2), {});
  EXPECT_TRUE(without.labelled.empty());
  EXPECT_EQ(without.train, split.train);
  EXPECT_NE(without.sha256, split.sha256);
  EXPECT_NE(make_split(file, cell("unimodal", 2, 1), {.labelled_share = 0.1}).labelled,
            split.labelled);
}

/// 60 normal and 20 anomalous rows in one part, the anomalous ones last of four.
class TableSplitTest : public SplitTest {
 protected:
  store::DatasetFile table() {
    const auto path = folder_ / "table.h5";
    store::DatasetWriter writer(path, {"table", "none", {"normal", "anomalous"}, {}, {}});
    Labels labels;
    for (int i = 0; i < 80; ++i) {
      labels.push_back(i % 4 == 3 ? 1 : 0);
    }
    writer.append_rows("all", std::vector<float>(80, 1), 1, labels);
    writer.commit();
    return store::DatasetFile(path);
  }
  static config::Cell rule(const std::string& protocol, int seed = 0) {
    return {"table", protocol, {}, seed};
  }
  static std::int64_t anomalies(const Split& split) {
    return std::ranges::count(split.test_labels, 1);
  }
  /// Training rows are normal, no row is in two places, labels are right.
  static void expect_sound(const Split& split) {
    const Rows rows = joined(split);
    EXPECT_TRUE(std::ranges::none_of(rows, [](std::int64_t row) { return row % 4 == 3; }));
    EXPECT_TRUE(std::ranges::is_sorted(split.test));
    Rows both;
    std::ranges::set_intersection(rows, split.test, std::back_inserter(both));
    EXPECT_TRUE(both.empty());
    for (std::size_t i = 0; i < split.test.size(); ++i) {
      EXPECT_EQ(split.test_labels[i], split.test[i] % 4 == 3 ? 1 : 0);
    }
  }
};

TEST_F(TableSplitTest, GoadTrainsOnHalfOfTheNormals) {
  const Split split = make_split(table(), rule("goad"), {});
  expect_sound(split);
  EXPECT_EQ(joined(split).size(), 30U);
  EXPECT_EQ(split.test.size(), 50U);
  EXPECT_EQ(anomalies(split), 20);
}

TEST_F(TableSplitTest, DagmmHalvesAllRowsAndDropsTheAnomaliesOfTheFirstHalf) {
  const Split split = make_split(table(), rule("dagmm"), {});
  expect_sound(split);
  EXPECT_EQ(split.test.size(), 40U);
  EXPECT_EQ(std::ssize(joined(split)), 40 - (20 - anomalies(split)));
}

TEST_F(TableSplitTest, DroccJudgesAsManyNormalsAsAnomalies) {
  const Split split = make_split(table(), rule("drocc"), {});
  expect_sound(split);
  EXPECT_EQ(split.test.size(), 40U);
  EXPECT_EQ(anomalies(split), 20);
  EXPECT_EQ(joined(split).size(), 40U);
}

TEST_F(SplitTest, TableRulesTellKindsApartWhereThereAreSeveral) {
  const auto path = folder_ / "kinds.h5";
  store::DatasetWriter writer(path, {"kinds", "none", {"normal", "hot", "leak"}, {}, {}});
  const Labels labels{0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 2, 0};
  writer.append_rows("all", std::vector<float>(labels.size(), 1), 1, labels);
  writer.commit();
  const Split split = make_split(store::DatasetFile(path), {"kinds", "goad", {}, 0}, {});
  ASSERT_EQ(split.test_kinds.size(), split.test.size());
  for (std::size_t i = 0; i < split.test.size(); ++i) {
    EXPECT_EQ(split.test_kinds[i], labels[static_cast<std::size_t>(split.test[i])]);
  }
  EXPECT_EQ(std::ranges::count(split.test_kinds, 2), 2);
}

TEST_F(TableSplitTest, LabelledAnomaliesAreNotJudged) {
  const Split split = make_split(table(), rule("dagmm"), {.labelled_share = 0.1});
  expect_sound(split);
  EXPECT_FALSE(split.labelled.empty());
  Rows both;
  std::ranges::set_intersection(split.labelled, split.test, std::back_inserter(both));
  EXPECT_TRUE(both.empty());
  EXPECT_TRUE(std::ranges::all_of(split.labelled, [](auto row) { return row % 4 == 3; }));
  const auto file = table();
  const std::string message = message_of(
      [&] { static_cast<void>(make_split(file, rule("goad"), {.labelled_share = 0.1})); });
  EXPECT_NE(message.find("protocol goad leaves 0 that are not judged"), std::string::npos)
      << message;
}

TEST_F(TableSplitTest, SeedsDrawOtherHalves) {
  const auto file = table();
  EXPECT_EQ(make_split(file, rule("goad"), {}).sha256, make_split(file, rule("goad"), {}).sha256);
  EXPECT_NE(make_split(file, rule("goad"), {}).test, make_split(file, rule("goad", 1), {}).test);
}

TEST_F(SplitTest, BimodalTrainsOnBothClassesOfTheCase) {
  const auto file = regular();
  const Split split = make_split(file, {"tiny", "bimodal", {0, 3}, 0}, {});
  const Rows rows = joined(split);
  EXPECT_EQ(rows.size(), 80U);
  EXPECT_TRUE(std::ranges::all_of(
      rows, [](std::int64_t row) { return row % kClasses == 0 || row % kClasses == 3; }));
  EXPECT_EQ(std::ranges::count(split.test_labels, 0), 10);
  const auto message =
      message_of([&] { static_cast<void>(make_split(file, cell("bimodal", 1), {})); });
  EXPECT_NE(message.find("needs two classes a case, class1 has 1"), std::string::npos) << message;
}

TEST_F(SplitTest, GivenTakesClassZeroAsNormalAndTellsKindsApart) {
  const auto file = regular();
  const Split split = make_split(file, {"tiny", "given", {}, 0}, {});
  EXPECT_EQ(joined(split).size(), 40U);
  EXPECT_EQ(split.test_kinds, file.labels("test"));
  for (std::size_t i = 0; i < split.test.size(); ++i) {
    EXPECT_EQ(split.test_labels[i], split.test_kinds[i] == 0 ? 0 : 1);
  }
}

TEST_F(SplitTest, FitTrainsOnEveryNormalRowAndJudgesNone) {
  const auto file = regular();
  const Split split = make_split(file, {"tiny", "fit", {}, 3}, {});
  Rows normal;
  for (std::int64_t row = 0; row < 40 * kClasses; row += kClasses) {
    normal.push_back(row);
  }
  EXPECT_EQ(joined(split), normal);
  EXPECT_EQ(split.test_part, "train");
  EXPECT_EQ(split.test, split.validation);
  EXPECT_EQ(split.test_labels, std::vector<std::uint8_t>(4, 0));
  EXPECT_TRUE(split.test_kinds.empty());
  EXPECT_EQ(make_split(write(Labels(20, 0), {0}), {"tiny", "fit", {}, 0}, {}).train.size(), 18U);
}

TEST_F(SplitTest, AFileOfOnePartIsRefused) {
  const auto path = folder_ / "tiny.h5";
  store::DatasetWriter writer(path, {"tiny", "none", {"a", "b"}, {}, {}});
  writer.append_rows("all", std::vector<float>(6, 1), 1, Labels{0, 0, 0, 0, 1, 1});
  writer.commit();
  const store::DatasetFile file(path);
  const auto message =
      message_of([&] { static_cast<void>(make_split(file, cell("unimodal", 0), {})); });
  EXPECT_NE(message.find("needs the parts train and test; this file has all"), std::string::npos)
      << message;
  EXPECT_EQ(make_split(file, {"tiny", "fit", {}, 0}, {}).test_part, "all");
}

TEST_F(SplitTest, TheHashOfADatasetFollowsItsContent) {
  const std::string regular_hash = dataset_sha256(regular());
  EXPECT_EQ(regular_hash.size(), 64U);
  EXPECT_EQ(dataset_sha256(regular()), regular_hash);
  EXPECT_NE(dataset_sha256(write({0, 0, 0, 1}, {0, 1})), regular_hash);
}

TEST_F(SplitTest, TheHashOfADatasetFollowsItsLabelsColumnsAndPreparation) {
  const store::DatasetInfo plain{"own", "none", {"a", "b"}, {"u", "v"}, {{"own.csv", "00ff"}}};
  const auto hash = [&](const store::DatasetInfo& info, const Labels& labels, float value) {
    const auto path = folder_ / "own.h5";
    store::DatasetWriter writer(path, info);
    writer.append_rows("all", std::vector<float>(2 * labels.size(), value), 2, labels);
    writer.commit();
    return dataset_sha256(store::DatasetFile(path));
  };
  const Labels labels{0, 0, 1};
  const std::string own = hash(plain, labels, 1);
  EXPECT_NE(hash(plain, {0, 1, 1}, 1), own);
  auto other = plain;
  other.column_names = {"u", "w"};
  EXPECT_NE(hash(other, labels, 1), own);
  other = plain;
  other.class_names = {"a", "c"};
  EXPECT_NE(hash(other, labels, 1), own);
  other = plain;
  other.preparation = "{}";
  EXPECT_NE(hash(other, labels, 1), own);
  other = plain;
  other.sources = {};  // nothing says what the numbers were made of, so they count
  EXPECT_EQ(hash(other, labels, 1), hash(other, labels, 1));
  EXPECT_NE(hash(other, labels, 2), hash(other, labels, 1));
}

}  // namespace
}  // namespace cance::data
