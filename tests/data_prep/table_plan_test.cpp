// A user's table from CSV and arrays: types, labels, missing values, parts, and every refusal.
#include "data_prep/tables/table_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/tables/preparation.hpp"
#include "store/dataset_file.hpp"
#include "tests/support/idx_files.hpp"
#include "tests/support/npy_files.hpp"

namespace cance::prep {
namespace {

class Table : public testing::Test {
 protected:
  /// Writes `text` as raw.csv and names it in the options.
  TableOptions& csv(const std::string& text, const std::string& label = "kind") {
    tests::write_plain(folder_ / "raw.csv", {text.begin(), text.end()});
    options_.files.raw = folder_ / "raw.csv";
    options_.files.label = label;
    options_.name = "mine";
    return options_;
  }
  store::DatasetFile written() {
    summary_ = write_table(plan_table(options_), folder_ / "out.h5");
    return store::DatasetFile(folder_ / "out.h5");
  }
  std::vector<float> rows(const store::DatasetFile& file, const std::string& part = "all") const {
    std::vector<std::int64_t> all(file.rows(part));
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = static_cast<std::int64_t>(i);
    }
    return file.read(part, all);
  }
  void expect_refusal(const std::string& part) {
    const auto message = tests::message_of([&] { (void)written(); });
    EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks: " << part;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out.h5"));
  }
  std::string described() const { return join(describe(plan_table(options_)), "\n"); }
  bool describes(const std::string& part) const {
    return described().find(part) != std::string::npos;
  }

  tests::TemporaryFolder folder_;
  TableOptions options_;
  PrepSummary summary_;
};

