// One table in five forms, escapes, and numbers as they are printed.
#include <gtest/gtest.h>

#include <cmath>

#include "report/document/table.hpp"

namespace cance::report {
namespace {

TextTable example() {
  TextTable table;
  table.caption = "A <caption>";
  table.header = {"case", "a|b"};
  table.rows = {{{"class_0"}, {".9 ± .1", true}}, {{"average"}, {"1"}}};
  table.summary_rows = 1;
  return table;
}

TEST(Tables, Markdown) {
  EXPECT_EQ(to_markdown(example()),
            "| case | a\\|b |\n"
            "| --- | ---: |\n"
            "| class\\_0 | **.9 ± .1** |\n"
            "| average | 1 |\n");
}

TEST(Tables, NumbersOfOthersAreInItalics) {
  TextTable table;
  table.header = {"method", "AUROC"};
  table.rows = {{{"LSA", false, true}, {".975", true, true}}, {{"", false, true}, {""}}};
  EXPECT_NE(to_markdown(table).find("| *LSA* | ***.975*** |\n|  |  |"), std::string::npos);
  EXPECT_NE(to_html(table).find("<td class=\"l\"><i>LSA</i></td><td><b><i>.975</i></b></td>"),
            std::string::npos);
  EXPECT_NE(to_latex(table).find("\\textit{LSA} & \\textbf{\\textit{.975}} \\\\"),
            std::string::npos);
}

TEST(Tables, Latex) {
  EXPECT_EQ(to_latex(example()),
            "\\begin{table}[H]\n\\centering\n"
            "\\caption*{A \\textless{}caption\\textgreater{}}\n"
            "\\fitted{%\n\\begin{tabular}{@{}lr@{}}\n\\toprule\n"
            "case & a\\textbar{}b \\\\\n\\midrule\n"
            "class\\_0 & \\textbf{.9 $\\pm$ .1} \\\\\n\\midrule\n"
            "average & 1 \\\\\n\\bottomrule\n\\end{tabular}}\n\\end{table}\n");
}

TEST(Tables, LatexTabularIsWholeBelowItsCaption) {
  TextTable table = example();
  table.rows.insert(table.rows.begin(), 88, {{"row"}, {"1"}});
  const std::string latex = to_latex_tabular(table);
  EXPECT_TRUE(latex.starts_with(
      "% Needs booktabs. A \\textless{}caption\\textgreater{}\n\\begin{tabular}{@{}lr@{}}\n"));
  EXPECT_TRUE(latex.ends_with("\\midrule\naverage & 1 \\\\\n\\bottomrule\n\\end{tabular}\n"));
  EXPECT_EQ(latex.find("tabular", latex.find("\\toprule")), latex.rfind("tabular"));
}

TEST(Tables, LatexContinuesLongTables) {
  TextTable table = example();
  table.rows.insert(table.rows.begin(), 88, {{"row"}, {"1"}});
  const std::string latex = to_latex(table);
  EXPECT_NE(latex.find("textgreater{} (continued)}"), std::string::npos);
  EXPECT_LT(latex.find("(continued)"), latex.find("average"));
  EXPECT_EQ(latex.find("\\begin{table}"), 0U);
  EXPECT_NE(latex.find("\\begin{table}", 1), std::string::npos);
}

/// After the end of a row LaTeX would take "[2cm]" and "*" for its options.
TEST(Tables, LatexRowsBeginWithText) {
  TextTable table;
  table.header = {"[x]", "y"};
  table.add({"[1]", "*"});
  table.add({"*2", "[z]"});
  const std::string latex = to_latex(table);
  EXPECT_NE(latex.find("{[}x{]} & y"), std::string::npos) << latex;
  EXPECT_NE(latex.find("\\\\\n{*}2 & {[}z{]} \\\\"), std::string::npos) << latex;
}

TEST(Tables, LatexKnowsEveryCharacter) {
  EXPECT_EQ(
      escape_latex("50 % & $x_1^2 #{a}~\\"),
      "50 \\% \\& \\$x\\_1\\textasciicircum{}2 \\#\\{a\\}\\textasciitilde{}\\textbackslash{}");
  EXPECT_EQ(escape_latex("é ≥ † \n\x01"), "é $\\geq$ $\\dagger$   ");
  EXPECT_EQ(escape_latex("数 \xF0\x9F\x98\x80 \xC3"), "? ? ?");  // not in its fonts, or cut off
}

TEST(Tables, Transposed) {
  const TextTable turned = transposed(example());
  EXPECT_EQ(turned.header, (std::vector<std::string>{"case", "class_0", "average"}));
  ASSERT_EQ(turned.rows.size(), 1U);
  EXPECT_EQ(turned.rows[0][0].text, "a|b");
  EXPECT_TRUE(turned.rows[0][1].bold);
  EXPECT_EQ(turned.summary_rows, 0U);
}

TEST(Tables, CsvQuotesWhatNeedsIt) {
  TextTable table;
  table.header = {"plain", "comma,", "quote\""};
  table.add({"1", "two\nlines", ""});
  EXPECT_EQ(to_csv(table), "plain,\"comma,\",\"quote\"\"\"\n1,\"two\nlines\",\n");
}

TEST(Tables, Html) {
  EXPECT_EQ(to_html(example()),
            "<div class=\"wide\"><table><caption>A &lt;caption&gt;</caption><thead><tr>"
            "<th class=\"l\">case</th><th>a|b</th></tr></thead>\n"
            "<tbody><tr><td class=\"l\">class_0</td><td><b>.9 ± .1</b></td></tr>\n"
            "<tr class=\"summary\"><td class=\"l\">average</td><td>1</td></tr>\n"
            "</tbody></table></div>\n");
}

TEST(Tables, HtmlLinksToFiles) {
  TextTable table = example();
  table.name = "means";
  table.rows[0][0].link = "runs/a%26b.h5";
  const std::string html = to_html(table);
  EXPECT_NE(
      html.find("&gt; <span class=\"files\" id=\"tables-means\"><a href=\"#tables-means\">link</a> "
                "<a href=\"tables/means.csv\">CSV</a> "
                "<a href=\"tables/means.tex\">LaTeX</a></span></caption>"),
      std::string::npos)
      << html;
  EXPECT_NE(html.find("<td class=\"l\"><a href=\"runs/a%26b.h5\">class_0</a></td>"),
            std::string::npos)
      << html;
}

TEST(Tables, SummaryRowsFollowOneRule) {
  TextTable table = example();
  table.rows.push_back({{"rank"}, {"2"}});
  table.summary_rows = 2;
  const std::string latex = to_latex(table);
  EXPECT_NE(latex.find("\\midrule\naverage & 1 \\\\\nrank & 2 \\\\\n\\bottomrule"),
            std::string::npos);
  EXPECT_NE(to_plain(table).find("----\naverage         1\nrank            2\n"),
            std::string::npos);
  EXPECT_NE(to_html(table).find("<tr class=\"summary\"><td class=\"l\">rank"), std::string::npos);
}

TEST(Tables, PlainAlignsCharactersNotBytes) {
  EXPECT_EQ(to_plain(example()),
            "A <caption>\n"
            "case          a|b\n"
            "------------------\n"
            "class_0   .9 ± .1*\n"
            "------------------\n"
            "average         1\n");
}

TEST(Tables, PlainKeepsControlCharactersOffTheTerminal) {
  TextTable table;
  table.header = {"x"};
  table.add({"red\x1b[31m\nnext"});
  const std::string text = to_plain(table);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("red [31m next"), std::string::npos);
}

TEST(Tables, Escapes) {
  EXPECT_EQ(escape_html("<a href='x'>\"&\"</a>"),
            "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;");
  EXPECT_EQ(escape_markdown("a|b_c*[x](y)\n<z>"), "a\\|b\\_c\\*\\[x\\](y) \\<z\\>");
}

TEST(Tables, Numbers) {
  EXPECT_EQ(share_text(0.98432), ".9843");
  EXPECT_EQ(share_text(1.0), "1.0000");
  EXPECT_EQ(share_text(0.99999), "1.0000");
  EXPECT_EQ(share_text(-0.012), "-.0120");
  EXPECT_EQ(share_text(-0.00001), ".0000");
  EXPECT_EQ(share_text(NAN), "n/a");
  EXPECT_EQ(short_text(-1.8249), "-1.82");
  EXPECT_EQ(short_text(36561.7), "36562");
  EXPECT_EQ(short_text(-999999.2), "-999999");
  EXPECT_EQ(short_text(2712345.0), "2.7e+06");
  EXPECT_EQ(short_text(0.00012345), "0.000123");
  EXPECT_EQ(p_text(0.00009), "<.0001");
  EXPECT_EQ(p_text(0.03125), ".0312");
  EXPECT_EQ(std::stod(exact_text(0.1 + 0.2)), 0.1 + 0.2);
}

}  // namespace
}  // namespace cance::report
