// CSV as RFC 4180 has it: quoting, line ends, gzip, and every refusal with its line.
#include "data_prep/readers/csv.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tests/support/idx_files.hpp"

namespace cance::prep {
namespace {

using Rows = std::vector<std::vector<std::string>>;

tests::Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

Rows rows_of(const std::filesystem::path& path) {
  CsvReader reader(path);
  Rows rows;
  while (reader.next()) {
    rows.emplace_back(reader.fields().begin(), reader.fields().end());
  }
  return rows;
}

class Csv : public testing::Test {
 protected:
  Rows read(const std::string& text) const {
    tests::write_plain(folder_ / "a.csv", bytes_of(text));
    return rows_of(folder_ / "a.csv");
  }
  std::string refusal(const std::string& text) const {
    return tests::message_of([&] { (void)read(text); });
  }
  void expect_refusal(const std::string& text, const std::string& part) const {
    EXPECT_NE(refusal(text).find(part), std::string::npos) << refusal(text);
  }
  tests::TemporaryFolder folder_;
};

TEST_F(Csv, FieldsAndLineEnds) {
  const Rows expected{{"a", "b"}, {"1", ""}, {"", "2"}};
  EXPECT_EQ(read("a,b\n1,\n,2\n"), expected);
  EXPECT_EQ(read("a,b\r\n1,\r\n,2"), expected);
  EXPECT_EQ(read("a,b\r1,\r,2\r"), expected);
  EXPECT_EQ(read("\n\na,b\n\n1,\n\n,2\n\n"), expected) << "empty lines";
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a,b\n1,\n,2\n"),
            expected)
      << "byte order mark";
  EXPECT_TRUE(read("").empty());
  EXPECT_EQ(read("one"), (Rows{{"one"}}));
}

TEST_F(Csv, Quotes) {
  EXPECT_EQ(read("\"a,b\",\"say \"\"no\"\"\",\"\"\n"), (Rows{{"a,b", "say \"no\"", ""}}));
  EXPECT_EQ(read("\"two\nlines\",2\r\n3,4\n"), (Rows{{"two\nlines", "2"}, {"3", "4"}}));
}

TEST_F(Csv, ALineNumberIsThatOfTheRecord) {
  tests::write_plain(folder_ / "a.csv", bytes_of("a\n\"x\ny\nz\"\n\nb\n"));
  CsvReader reader(folder_ / "a.csv");
  std::vector<std::uint64_t> lines;
  while (reader.next()) {
    lines.push_back(reader.line());
  }
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{1, 2, 6}));
}

TEST_F(Csv, Gzipped) {
  tests::write_gz(folder_ / "a.csv.gz", bytes_of("a,\"b\"\n"));
  EXPECT_EQ(rows_of(folder_ / "a.csv.gz"), (Rows{{"a", "b"}}));
}

TEST_F(Csv, LongFieldsCrossTheBuffer) {
  const std::string field(3'000'000, 'x');
  EXPECT_EQ(read("1," + field + ",\"" + field + "\"\n2,3,4\n"),
            (Rows{{"1", field, field}, {"2", "3", "4"}}));
}

TEST_F(Csv, Refusals) {
  expect_refusal("a\n1\"2\n", "line 2: a quote inside a field");
  expect_refusal("a\nb\n\"1\"2\n", "line 3: text behind the closing quote");
  expect_refusal("a\n\"1\n2\n", "line 2: a quoted field does not end");
  expect_refusal(std::string("a\nb\0c\n", 6), "line 2: a NUL byte");
  expect_refusal('"' + std::string(std::size_t{65} << 20U, 'x'), "a record of over 64 MiB");
}

