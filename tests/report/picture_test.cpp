// Axes, marks and forms of pictures.
#include "report/plot/picture.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "report/plot/forms.hpp"
#include "report/plot/png.hpp"

namespace cance::report {
namespace {

TEST(Scale, LinearAndLogarithmicPositions) {
  const Scale linear(2, 4);
  EXPECT_DOUBLE_EQ(linear.unit(2.5), 0.25);
  EXPECT_DOUBLE_EQ(linear.unit(9), 1);
  const Scale rates(1e-3, 1, true);
  EXPECT_DOUBLE_EQ(rates.unit(0), 0);
  EXPECT_NEAR(rates.unit(0.01), 1.0 / 3, 1e-12);
  EXPECT_DOUBLE_EQ(rates.unit(1), 1);
}

TEST(Scale, RoundTicks) {
  EXPECT_EQ(Scale(0, 1).ticks(2), (std::vector<double>{0, 0.5, 1}));
  EXPECT_EQ(Scale(0, 1).ticks(4).size(), 6U);  // steps of .2 are nearer to a quarter than .5
  EXPECT_EQ(Scale(-4, 4.6).ticks(3), (std::vector<double>{-4, -2, 0, 2, 4}));
  const auto ticks = Scale(0.93, 0.99).ticks(4);
  ASSERT_EQ(ticks.size(), 3U);
  EXPECT_NEAR(ticks[0], 0.94, 1e-12);
  EXPECT_EQ(Scale(0.93, 0.99).label(ticks[0], 4), "0.94");
  const Scale rates(1e-3, 1, true);
  EXPECT_EQ(rates.ticks(4).size(), 4U);
  EXPECT_EQ(rates.label(0.001, 4), "0.001");
  const Scale wide(1e-12, 1e3, true);  // of 16 powers every third
  EXPECT_LE(wide.ticks(4).size(), 6U);
  EXPECT_EQ(wide.label(wide.ticks(4).front(), 4), "1e-12");
  EXPECT_EQ(Scale(0, 1e6).label(2e5, 4), "2e5");
  const auto few = Scale(0.03, 0.6, true).ticks(4);
  ASSERT_EQ(few.size(), 4U);
  EXPECT_NEAR(few[0], 0.05, 1e-15);
  EXPECT_NEAR(few[3], 0.5, 1e-15);
}

TEST(Scale, LongTailsAreLinearNearTheCentreAndLogarithmicFarAway) {
  const auto at = [](double place) { return 10 + 2 * std::sinh(place); };
  const Scale scale = Scale::long_tailed(at(-1), at(3), 10, 2);
  EXPECT_NEAR(scale.unit(10), 0.25, 1e-12);
  EXPECT_NEAR(scale.unit(at(1)), 0.5, 1e-12);
  EXPECT_DOUBLE_EQ(scale.unit(1e9), 1);
  EXPECT_DOUBLE_EQ(scale.unit(-1e9), 0);
  EXPECT_NEAR(scale.unit(10.2) - scale.unit(10), scale.unit(10) - scale.unit(9.8), 1e-12);
  const Scale wide = Scale::long_tailed(0, 1e9, 0, 1);
  EXPECT_NEAR(wide.unit(1e6) - wide.unit(1e5), wide.unit(1e8) - wide.unit(1e7), 1e-9);
}

TEST(Scale, PlacesLeadBackToValues) {
  for (const Scale& scale :
       {Scale(2, 4), Scale(1e-3, 1, true), Scale::long_tailed(-1, 7800, 6, 6)}) {
    for (const double unit : {0.0, 0.25, 1.0}) {
      EXPECT_NEAR(scale.unit(scale.value(unit)), unit, 1e-12);
    }
  }
  EXPECT_DOUBLE_EQ(Scale(2, 4).value(0.25), 2.5);
}

TEST(Scale, TicksOfLongTailsAreRoundAndEvenlySpread) {
  const Scale scale = Scale::long_tailed(-1, 7800, 6, 6);
  std::vector<std::string> labels;
  for (const double tick : scale.ticks(3)) {
    labels.push_back(scale.label(tick, 3));
  }
  EXPECT_EQ(labels, (std::vector<std::string>{"10", "100", "2000"}));
  const Scale far = Scale::long_tailed(1790, 2180, 1930, 80);  // a small range far from 0
  const auto ticks = far.ticks(9);
  ASSERT_EQ(ticks.size(), 9U);
  for (std::size_t k = 0; k < ticks.size(); ++k) {
    EXPECT_NEAR(far.unit(ticks[k]) * 9, static_cast<double>(k) + 0.5, 0.3);
  }
  EXPECT_TRUE(far.ticks(0).empty());
}

TEST(Scale, AroundEqualEndsIsNotEmpty) {
  for (const double value : {0.0, 3.0, -1e-9, 1e6}) {
    const Scale scale = Scale::around(value, value);
    EXPECT_NEAR(scale.unit(value), 0.5, 1e-6);
    EXPECT_LT(scale.ticks(4).size(), 20U);
  }
}

TEST(Scale, AxesNarrowerThanRoundingEnd) {
  const double next = std::nextafter(1e6, 2e6);
  EXPECT_LT(Scale(1e6, next).ticks(4).size(), 50U);
  EXPECT_NEAR(Scale::around(1e6, next).unit(1e6), 0.5, 0.1);
  EXPECT_TRUE(Scale(0, 1).ticks(0).empty());
}

/// What to_svg writes of a picture of these marks, without the element around them.
std::string svg_of(const std::vector<Mark>& marks) {
  Picture picture(10, 10, "t");
  for (const Mark& mark : marks) {
    picture.add(mark);
  }
  const std::string svg = to_svg(picture);
  const std::size_t begin = svg.find('>') + 1;
  return svg.substr(begin, svg.size() - begin - std::string("</svg>").size());
}

TEST(Svg, DotsAreOneShape) {
  EXPECT_EQ(svg_of({Dots{{{1, 2.25}, {3, 4}}, 1.5, "#000", 0.5}}),
            "<path d=\"M1,2.2h0M3,4h0\" fill=\"none\" stroke-linecap=\"round\" stroke=\"#000\" "
            "stroke-width=\"3\" stroke-opacity=\"0.50\"/>");
}

TEST(Svg, PictureLiteral) {
  Picture picture(100, 50.5, "a \"title\"");
  picture.polyline({{0, 1}, {2.345, -0.01}}, {"#000", 1.5, "4 2"});
  EXPECT_EQ(to_svg(picture),
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 50.5\" width=\"100\" "
            "height=\"50.5\" role=\"img\" aria-label=\"a &quot;title&quot;\" "
            "font-family=\"Helvetica,Arial,sans-serif\" stroke-linejoin=\"round\">"
            "<polyline points=\"0,1 2.3,0\" fill=\"none\" stroke=\"#000\" stroke-width=\"1.5\" "
            "stroke-dasharray=\"4 2\"/></svg>");
  EXPECT_NE(to_svg(picture, /*background=*/true).find("><rect width=\"100%\""), std::string::npos);
}

TEST(Svg, TextIsEscaped) {
  EXPECT_EQ(svg_of({Text{{1, 2}, "<b>&"}}),
            "<text x=\"1\" y=\"2\" font-size=\"11\" fill=\"#222\">&lt;b&gt;&amp;</text>");
}

TEST(Svg, MarksOfAMethodAreOneGroup) {
  const std::string text =
      svg_of({Group{"k-NN <1>"}, Text{{1, 2}, "a"}, Group{""}, Text{{1, 2}, "b"}});
  EXPECT_TRUE(text.starts_with("<g data-method=\"k-NN &lt;1&gt;\"><text")) << text;
  EXPECT_NE(text.find("a</text></g><text"), std::string::npos) << text;
  EXPECT_TRUE(svg_of({Group{"CANCE"}}).ends_with("></g>"));
}

TEST(Pdf, ObjectsLieWhereTheTableSays) {
  Picture picture(400, 200, "A (title)");
  picture.line({0, 0}, {40, 20}, {"#ff0000", 2});
  picture.area({{0, 0}, {1, 0}, {1, 1}}, "#00f", 0.25);
  picture.text({10, 20}, "0.5 ± (x) … 数", Anchor::start, 10);
  picture.add(Image{{5, 6}, 20, 30, encode_png(std::vector<std::uint8_t>(2 * 3, 7), 1, 3, 2)});
  const std::string pdf = to_pdf(picture);
  EXPECT_EQ(pdf, to_pdf(picture));
  EXPECT_TRUE(pdf.starts_with("%PDF-1.4\n"));
  const std::size_t table = std::stoul(pdf.substr(pdf.rfind("startxref") + 10));
  EXPECT_EQ(pdf.substr(table, 15), "xref\n0 11\n00000");
  for (std::size_t i = 1; i <= 10; ++i) {
    const std::size_t place = std::stoul(pdf.substr(table + 10 + 20 * i, 10));
    EXPECT_TRUE(pdf.substr(place).starts_with(std::to_string(i) + " 0 obj\n")) << i;
  }
  for (const std::string part :
       {"/MediaBox[0 0 300.00 150.00]", "0.75 0 0 -0.75 0 150.00 cm",
        "1.000 0.000 0.000 RG 2.00 w [] 0 d 0.00 0.00 m 40.00 20.00 l S",
        "0.000 0.000 1.000 rg 0.00 0.00 m 1.00 0.00 l 1.00 1.00 l h f", "<</ca 0.25/CA 1.00>>",
        "/F1 10.00 Tf 1 0 0 -1 10.00 20.00 Tm (0.5 \xB1 \\(x\\) \x85 ?) Tj", "/Width 2/Height 3",
        "q 20.00 0 0 -30.00 5.00 36.00 cm /I0 Do Q", "/XObject<</I0 10 0 R>>",
        "/FirstChar 32/LastChar 255/Widths[278 278 355 ", "/Title(A \\(title\\))"}) {
    EXPECT_NE(pdf.find(part), std::string::npos) << part;
  }
}

TEST(Pdf, TextsEndAndStandWhereTheyAreAnchored) {
  // "10" is 2 * 556 thousandths of the font's size wide.
  Picture picture(100, 100, "t");
  picture.text({50, 20}, "10", Anchor::end, 10);
  picture.add(Text{{50, 20}, "10", Anchor::middle, 10, /*bold=*/true, /*upright=*/true});
  const std::string pdf = to_pdf(picture);
  EXPECT_NE(pdf.find("/F1 10.00 Tf 1 0 0 -1 38.88 20.00 Tm (10)"), std::string::npos);
  EXPECT_NE(pdf.find("/F2 10.00 Tf 0 -1 -1 0 50.00 25.56 Tm (10)"), std::string::npos);
}

TEST(Texts, AreCutToTheirRoom) {
  EXPECT_NEAR(text_width("0é", 10), 11.12, 1e-9);
  EXPECT_NEAR(text_width("±î…", 10), 5.84 + 2.78 + 10, 1e-9);
  EXPECT_NEAR(text_width("Ab", 10, /*bold=*/true), 7.22 + 6.11, 1e-9);
  EXPECT_NEAR(text_width("数", 10), 5.56, 1e-9);  // as "?", which a PDF has in its place
  EXPECT_EQ(fitted("short", 100), "short");
  const std::string cut = fitted("éééééééééé", 40, 10);
  EXPECT_TRUE(cut.ends_with("é…")) << cut;
  EXPECT_LE(text_width(cut, 10), 40 + 5);
}

TEST(Plot, ValuesToPixels) {
  const Plot plot{10, 20, 100, 50, Scale(0, 1), Scale(0, 2)};
  const Point corner = plot.at(0, 0);
  EXPECT_DOUBLE_EQ(corner.x, 10);
  EXPECT_DOUBLE_EQ(corner.y, 70);
  const Point middle = plot.at(0.5, 2);
  EXPECT_DOUBLE_EQ(middle.x, 60);
  EXPECT_DOUBLE_EQ(middle.y, 20);
}

}  // namespace
}  // namespace cance::report
