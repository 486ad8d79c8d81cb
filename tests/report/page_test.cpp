// The forms of a document.
#include "report/document/page.hpp"

#include <gtest/gtest.h>

namespace cance::report {
namespace {

TextTable one_row() {
  TextTable table;
  table.caption = "Means";
  table.header = {"case", "CANCE"};
  table.rows = {{{"class0"}, {".9 ± .1", true}}};
  return table;
}

Document document_of(std::vector<Block> blocks) {
  return {"A & B", {"a headline"}, {{"A section", std::move(blocks)}}, "the end"};
}

TEST(Page, FiguresKeepWithinTheRoomThatTablesLeave) {
  constexpr std::size_t kMost = 60'000;
  std::vector<Block> blocks;
  for (int i = 0; i < 10; ++i) {
    blocks.emplace_back(Figure{std::string(10'000, 'x'), "curves " + std::to_string(i)});
    TextTable table = one_row();
    table.caption = std::string(1000, 'c');
    blocks.emplace_back(table);
  }
  const std::string page = to_html(document_of(blocks), kMost);
  EXPECT_LT(page.size(), kMost);
  EXPECT_GT(page.size(), kMost - 15'000);
  EXPECT_NE(page.find("<figcaption>curves 0</figcaption>"), std::string::npos);
  EXPECT_NE(page.find("Left out to keep the page small: curves 9"), std::string::npos);
  EXPECT_EQ(to_html(document_of(blocks), 0).find("<figcaption>"), std::string::npos);
}

TEST(Page, GalleriesLeaveRoomForLaterCurves) {
  const std::vector<Block> blocks{Figure{std::string(300'000, 'g'), "first gallery"},
                                  Figure{std::string(300'000, 'g'), "second gallery"},
                                  Figure{std::string(90'000, 'x'), "curves"}};
  const std::string page = to_html(document_of(blocks), 800'000);
  EXPECT_NE(page.find("<figcaption>first gallery"), std::string::npos);
  EXPECT_NE(page.find("small: second gallery"), std::string::npos);
  EXPECT_NE(page.find("<figcaption>curves"), std::string::npos);
}

TEST(Page, EveryFormHoldsTheTablesAndNamesWhatIsFolded) {
  TextTable folded = one_row();
  folded.caption = "All cells";
  const Document document =
      document_of({Heading{"Tests"}, Paragraph{"50 % of x_1"}, one_row(), Folded{folded},
                   Listing{"Settings", "a = 1"}, Figure{"<svg></svg>", "A figure"}});
  const std::string latex = to_latex(document);
  EXPECT_NE(latex.find("\\section*{A section}"), std::string::npos);
  EXPECT_NE(latex.find("\\subsection*{Tests}\n\n50 \\% of x\\_1\n\n\\begin{table}"),
            std::string::npos);
  EXPECT_NE(latex.find("% In index.html: All cells"), std::string::npos);
  EXPECT_NE(latex.find("% Figure in index.html: A figure"), std::string::npos);
  EXPECT_TRUE(latex.ends_with("the end\n\n\\end{document}\n"));
  EXPECT_NE(to_html(document).find("<details><summary>All cells</summary>"), std::string::npos);
  EXPECT_NE(to_markdown(document).find("| class0 | **.9 ± .1** |"), std::string::npos);
  EXPECT_EQ(tables_to_csv(document),
            "section,table,row,column,text,best,quoted\n"
            "A section,Means,class0,CANCE,.9 ± .1,1,0\n"
            "A section,All cells,class0,CANCE,.9 ± .1,1,0\n");
}

/// A line of settings that a reader of the page would run or follow stays inside its block.
TEST(Page, ListingsKeepTheirLines) {
  const std::string text =
      to_markdown(document_of({Listing{"Settings", "a = 1\r\r<script>x</script>\nb = 2"}}));
  EXPECT_NE(text.find("    a = 1  <script>x</script>\n    b = 2\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace cance::report