TEST_F(Csv, BytesThatAreNoUtf8AreRefusedWithTheirPlace) {
  EXPECT_EQ(read("\xC3\xA4,\xE2\x82\xAC,\xF0\x9F\x98\x80\n"),
            (Rows{{"\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}}));
  expect_refusal("a,b\n1,\x96 x\n", "a.csv: line 2: byte 0x96 at place 6 (from 0) is no UTF-8");
  expect_refusal("a,b\n\"\xC3\",\xA4\n", "line 2: byte 0xC3 at place 5");
  expect_refusal("a\xE2\x82,b\n", "byte 0xE2 at place 1");
  expect_refusal("a\xC0\x80,b\n", "byte 0xC0 at place 1");
  expect_refusal("\xED\xA0\x80\n", "byte 0xED at place 0");
  expect_refusal("a\n" + std::string(5'000'000, 'x') + "\xFC\n", "byte 0xFC at place 5000002");
  expect_refusal(
      "\xFF\xFE"
      "a",
      "UTF-16, expected UTF-8; read it by --encoding UTF-16");
}

TEST_F(Csv, OtherEncodingsAreDecoded) {
  const auto decoded = [this](const tests::Bytes& bytes, const std::string& encoding) {
    tests::write_plain(folder_ / "a.csv", bytes);
    CsvReader reader(folder_ / "a.csv", encoding);
    Rows rows;
    while (reader.next()) {
      rows.emplace_back(reader.fields().begin(), reader.fields().end());
    }
    return rows;
  };
  EXPECT_EQ(decoded(bytes_of("\x80,\xFC\n"), "cp1252"), (Rows{{"\xE2\x82\xAC", "\xC3\xBC"}}));
  EXPECT_EQ(decoded({0xFF, 0xFE, 'a', 0, ',', 0, 0xFC, 0}, "UTF-16"), (Rows{{"a", "\xC3\xBC"}}));
  const auto long_text = decoded(tests::Bytes(5'000'001, 0xE4), "latin1");
  ASSERT_EQ(long_text.at(0).at(0).size(), 10'000'002U);
  EXPECT_EQ(long_text[0][0].substr(10'000'000), "\xC3\xA4");
  EXPECT_NE(tests::message_of([&] {
              (void)decoded(bytes_of("ab\x81"), "cp1252");
            }).find("a.csv: byte 0x81 at place 2 (from 0) is none of cp1252"),
            std::string::npos);
  EXPECT_NE(tests::message_of([&] {
              (void)decoded(bytes_of("a"), "nonsense");
            }).find("'nonsense' is not known"),
            std::string::npos);
}

TEST_F(Csv, EndingsSayTheSeparator) {
  for (const char* name : {"a.csv", "A.CSV", "a.csv.gz", "a.TXT.GZ", "a.data", "a.dat", "-"}) {
    EXPECT_EQ(separator_of(name), ',') << name;
  }
  for (const char* name : {"a.tsv", "a.TSV.gz", "a.tab"}) {
    EXPECT_EQ(separator_of(name), '\t') << name;
  }
  EXPECT_FALSE(separator_of("a.npy"));
}

TEST_F(Csv, FilesOfOtherProgramsAreNamed) {
  const auto refusal = [&](const std::string& text) {
    tests::write_plain(folder_ / "a.csv", bytes_of(text));
    return tests::message_of([&] { CsvReader reader(folder_ / "a.csv"); });
  };
  EXPECT_NE(
      refusal("PK\x03\x04...")
          .find(
              "a.csv: a zip file, most likely an Excel workbook; write a CSV of it, for example in "
              "Python: import pandas; pandas.read_excel('OLD').to_csv('NEW.csv', index=False)"),
      std::string::npos);
  EXPECT_NE(refusal("PAR1xxxx").find("a Parquet file"), std::string::npos);
  EXPECT_NE(refusal("@RELATION iris\n").find("scipy.io.arff.loadarff('OLD')"), std::string::npos);
  EXPECT_NE(refusal("\x80\x04\x95xx").find("pandas.read_pickle('OLD')"), std::string::npos);
  EXPECT_EQ(refusal("PK,price\n1,2\n"), "no error");
}

TEST_F(Csv, OtherNumberOfFields) {
  tests::write_plain(folder_ / "a.csv", bytes_of("1,2\n3\n"));
  CsvReader reader(folder_ / "a.csv");
  EXPECT_TRUE(reader.next(2));
  const auto message = tests::message_of([&] { (void)reader.next(2); });
  EXPECT_NE(message.find("a.csv: line 2: 1 fields, expected 2"), std::string::npos) << message;
}

}  // namespace
}  // namespace cance::prep
