// Text helpers: lists of numbers, nearest names, patterns.
#include "base/text.hpp"

#include <gtest/gtest.h>

namespace cance {
namespace {

using Names = std::vector<std::string>;
using Numbers = std::vector<int>;

TEST(Utf8, TellsTextOnOneLineFromOtherBytes) {
  for (const char* good : {"", "seed0", "d\xC3\xA5ta", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    EXPECT_TRUE(is_utf8_line(good)) << good;
  }
  for (const char* bad : {"\xFF", "\xC3", "\xC3(", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                          "\xF5\x80\x80\x80", "\xF4\x90\x80\x80", "a\nb", "\x80"}) {
    EXPECT_FALSE(is_utf8_line(bad)) << bad;
  }
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,b,,c", ','), (Names{"a", "b", "", "c"}));
  EXPECT_EQ(split("", ','), (Names{""}));
  EXPECT_EQ(split("a,", ','), (Names{"a", ""}));
}

TEST(FirstLine, IsAllWithoutABreak) {
  EXPECT_EQ(first_line("words\nstack\n"), "words");
  EXPECT_EQ(first_line("words"), "words");
  EXPECT_EQ(first_line("\nwords"), "");
}

TEST(Trim, RemovesBlanksAtTheEndsOnly) {
  EXPECT_EQ(trim("  a b\t\r\n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(lower("DATA.Csv \xC3\x84"), "data.csv \xC3\x84");
  EXPECT_EQ(trim(""), "");
}

TEST(Join, PutsTheSeparatorBetween) {
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join({}, ", "), "");
}

TEST(NumberList, RangesAndListsAscendingAndUnique) {
  EXPECT_EQ(parse_number_list("0-4"), (Numbers{0, 1, 2, 3, 4}));
  EXPECT_EQ(parse_number_list("5,0,2"), (Numbers{0, 2, 5}));
  EXPECT_EQ(parse_number_list("0-1, 8"), (Numbers{0, 1, 8}));
  EXPECT_EQ(parse_number_list("3,3,2-4"), (Numbers{2, 3, 4}));
  EXPECT_EQ(parse_number_list("7"), (Numbers{7}));
}

TEST(NumberList, RefusesWhatIsNone) {
  for (const char* text :
       {"", "a", "1,", "4-2", "1-2-3", "-1", "1.5", "0-999999999", "99999999999"}) {
    EXPECT_EQ(parse_number_list(text), std::nullopt) << text;
  }
}

TEST(CsvField, QuotesSeparatorsAndDisarmsFormulas) {
  EXPECT_EQ(csv_field("a,\"b\""), "\"a,\"\"b\"\"\"");
  EXPECT_EQ(csv_field("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
  for (const char* formula : {"=1+1", "+cmd|' /C calc'!A0", "-2+A1", "@SUM(A1)", "\t=1"}) {
    EXPECT_EQ(csv_field(formula), std::string("'") + formula);
  }
  for (const char* plain : {"-.12", "-1e-05", "+3", "-.1 ± .02", "-", "a=1", "class0", ""}) {
    EXPECT_EQ(csv_field(plain), plain);
  }
}

TEST(NearestName, FindsASlipOfThePen) {
  const Names names{"noise_ratio", "learning_rate", "batch"};
  EXPECT_EQ(nearest_name("noise_ration", names), "noise_ratio");
  EXPECT_EQ(nearest_name("lerning_rate", names), "learning_rate");
  EXPECT_EQ(nearest_name("bacth", names), "batch");
  EXPECT_EQ(nearest_name("something_else", names), std::nullopt);
  EXPECT_EQ(nearest_name("x", {}), std::nullopt);
  EXPECT_EQ(nearest_name("zz", {"a", "ab"}), std::nullopt) << "no letter in common";
  EXPECT_EQ(nearest_name("a", {"b", "A"}), "A");
}

TEST(DidYouMean, IsAHintOrNothing) {
  EXPECT_EQ(did_you_mean("bach", {"batch"}), "; did you mean 'batch'?");
  EXPECT_EQ(did_you_mean("unrelated", {"batch"}), "");
}

TEST(Nesting, CountsBracketsOutsideStrings) {
  EXPECT_FALSE(nested_deeper(R"({"a": [1, 2], "b": [3]})", 2));
  EXPECT_TRUE(nested_deeper(R"({"a": [1, [2]]})", 2));
  EXPECT_FALSE(nested_deeper(R"(["[[[\"[[[", "]"])", 1));
  EXPECT_TRUE(nested_deeper(std::string(400'000, '['), 64));
}

TEST(Pattern, CoversTheWholeText) {
  EXPECT_TRUE(matches_pattern("class3/seed0", "class3/*"));
  EXPECT_TRUE(matches_pattern("class3/seed0", "*/seed?"));
  EXPECT_FALSE(matches_pattern("class3/seed0", "class3"));
  EXPECT_FALSE(matches_pattern("class31/seed0", "class3/*"));
}

}  // namespace
}  // namespace cance