TEST_F(Table, NumbersAndTexts) {
  csv("age,job,kind\n30,clerk,0\n40.5,smith,1\n 50 ,clerk,0\n");
  const auto file = written();
  EXPECT_EQ(file.info().name, "mine");
  EXPECT_EQ(file.info().column_names, (std::vector<std::string>{"age", "job=clerk", "job=smith"}));
  EXPECT_EQ(file.one_hot_columns(), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(rows(file), (std::vector<float>{30, 1, 0, 40.5F, 0, 1, 50, 1, 0}));
  EXPECT_EQ(file.labels("all"), (std::vector<std::int32_t>{0, 1, 0}));
  EXPECT_EQ(file.info().sources[0].name, "raw.csv");
}

TEST_F(Table, NormalValuesAreNamed) {
  csv("a,kind\n1,ok\n2,fine\n3,worn\n4,torn\n").normal = {"ok", "fine"};
  EXPECT_NE(described().find("kinds of anomalies, judged apart: torn, worn"), std::string::npos);
  const auto kinds = written();
  EXPECT_EQ(kinds.labels("all"), (std::vector<std::int32_t>{0, 0, 2, 1}));
  EXPECT_EQ(kinds.info().class_names, (std::vector<std::string>{"normal", "torn", "worn"}));
  csv("a,kind\n1,ok\n2,normal\n3,torn\n").normal = {"ok"};  // no name of a kind
  EXPECT_EQ(written().info().class_names, (std::vector<std::string>{"normal", "anomalous"}));
  csv("a,kind\n1,8\n2,9.0\n3,21\n").normal = {"8", "9"};
  EXPECT_EQ(written().labels("all"), (std::vector<std::int32_t>{0, 0, 1}));
}

TEST_F(Table, MissingValuesAreFilledFromNormalRows) {
  const std::string text = "a,b,kind\n1,x,0\n2,,0\n6,y,0\n100,y,1\nNA,x,1\n?,y,0\n";
  csv(text).missing = Missing::mean;
  EXPECT_EQ(rows(written()),
            (std::vector<float>{1, 1, 0, 2, 0, 0, 6, 0, 1, 100, 0, 1, 3, 1, 0, 3, 0, 1}));
  options_.missing = Missing::median;
  const auto values = rows(written());
  EXPECT_EQ(values[12], 2);
  EXPECT_NE(described().find("filled by the median of the normal rows: a (2 rows: 2)"),
            std::string::npos)
      << described();
}

TEST_F(Table, AMedianOfTwoLiesBetweenThem) {
  csv("a,kind\n1,0\n4,0\nnan,0\n", "kind").missing = Missing::median;
  EXPECT_EQ(rows(written()), (std::vector<float>{1, 4, 2.5F}));
}

TEST_F(Table, WordsForMissing) {  // those of pandas, of C, of Excel, and infinities
  for (const char* word :
       {"",      " ",      "#N/A",     "#N/A N/A",  "#NA",      "-1.#IND", "-1.#QNAN",
        "-NaN",  "-nan",   "1.#IND",   "1.#QNAN",   "<NA>",     "N/A",     "NA",
        "NULL",  "NaN",    "None",     "n/a",       "nan",      "null",    "?",
        "inf",   "-inf",   "Infinity", "-Infinity", "+inf",     "#DIV/0!", "#VALUE!",
        "#REF!", "#NAME?", "#NUM!",    "#NULL!",    "-nan(ind)"}) {
    csv(fmt::format("a,b,kind\n1,x,0\n{},y,0\n2,x,0\n", word)).missing = Missing::mean;
    EXPECT_EQ(rows(written()), (std::vector<float>{1, 1, 0, 1.5F, 0, 1, 2, 1, 0})) << word;
  }
  for (const char* word : {"none", "1.#", "-", "nano", "1e999"}) {
    csv(fmt::format("a,b,kind\n1,x,0\n{},y,0\n2,x,0\n", word));
    std::filesystem::remove(folder_ / "out.h5");
    expect_refusal(fmt::format("line 3: '{}' is not a finite number, but 2 rows", word));
  }
}

TEST_F(Table, ALabelMayBeAWordForMissingWhereItIsNamed) {
  csv("a,kind\n1,None\n2,null\n3,torn\n").normal = {"None"};
  expect_refusal("line 3, column kind: no label");
  options_.normal.emplace_back("null");
  EXPECT_EQ(written().labels("all"), (std::vector<std::int32_t>{0, 0, 1}));
}

TEST_F(Table, MissingValuesAreRefusedWithTheirPlace) {
  csv("a,b,kind\n1,2,0\n3,NaN,0\n5,,1\n");
  expect_refusal("raw.csv: line 3, column b: a missing value, 2 in that column");
}

TEST_F(Table, ColumnsLeftOutAndRemarkedOn) {
  csv("id,a,void,same,kind\nx1,1,,7,0\nx2,2,NA,7,1\n").drop = {"id"};
  EXPECT_EQ(written().info().column_names, (std::vector<std::string>{"a", "same"}));
  EXPECT_NE(described().find("left out: id"), std::string::npos) << described();
  EXPECT_NE(described().find("only missing values, left out: void"), std::string::npos);
  EXPECT_NE(described().find("always the same: same"), std::string::npos);
  options_.categorical = {"a"};
  EXPECT_EQ(written().info().column_names, (std::vector<std::string>{"a=1", "a=2", "same"}));
}

TEST_F(Table, ATestFileGivesTwoPartsWithTheSameColumns) {
  csv("a,b,kind\n1,x,0\nNA,x,0\n5,x,0\n", "kind").missing = Missing::mean;
  const std::string text = "a,b,kind\n100,y,1\n,x,0\n";
  tests::write_gz(folder_ / "test.csv.gz", {text.begin(), text.end()});
  options_.files.test_raw = folder_ / "test.csv.gz";
  const auto file = written();
  EXPECT_EQ(file.parts(), (std::vector<std::string>{"train", "test"}));
  EXPECT_EQ(rows(file, "train"), (std::vector<float>{1, 1, 0, 3, 1, 0, 5, 1, 0}));
  EXPECT_EQ(rows(file, "test"), (std::vector<float>{100, 0, 1, 3, 1, 0}));
  EXPECT_EQ(file.info().sources.size(), 2U);
}

TEST_F(Table, Refusals) {
  csv("a,b\n1,2\n");
  expect_refusal("there is no label column 'kind'");
  csv("a,kind\n1,0\n2,2\n");
  expect_refusal("line 3, column kind: label '2', expected 0 (normal) or 1");
  csv("a,kind\n1,0\n2,\n");
  expect_refusal("line 3, column kind: no label");
  csv("a,kind\n1,1\n");
  expect_refusal("no normal rows");
  csv("a,kind\n1,0\n12x,0\n3,0\n");
  expect_refusal("line 3: '12x' is not a finite number, but 2 rows of column a hold numbers");
  csv("a,kind\n1,0\ninf,0\n");
  expect_refusal("line 3, column a: a missing value, 1 in that column (written as 'inf'); fill by");
  csv("a,a,kind\n1,2,0\n");
  expect_refusal("names, each once");
  csv("a,kind\n1,0\n2\n");
  expect_refusal("line 3: 1 fields, expected 2");
  csv("a,kind\n");
  expect_refusal("raw.csv: there are no rows, expected some below the header");
  csv("a,kind\n1,0\n").drop = {"b"};
  expect_refusal("there is no column 'b' (--drop)");
  csv("a,kind\n1,0\n").drop = {"a"};
  expect_refusal("no column is left");
  options_.drop.clear();
  std::string many = "id,kind\n";
  for (int i = 0; i < 1001; ++i) {
    many += fmt::format("x{},0\n", i);
  }
  csv(many);
  expect_refusal("over 1000 different texts; is it an identifier?");
}

TEST_F(Table, AFirstLineThatMayBeARowIsAskedFor) {
  csv("1,2,3\n4,5,6\n", "");
  expect_refusal(
      "raw.csv: line 1: this line holds numbers only, so it may name the columns or be a row");
  csv("1,0\n4,0\n", "1");
  expect_refusal("line 1: this line holds numbers only");
  csv("5.1,setosa\n4.9,setosa\n", "");
  expect_refusal("line 1: this line holds numbers, so");
  csv("p,x\ne,x\np,b\n", "");
  expect_refusal("'p' of the first line is also a value of its column");
  csv("1,2,3\n4,5,6\n", "").files.header = Header::no;
  auto file = written();
  EXPECT_EQ(rows(file), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(file.info().column_names, (std::vector<std::string>{"x0", "x1", "x2"}));
  options_.files.label = "x2";
  options_.normal = {"3"};
  file = written();
  EXPECT_EQ(rows(file), (std::vector<float>{1, 2, 4, 5}));
  EXPECT_EQ(file.labels("all"), (std::vector<std::int32_t>{0, 1}));
  options_.normal.clear();
  csv("1,2,3\n4,5,6\n", "").files.header = Header::yes;
  EXPECT_EQ(written().info().column_names, (std::vector<std::string>{"1", "2", "3"}));
  csv("0,1,kind\n4,5,0\n").files.header = Header::ask;
  EXPECT_EQ(rows(written()), (std::vector<float>{4, 5})) << "a name that the user gives is in it";
}

TEST_F(Table, LargeNumbersKeepTheirDigitsByAnOffset) {
  csv("north,time,a,kind\n5432100.01,1700000000001,.1,0\n5432100.02,1700000000002,.2,0\n"
      "5432100.04,1700000000004,.3,0\n");
  const auto file = written();
  const auto preparation = parse_preparation(file.info().preparation, "out.h5");
  EXPECT_EQ(preparation.columns[0].offset, 5432100.02);
  EXPECT_EQ(preparation.columns[1].offset, 1700000000002);
  EXPECT_EQ(preparation.columns[2].offset, 0);
  const auto found = rows(file);
  for (const auto& [place, value] :
       {std::pair{0, -.01}, {3, 0.}, {6, .02}, {1, -1.}, {4, 0.}, {7, 2.}, {2, .1}}) {
    EXPECT_NEAR(found[static_cast<std::size_t>(place)], value, 1e-8) << place;
  }
  EXPECT_NE(
      described().find(
          "less an offset so that 32 bits hold their digits: north (5.4321e+06), time (1.7e+12)"),
      std::string::npos)
      << described();
}

TEST_F(Table,
       ColumnsOfFewerDifferentValuesThanTheFileAreTold) {  // two far groups: no offset parts both
  csv("a,kind\n1000000000,0\n1000000001,0\n1000000002,0\n3000000000,0\n3000000001,0\n3000000002,"
      "0\n");
  EXPECT_NE(described().find(
                "fewer different values than the file, as 32 bits have less precision: a (4 of 6)"),
            std::string::npos)
      << described();
}

TEST_F(Table, WholeNumbersThatLoseDigitsAreTold) {  // 2^53 + 1 has no float64, 2^54 has
  csv("id,a,kind\n9007199254740993,18014398509481984,0\n1,-9007199254740992,0\n-9007199254740995,3,"
      "0\n");
  EXPECT_NE(described().find(
                "whole numbers beyond 2^53, of which 64 bits keep 15 to 17 digits (rows): id (2)"),
            std::string::npos)
      << described();
}

TEST_F(Table, ColumnsWithoutANameAreLeftOut) {
  csv(",a,kind\n0,5,0\n1,6,1\n");
  EXPECT_EQ(written().info().column_names, (std::vector<std::string>{"a"}));
  EXPECT_NE(described().find("as the index that pandas writes, left out: Unnamed: 0"),
            std::string::npos)
      << described();
}

TEST_F(Table, AnIndexThatWasReadAndWrittenAgainIsLeftOut) {
  csv(",Unnamed: 0,a,kind\n0,0,5,0\n1,1,6,1\n");
  EXPECT_EQ(written().info().column_names, (std::vector<std::string>{"a"}));
  EXPECT_NE(described().find("left out: Unnamed: 0.1, Unnamed: 0"), std::string::npos)
      << described();
}

TEST_F(Table, AFeatureThatCountsTheRowsIsTold) {
  const std::string told = "counts the rows, but a feature here (--drop NAME): ";
  csv("id,a,two,kind\n1,5,0,0\n2,6,1,1\n3,7,0,0\n4,8,1,0\n5,9,0,0\n6,9,1,0\n");
  EXPECT_TRUE(described().ends_with(told + "id")) << described();
  csv("id,a,kind\n1,5,0\n2,6,1\n4,7,0\n");
  EXPECT_EQ(described().find(told), std::string::npos) << described();
  csv("month,a,kind\n1,5,0\n2,6,1\n3,7,0\n1,7,0\n2,6,1\n3,7,0\n");
  EXPECT_EQ(described().find(told), std::string::npos) << described();
  csv("id,a,kind\n0,5,0\n1,6,1\n2,7,0\n");
  const std::string other = "id,a,kind\n0,5,0\n1,6,1\n";  // which counts its own
  tests::write_plain(folder_ / "other.csv", {other.begin(), other.end()});
  options_.files.test_raw = folder_ / "other.csv";
  EXPECT_TRUE(described().ends_with(told + "id")) << described();
}

TEST_F(Table, ALabelAmongTheFeaturesIsTold) {
  csv("a,Label\n5,0\n6,1\n", "");
  EXPECT_NE(described().find("(--label NAME, or --drop NAME): Label"), std::string::npos)
      << described();
}

TEST_F(Table, ColumnsOfTheTestFileAreMatchedByName) {
  csv("a,b,kind\n1,x,0\n3,y,0\n");
  const auto test = [this](const std::string& text) {
    tests::write_plain(folder_ / "test.CSV", {text.begin(), text.end()});
    options_.files.test_raw = folder_ / "test.CSV";
  };
  test("kind,b,a\n1,y,7\n0,x,8\n");
  const auto file = written();
  EXPECT_EQ(rows(file, "test"), (std::vector<float>{7, 0, 1, 8, 1, 0}));
  EXPECT_EQ(file.labels("test"), (std::vector<std::int32_t>{1, 0}));
  std::filesystem::remove(folder_ / "out.h5");
  test("kind,c,a\n1,y,7\n");
  expect_refusal("raw.csv; missing: 'b'; not known: 'c'");
}

TEST_F(Table, NumbersWithSignsAreRefusedWithAWayOut) {
  csv("a,b,kind\n1,12%,0\n2,5.5 %,0\n");
  expect_refusal("line 2: '12%': column b holds numbers with signs; write plain ones");
  csv("b,kind\n\"1,234\",0\n12,0\n");
  expect_refusal("'1,234': column b holds numbers with signs");
  csv("a,b,kind\n.5,\"1,5\",0\n2,\"2,5\",0\n");
  expect_refusal("pandas.read_csv('OLD', decimal=',').to_csv('NEW', index=False)");
  options_.categorical = {"b"};
  EXPECT_EQ(written().info().column_names, (std::vector<std::string>{"a", "b=1,5", "b=2,5"}));
}

TEST_F(Table, AnotherEncodingIsRefusedOrRead) {
  const std::string text =
      "gr\xF6\xDF"
      "e,kind\n1,0\n2,1\n";
  csv(text);
  expect_refusal(
      "raw.csv: line 1: byte 0xF6 at place 2 (from 0) is no UTF-8; say what the file is in by "
      "--encoding");
  options_.files.encoding = "cp1252";
  EXPECT_EQ(written().info().column_names, (std::vector<std::string>{"gr\xC3\xB6\xC3\x9F"
                                                                     "e"}));
}

TEST_F(Table, TabsOfATsv) {
  const std::string text = "a\tb\n1\t2,y\n3\tx\n";
  tests::write_plain(folder_ / "raw.TSV", {text.begin(), text.end()});
  options_.files.raw = folder_ / "raw.TSV";
  EXPECT_EQ(written().info().column_names, (std::vector<std::string>{"a", "b=2,y", "b=x"}));
}

TEST_F(Table, OtherSeparatorsAndDecimalCommasAreReadAndSaid) {
  csv("x1;x2;kind\n1,5;-2;0\n3;0,25;1\n");
  const auto file = written();
  EXPECT_EQ(file.info().column_names, (std::vector<std::string>{"x1", "x2"}));
  EXPECT_EQ(rows(file, "all"), (std::vector<float>{1.5F, -2, 3, .25F}));
  EXPECT_TRUE(describes("written with ';' between columns, decimal commas"));
  EXPECT_TRUE(describes("numbers with decimal commas: x1, x2"));
  EXPECT_NE(file.info().preparation.find("\"decimal_commas\":true"), std::string::npos);
  csv("x1\tx2\tkind\n1.5\t-2\t0\n3\t0.25\t1\n");
  EXPECT_TRUE(describes("written with tabs between columns, decimal points"));
  csv("x1,x2,kind\n1.5,-2,0\n3,0.25,1\n");
  EXPECT_FALSE(describes("written with"));
  csv("x1;x2;kind\n1.234;1.5;0\n3;12.345;1\n");
  EXPECT_TRUE(describes("points before three digits, taken for decimal points: x1"));
}

TEST_F(Table, MarksOfThousandsAreNeverTakenForDecimalMarks) {
  csv("x1;kind\n1,234;0\n12,345;1\n");
  expect_refusal("line 2: '1,234': column x1 holds numbers with signs");
  expect_refusal(
      "; where its commas are decimal: t = pandas.read_csv('OLD', dtype={'x1': str}, decimal=',', "
      "sep=';'); t['x1'] = t['x1'].str.replace(");
  csv("x1;kind\n1 234,5;0\n12 345,5;1\n");
  expect_refusal("sep=';', decimal=',', thousands=' '); t['x1']");
  csv("x1;x2;kind\n76.672;-0,13;0\n1.345;0,5;1\n");
  expect_refusal("line 2: '76.672': column x1 holds numbers with signs");
  csv("x1;x2;kind\n1.234,5;1,5;0\n12,5;2,5;1\n");
  expect_refusal("sep=';', decimal=',', thousands='.'); t['x1']");
  csv("x1;x2;kind\n1,5;1;0\n2.5;2;1\n");
  expect_refusal("line 2: '1,5': column x1 holds numbers with signs");
}

TEST_F(Table, DatesAreSaidToBeTexts) {
  csv("when,then,x,kind\n2024-12-31 23:59,31.12.24,1.2.3,0\n2024-12-31T23:59,1/2/2024,4,0\n");
  options_.categorical = {"x"};
  EXPECT_TRUE(
      describes("dates, one-hot as all texts (pandas.to_datetime makes numbers of them): when, "
                "then"))
      << described();
}

TEST_F(Table, IdentifiersAreRefusedUnlessSaidToBeCategories) {
  const auto write = [this](int rows, int texts) {
    std::string table = "id,a,kind\n";
    for (int i = 0; i < rows; ++i) {
      table += fmt::format("x{},{},0\n", i % texts, i);
    }
    csv(table);
  };
  write(400, 400);
  expect_refusal(
      "raw.csv: column id has 400 different texts in 400 rows and would become as many columns: "
      "leave it out with --drop id");
  options_.categorical = {"id"};
  EXPECT_EQ(written().info().column_names.size(), 401U);
  options_.categorical.clear();
  options_.drop = {"id"};
  EXPECT_EQ(written().info().column_names, (std::vector<std::string>{"a"}));
  options_.drop.clear();
  std::filesystem::remove(folder_ / "out.h5");
  write(41, 21);
  expect_refusal("21 different texts in 41 rows");
  write(42, 21);
  EXPECT_EQ(written().info().column_names.size(), 22U) << "half as many as rows";
  write(20, 20);
  EXPECT_EQ(written().info().column_names.size(), 21U) << "few";
}

TEST_F(Table, NormalLabelsThatNoRowHasAreRefused) {
  const std::string text = "a,kind\n1,ok\n2,worse\n3,torn\n";
  csv(text).normal = {"ok", "wrose"};
  expect_refusal(
      "raw.csv, column kind: no row has the label 'wrose' (--normal); did you mean 'worse'? "
      "(labels: ok, torn, worse)");
  csv(text).normal = {"okk"};
  expect_refusal("no row has the label 'okk' (--normal); did you mean 'ok'?");
  std::string many = "a,kind\n";
  for (int i = 10; i < 22; ++i) {
    many += fmt::format("1,{}\n", i);
  }
  csv(many).normal = {"11.0", "40000"};
  expect_refusal("'40000' (--normal) (labels: 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, ...)");
  csv("a,kind\n1,\"a, b\"\n2,c\n").normal = {"a", " b"};
  expect_refusal("--normal '\"a, b\",c'");
  csv(text, "").normal = {"ok"};
  expect_refusal("raw.csv: --normal names labels, but there are none");
}

TEST_F(Table, ANormalLabelMayBeInThePartForTestsOnly) {
  csv("a,kind\n1,ok\n2,ok\n").normal = {"ok", "fine"};
  const std::string text = "a,kind\n3,fine\n4,torn\n";
  tests::write_plain(folder_ / "test.csv", {text.begin(), text.end()});
  options_.files.test_raw = folder_ / "test.csv";
  EXPECT_EQ(written().labels("test"), (std::vector<std::int32_t>{0, 1}));
}

TEST_F(Table, ArraysWithAndWithoutLabels) {
  const std::vector<double> x{1, 2, 3, 4, 5, 6};
  tests::write_plain(folder_ / "x.npy", tests::npy_bytes(tests::npy_header("<f8", false, "(3, 2)"),
                                                         tests::bytes_of_numbers(x)));
  tests::write_plain(folder_ / "y.npy",
                     tests::npy_bytes(tests::npy_header("|u1", false, "(3,)"), {0, 1, 0}));
  options_.files.raw = folder_ / "x.npy";
  EXPECT_EQ(written().labels("all"), (std::vector<std::int32_t>{0, 0, 0}));
  options_.files.labels = folder_ / "y.npy";
  const auto file = written();
  EXPECT_EQ(file.labels("all"), (std::vector<std::int32_t>{0, 1, 0}));
  EXPECT_EQ(file.info().column_names, (std::vector<std::string>{"x0", "x1"}));
  EXPECT_EQ(rows(file), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST_F(Table, MatlabFilesOfHdf5HaveColumnsFirst) {
  {
    const hdf5::Group root = hdf5::create_file(folder_ / "raw.MAT");
    root.write<double>("X", std::vector<double>{1, 3, 5, 2, 4, 6}, {2, 3});
    root.write<double>("y", std::vector<double>{0, 1, 0}, {1, 3});
  }
  std::fstream file(folder_ / "raw.MAT", std::ios::in | std::ios::out | std::ios::binary);
  file << "MATLAB 7.3 MAT-file";
  file.close();
  options_.files.raw = folder_ / "raw.MAT";
  const auto found = written();
  EXPECT_EQ(rows(found), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(found.labels("all"), (std::vector<std::int32_t>{0, 1, 0}));
}

TEST_F(Table, OtherNamesOfArraysAreTold) {
  hdf5::create_file(folder_ / "raw.h5").write<double>("data", std::vector<double>{1, 2}, {2, 1});
  options_.files.raw = folder_ / "raw.h5";
  expect_refusal("y_test; it holds data; write the file anew with these names");
}

TEST_F(Table, Hdf5WithXAndY) {
  {
    const hdf5::Group root = hdf5::create_file(folder_ / "raw.h5");
    root.write<double>("X", std::vector<double>{1, 2, 3, 4}, {2, 2});
    root.write<std::int64_t>("y", std::vector<std::int64_t>{1, 0});
  }
  options_.files.raw = folder_ / "raw.h5";
  const auto file = written();
  EXPECT_EQ(rows(file), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(file.labels("all"), (std::vector<std::int32_t>{1, 0}));
}

}  // namespace
}  // namespace cance::prep
