// The real tables: KDDCUP99, abalone, thyroid and arrhythmia against the facts published of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.hpp"
#include "data_prep/published/sets.hpp"
#include "data_prep/readers/mat.hpp"
#include "data_prep/tables/preparation.hpp"
#include "store/dataset_file.hpp"
#include "tests/support/files.hpp"
#include "tests/support/npy_files.hpp"
#include "tests/support/zip_files.hpp"

namespace cance::prep {
namespace {

using Counts = std::vector<std::size_t>;

bool absent(const std::filesystem::path& folder) {
  const bool there = std::filesystem::exists(tests::data_root() / folder);
  if (!there) {
    std::printf("skipped: raw_tables_test needs %s in CANCE_DATA_ROOT\n", folder.c_str());
  }
  return !there;
}

std::size_t place_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

TEST(Kddcup99, CountsAndColumns) {
  if (absent("kddcup99")) {
    GTEST_SKIP() << "needs kddcup99";
  }
  const tests::TemporaryFolder out;
  const auto summary = prep_kddcup99(tests::data_root() / "kddcup99", out / "kdd.h5");
  EXPECT_EQ(summary.parts[0].rows_by_class, (Counts{396743, 97278}));
  EXPECT_TRUE(summary.sources[0].known);
  const store::DatasetFile file(out / "kdd.h5");
  const auto& names = file.info().column_names;
  EXPECT_EQ(file.parts(), std::vector<std::string>{"all"});
  EXPECT_EQ(file.row_shape(), (Shape{121}));
  const auto one_hot = std::ranges::count_if(
      names, [](const std::string& name) { return name.find('=') != std::string::npos; });
  EXPECT_EQ(names.size() - static_cast<std::size_t>(one_hot), 34U);
  EXPECT_EQ(file.one_hot_columns().size(), static_cast<std::size_t>(one_hot));
  // The first row: 0,tcp,http,SF,181,5450,... normal.
  const std::int64_t row = 0;
  const auto values = file.read("all", {&row, 1});
  EXPECT_EQ(file.labels("all")[0], 1);
  EXPECT_EQ(values[place_of(names, "protocol_type=tcp")], 1);
  EXPECT_EQ(values[place_of(names, "protocol_type=udp")], 0);
  EXPECT_EQ(values[place_of(names, "service=http")], 1);
  EXPECT_EQ(values[place_of(names, "src_bytes")], 181);
  EXPECT_EQ(values[place_of(names, "dst_bytes")], 5450);
  EXPECT_EQ(values[place_of(names, "dst_host_same_src_port_rate")], .11F);
  EXPECT_EQ(std::ranges::count(values, 1.F), 7 + 2) << "seven categories and two rates of 1.00";
}

TEST(Adbench, KeepsLargeNumbersApart) {
  const tests::TemporaryFolder folder;
  const tests::Bytes x = tests::npy_bytes(tests::npy_header("<f8", false, "(3, 2)"),
                                          tests::bytes_of_numbers(std::vector<double>{
                                              5432100.01, .5, 5432100.02, .25, 5432100.04, .75}));
  const tests::Bytes y = tests::npy_bytes(tests::npy_header("|u1", false, "(3,)"), {0, 0, 1});
  tests::write_plain(folder / "1_far.npz", tests::zip_bytes({{"X.npy", x}, {"y.npy", y}}));
  static_cast<void>(prep_adbench(folder / "1_far.npz", folder / "far.h5"));
  const store::DatasetFile file(folder / "far.h5");
  const auto preparation = parse_preparation(file.info().preparation, "far.h5");
  ASSERT_EQ(preparation.columns.size(), 2U);
  EXPECT_EQ(preparation.columns[0].offset, 5432100.02);
  EXPECT_EQ(preparation.columns[1].offset, 0);
  const std::vector<std::int64_t> all{0, 1, 2};
  const auto rows = file.read("all", all);
  for (const auto& [place, value] : {std::pair{0, -.01}, {1, .5}, {2, 0.}, {4, .02}, {5, .75}}) {
    EXPECT_NEAR(rows[static_cast<std::size_t>(place)], value, 1e-8) << place;
  }
}

TEST(Kddcup99, RefusesOtherTables) {
  const tests::TemporaryFolder folder;
  const auto refusal = [&](const std::string& text) {
    tests::write_plain(folder / "kddcup.data", {text.begin(), text.end()});
    return tests::message_of([&] { (void)prep_kddcup99(folder.path(), folder / "out.h5"); });
  };
  EXPECT_NE(refusal("1,2,3\n").find("line 1: 3 fields, expected 42"), std::string::npos);
  std::string row = "0,tcp,http,SF";
  for (int i = 4; i < 41; ++i) {
    row += ",0";
  }
  EXPECT_NE(refusal(row + ",normal\n").find("label 'normal', expected a name with a dot"),
            std::string::npos);
  EXPECT_NE(refusal(row + ",normal.\n").find("no normal rows"), std::string::npos);
  std::string broken = row + ",smurf.\n";
  broken[0] = 'x';
  EXPECT_NE(refusal(row + ",smurf.\n" + broken).find("line 2, column duration: 'x' is not a"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder / "out.h5"));
}

TEST(Abalone, CountsAndRowsLeftOut) {
  if (absent("abalone")) {
    GTEST_SKIP() << "needs abalone";
  }
  const tests::TemporaryFolder out;
  const auto summary = prep_abalone(tests::data_root() / "abalone", out / "abalone.h5");
  EXPECT_EQ(summary.parts[0].rows_by_class, (Counts{1891, 15 + 14}));
  const store::DatasetFile file(out / "abalone.h5");
  EXPECT_EQ(file.row_shape(), (Shape{8})) << "rings are the label, not a column";
  // The third row of the file, the first with rings of 8, 9 or 10: F, .53, .42, ... 9.
  const std::int64_t row = 0;
  const auto values = file.read("all", {&row, 1});
  EXPECT_EQ(values[0], 1);
  EXPECT_EQ(values[1], .53F);
  EXPECT_EQ(values[7], .21F);
}

TEST(Odds, CountsAndShapes) {
  if (absent("odds")) {
    GTEST_SKIP() << "needs odds";
  }
  const tests::TemporaryFolder out;
  for (const auto& [set, counts, columns] :
       {std::tuple{"thyroid", Counts{3772 - 93, 93}, std::size_t{6}},
        std::tuple{"arrhythmia", Counts{452 - 66, 66}, std::size_t{274}}}) {
    const auto summary = prep_odds(set, tests::data_root() / "odds", out / "odds.h5");
    EXPECT_EQ(summary.parts[0].rows_by_class, counts) << set;
    EXPECT_EQ(summary.row_shape, (Shape{columns})) << set;
    EXPECT_TRUE(summary.sources[0].known) << set;
  }
}

TEST(Mat, Refusals) {
  const tests::TemporaryFolder folder;
  const auto refusal = [&](const std::string& text) {
    tests::write_plain(folder / "a.mat", {text.begin(), text.end()});
    return tests::message_of([&] { (void)read_mat(folder / "a.mat", {"X"}); });
  };
  EXPECT_NE(refusal("").find("not a MATLAB 5 file"), std::string::npos);
  EXPECT_NE(refusal("MATLAB 7.3 MAT-file").find("a MATLAB 7.3 file"), std::string::npos);
  EXPECT_NE(refusal(std::string(200, 'x')).find("not a MATLAB 5 file"), std::string::npos);
  if (!absent("odds")) {
    const auto message = tests::message_of([&] {
      (void)read_mat(tests::data_root() / "odds" / "thyroid.mat", {"X", "z"});
    });
    EXPECT_NE(message.find("thyroid.mat:z: no such matrix, or damaged; found: X, y"),
              std::string::npos)
        << message;
  }
}

}  // namespace
}  // namespace cance::prep
