// The forms of a document.
#include "report/document/page.hpp"

#include <gtest/gtest.h>

#include "report/document/files.hpp"

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

/// A figure of about so many bytes.
Figure figure_of(std::size_t bytes, const std::string& caption) {
  Picture picture(10, 10, "title of " + caption);
  picture.text({0, 0}, std::string(bytes, 'x'));
  return {"curves", picture, caption};
}

TEST(Page, FiguresKeepWithinTheRoomThatTablesLeave) {
  constexpr std::size_t kMost = 60'000;
  std::vector<Block> blocks;
  for (int i = 0; i < 10; ++i) {
    blocks.emplace_back(figure_of(10'000, "curves " + std::to_string(i)));
    TextTable table = one_row();
    table.caption = std::string(1000, 'c');
    blocks.emplace_back(table);
  }
  const std::string page = to_html(document_of(blocks), kMost);
  EXPECT_LT(page.size(), kMost);
  EXPECT_GT(page.size(), kMost - 15'000);
  EXPECT_NE(page.find("<figcaption>curves 0 <span"), std::string::npos);
  EXPECT_NE(page.find("Left out to keep the page small: curves 9"), std::string::npos);
  EXPECT_EQ(to_html(document_of(blocks), 0).find("<figcaption>"), std::string::npos);
}

TEST(Page, GalleriesLeaveRoomForLaterCurves) {
  const std::vector<Block> blocks{figure_of(300'000, "first gallery"),
                                  figure_of(300'000, "second gallery"),
                                  figure_of(90'000, "curves")};
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
                   Listing{"Settings", "a = 1"}, figure_of(1, "A figure")});
  const std::string latex = to_latex(document);
  EXPECT_NE(latex.find("\\section*{A section}"), std::string::npos);
  EXPECT_NE(latex.find("\\subsection*{Tests}\n\n50 \\% of x\\_1\n\n\\begin{table}"),
            std::string::npos);
  EXPECT_NE(latex.find("% In index.html: All cells"), std::string::npos);
  EXPECT_NE(latex.find("{figures/curves.pdf}\n\\end{center}\nA figure"), std::string::npos);
  EXPECT_TRUE(latex.ends_with("the end\n\n\\end{document}\n"));
  EXPECT_NE(to_html(document).find("<details><summary>All cells</summary>"), std::string::npos);
  EXPECT_NE(to_markdown(document).find("| class0 | **.9 ± .1** |"), std::string::npos);
  EXPECT_NE(to_markdown(document).find("![title of A figure](figures/curves.svg)\n\nA figure\n"),
            std::string::npos);
  EXPECT_EQ(tables_to_csv(document),
            "section,table,row,column,text,best,quoted\n"
            "A section,Means,class0,CANCE,.9 ± .1,1,0\n"
            "A section,All cells,class0,CANCE,.9 ± .1,1,0\n");
}

TEST(Page, ScriptKnowsTheMethodsAndNothingIsLoaded) {
  Document document = document_of({one_row()});
  document.methods = {"k-NN", "CANCE \"<\""};
  const std::string page = to_html(document);
  EXPECT_NE(page.find("<main data-methods=\"k-NN\nCANCE &quot;&lt;&quot;\">"), std::string::npos);
  EXPECT_NE(page.find("<script>\n\"use strict\""), std::string::npos);
  EXPECT_EQ(page.find("<script "), std::string::npos);
}

TEST(Page, FoldedFiguresAreUnderTheirTitle) {
  Figure figure = figure_of(1, "A caption");
  figure.folded = true;
  const std::string page = to_html(document_of({figure}));
  EXPECT_NE(page.find("<details><summary>title of A caption</summary><figure"), std::string::npos);
}

TEST(Files, HaveNamesOfTheirOwnByTheirSection) {
  TextTable means = one_row();
  means.caption = "AUROC by case, mnist / unimodal";
  TextTable whole = one_row();
  whole.caption = "mnist / unimodal, case all";
  Document document{"t",
                    {},
                    {{"mnist / unimodal, schedule 0.1", {means, Folded{means}, figure_of(1, "f")}},
                     {"Mnist / unimodal", {whole, figure_of(1, "g"), figure_of(1, "h")}}},
                    ""};
  name_files(document);
  std::vector<std::string> names;
  each_file(document, "out", [&](const TextFile& file) { names.push_back(file.target.string()); });
  EXPECT_EQ(
      names,
      (std::vector<std::string>{
          "out/tables/mnist-unimodal-schedule-0-1-auroc-by-case.tex",
          "out/tables/mnist-unimodal-schedule-0-1-auroc-by-case.csv",
          "out/tables/mnist-unimodal-schedule-0-1-auroc-by-case-2.tex",
          "out/tables/mnist-unimodal-schedule-0-1-auroc-by-case-2.csv",
          "out/figures/mnist-unimodal-schedule-0-1-curves.svg",
          "out/figures/mnist-unimodal-schedule-0-1-curves.pdf",
          "out/figures/mnist-unimodal-schedule-0-1-curves.csv", "out/tables/mnist-unimodal.tex",
          "out/tables/mnist-unimodal.csv", "out/figures/mnist-unimodal-curves.svg",
          "out/figures/mnist-unimodal-curves.pdf", "out/figures/mnist-unimodal-curves.csv",
          "out/figures/mnist-unimodal-curves-2.svg", "out/figures/mnist-unimodal-curves-2.pdf",
          "out/figures/mnist-unimodal-curves-2.csv"}));
}

TEST(Files, LinksAreRelativeAndEncoded) {
  EXPECT_EQ(link_to("/a/runs/x y/#1.h5", "/a/report"), "../runs/x%20y/%231.h5");
  EXPECT_EQ(link_to("runs/a.h5", "."), "runs/a.h5");
}

/// A line of settings that a reader of the page would run or follow stays inside its block.
TEST(Page, ListingsKeepTheirLines) {
  const std::string text =
      to_markdown(document_of({Listing{"Settings", "a = 1\r\r<script>x</script>\nb = 2"}}));
  EXPECT_NE(text.find("    a = 1  <script>x</script>\n    b = 2\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace cance::report
