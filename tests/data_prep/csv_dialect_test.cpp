// The separator and the decimal mark of a table, from how it begins.
#include "data_prep/readers/csv_dialect.hpp"

#include <gtest/gtest.h>

#include "data_prep/readers/csv.hpp"
#include "tests/support/idx_files.hpp"

namespace cance::prep {
namespace {

using Records = std::vector<std::vector<std::string>>;

CsvDialect found(std::string_view text, char expected = ',', bool whole = true) {
  return dialect_of(text, whole, std::nullopt, expected);
}

TEST(CsvDialect, TheSeparatorPartsTheLinesEvenly) {
  for (const char* text :
       {"a,b\n1,2\n", "a\n1\n", "", "\n\n", "a,b;c\n1,x;y\n", "id,tags\n1,a|b\n2,c|d\n",
        "\"a;b\",c\n\"d;e\",f\n", "a;b,kind\n1,0\n2,1\n", "a,b\n1,2,3\n", "my column\n12\n",
        " a\t\n1\n", "one two\nred car\n", "a,\n1,2\n", "name,note\nx,1;2\ny,\n", "a,b\n1;2,3\n"}) {
    EXPECT_EQ(found(text).separator, ',') << text;
  }
  for (const char* text :
       {"id;x1;x2\n1;2;3\n", "\nid;x1\n\n1;2\n", "\"id\";\"x1\"\n1;2", "a;b\n1,5;2\n",
        "1,5;2,5\n3,5;4,5\n", "1,5;\n3,5;4\n", "length (cm, round);width\n1,5;2\n3;4\n",
        "a;b;c\r\n1;\"x;\ny\";3\r\n", "id;x\n1;2;3\n"}) {
    EXPECT_EQ(found(text).separator, ';') << text;
  }
  EXPECT_EQ(found("temperature, C;label\n1,5;ok\n2,5;bad\n").separator, ';');
  EXPECT_EQ(found("1,5;ok\n2,5;bad\n").separator, ';');
  EXPECT_EQ(found("1,5 2 ok\n2,5 3 ok\n").separator, ' ');
  EXPECT_EQ(found("1,foo 2 3\n2,bar 4 5\n").separator, ',');
  EXPECT_EQ(found("city, state\tvalue\nParis, FR\t3\n").separator, '\t');
  EXPECT_EQ(found("# by hand\na;b\n1;2\n").separator, ';') << "whose second line is refused";
  EXPECT_EQ(found("# made; by hand\na,b\n1,2\n").separator, ',') << "the same";
  EXPECT_EQ(found("# made, by hand\na;b\n1;2\n").separator, ';') << "the same";
  EXPECT_EQ(found("tags\na;b\nc;d\n").separator, ',');
  EXPECT_EQ(found("id\tx1\n1\t2\n").separator, '\t');
  EXPECT_EQ(found("id|x1\n1|2\n").separator, '|');
  EXPECT_EQ(found("id\tx1\n1\t2\n", '\t').separator, '\t');
  EXPECT_EQ(found("id,x1\n1,2\n", '\t').separator, ',');
  EXPECT_EQ(found("a\tb\n1\t2,5\n3\tx,y\n", '\t').separator, '\t');
}

TEST(CsvDialect, BlanksPartTablesOfNumbers) {
  for (const char* text :
       {"a b\n1 2\n", "1  2\n3 4\n", "  1 2 \n 3\t4\n", "1 2", "a b\n1 2\n3 4"}) {
    EXPECT_EQ(found(text).separator, ' ') << text;
  }
  EXPECT_EQ(found("a b c\n1 2 x\n3 y z\n").separator, ' ');
  for (const char* text : {"a b\n1 2\n3\n", "a b\n1 x\n", "my label\ntype 1\ntype 2\n"}) {
    EXPECT_EQ(found(text).separator, ',') << text;
  }
}

TEST(CsvDialect, ALineThatIsCutSaysNothing) {
  EXPECT_EQ(found("a;b\n1;2\n3", ',', /*whole=*/false).separator, ';');
  EXPECT_EQ(found("a;b;c", ',', /*whole=*/false).separator, ';');
  EXPECT_FALSE(found("a;b\n1;2\n3;4,55", ',', /*whole=*/false).decimal_comma);
}

TEST(CsvDialect, CommasAreDecimalWhereNothingElseFits) {
  for (const char* text :
       {"a;b\n1,5;2\n", "a,b\n\"+1,5\",2\n", "a\tb\n-0,125\t2\n", "a|b\n1234,567|2\n",
        "a;b\n1,234;0,5\n", "1,5 2,5\n3 4\n", "when;x\n01.02.2024;1,5\n"}) {
    EXPECT_TRUE(found(text).decimal_comma) << text;
  }
  for (const char* text : {"a,b\n\"1,5\",2.5\n", "a,b\n1,5\n", "a;b\n1,234;2\n", "a;b\n1,5;2.5\n",
                           "a;b\n1.5;2\n", "a;b\n1;2\n", "a;b\n1,2,3;4\n", "a;b\nx,y;4\n"}) {
    EXPECT_FALSE(found(text).decimal_comma) << text;
  }
  EXPECT_EQ(found("a;b\n1.234,5;2,5\n").thousands, ".");
  EXPECT_EQ(found("a;b\n76.672;-0,13\n").thousands, ".");
  EXPECT_TRUE(found("a;b\n76.672;-0,13\n").decimal_comma);
  const auto expecting_commas = [](std::string_view text) {
    return dialect_of(text, /*whole=*/true, std::nullopt, ',', /*commas_expected=*/true);
  };
  for (const char* text : {"a;b\n1,234;2\n", "a;b\n1.234;2\n", "a;b\n1;2\n"}) {
    EXPECT_TRUE(expecting_commas(text).decimal_comma) << text;
  }
  EXPECT_FALSE(expecting_commas("a;b\n1.5;2\n").decimal_comma);
  EXPECT_EQ(found("a;b\n2,5;1 234 567,5\n").thousands, " ");
  EXPECT_EQ(found("a;b\n-1\xC2\xA0"
                  "234,5;2,5\n")
                .thousands,
            "\xC2\xA0");
  for (const char* none : {"a;b\n1,234.5;2,5\n", "when;x\n01.02.2024;1,5\n", "a;b\nx. y,5;1,5\n"}) {
    EXPECT_EQ(found(none).thousands, "") << none;
  }
}

TEST(CsvDialect, ItIsSaidInWords) {
  EXPECT_EQ(found("a;b\n1,5;2\n").words(), "';' between columns, decimal commas");
  EXPECT_EQ(found("a\tb\n1.5\t2\n").words(), "tabs between columns, decimal points");
  EXPECT_EQ(found("1 2\n3 4\n").words(), "blanks between columns, decimal points");
}

class CsvOfADialect : public testing::Test {
 protected:
  CsvReader open(const std::string& text, const std::string& name = "a.csv") {
    tests::write_plain(folder_ / name, {text.begin(), text.end()});
    return CsvReader(folder_ / name);
  }
  static Records rows(CsvReader reader) {
    Records all;
    while (reader.next()) {
      all.emplace_back(reader.fields().begin(), reader.fields().end());
    }
    return all;
  }
  std::string python(const std::string& text, const std::string& name = "a.csv") {
    CsvReader reader = open(text, name);
    EXPECT_TRUE(reader.next());
    return reader.python();
  }
  tests::TemporaryFolder folder_;
};

TEST_F(CsvOfADialect, LinesMayBeLong) {
  std::string names = "x0";
  std::string values = "0,5";
  for (int i = 1; i < 60'000; ++i) {
    names += fmt::format(";x{}", i);
    values += fmt::format(";{},5", i);
  }
  const CsvReader reader = open(names + "\n" + values + "\n" + values + "\n");
  EXPECT_EQ(reader.dialect().separator, ';');
  EXPECT_TRUE(reader.dialect().decimal_comma);
}

TEST_F(CsvOfADialect, IsReadByIt) {
  EXPECT_EQ(rows(open("\"i;d\";x\n1;\n;2\n")), (Records{{"i;d", "x"}, {"1", ""}, {"", "2"}}));
  EXPECT_EQ(rows(open("  1  2.5\n\n \n3\t4 ")), (Records{{"1", "2.5"}, {"3", "4"}}));
  EXPECT_EQ(rows(open("\"a b\" c\n1 2\n")), (Records{{"a b", "c"}, {"1", "2"}}));
  EXPECT_EQ(rows(open("a,b\n1,2\n", "a.tsv")), (Records{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(open("a;b\n1;2\n").surprise(), "';' between columns, decimal points");
  EXPECT_EQ(open("a\tb\n1,5\t2\n", "a.tsv").surprise(), "tabs between columns, decimal commas");
  EXPECT_EQ(open("a,b\n1,2\n").surprise(), "");
  EXPECT_EQ(open("a\tb\n1\t2\n", "a.tsv").surprise(), "");
}

TEST_F(CsvOfADialect, ExcelsFirstLineNamesTheSeparator) {
  CsvReader commas = open("sep=,\r\nid;a,x1\r\n1,2\r\n");
  EXPECT_TRUE(commas.next());
  EXPECT_EQ(commas.fields()[0], "id;a");
  EXPECT_EQ(commas.line(), 2U);
  EXPECT_EQ(rows(open("SEP=;\nid;x1\n1,5;2\n")), (Records{{"id", "x1"}, {"1,5", "2"}}));
}

TEST_F(CsvOfADialect, ThePythonThatReadsIt) {
  EXPECT_EQ(python("id,x1\n1,2\n"), "pandas.read_csv('OLD')");
  EXPECT_EQ(python("id;x1\n1;2\n"), "pandas.read_csv('OLD', sep=';')");
  EXPECT_EQ(python("id;x1\n1,5;2\n"), "pandas.read_csv('OLD', sep=';', decimal=',')");
  EXPECT_EQ(python("id;x1\n1.234,5;2\n"),
            "pandas.read_csv('OLD', sep=';', decimal=',', thousands='.')");
  EXPECT_EQ(python("id;x1\n\xFC;2\n"), "pandas.read_csv('OLD', sep=';', encoding='cp1252')");
  EXPECT_EQ(python("a\tb\n1\t2\n", "a.tsv"), "pandas.read_csv('OLD', sep='\\t')");
  EXPECT_EQ(python("a b\n1 2\n"), "pandas.read_csv('OLD', sep=r'\\s+')");
  EXPECT_EQ(python("1  2\n3 4\n"),
            "pandas.read_csv('OLD', sep=r'\\s+', header=None).add_prefix('x')");
  EXPECT_EQ(python("sep=;\nid;x1\n1,5;2\n"),
            "pandas.read_csv('OLD', skiprows=1, sep=';', decimal=',')");
}

}  // namespace
}  // namespace cance::prep
