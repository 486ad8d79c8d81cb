// Axes and shapes of figures.
#include "report/plot/svg.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace cance::report {
namespace {

TEST(Scale, LinearAndLogarithmicPositions) {
  const Scale linear(2, 4);
  EXPECT_DOUBLE_EQ(linear.unit(2.5), 0.25);
  EXPECT_DOUBLE_EQ(linear.unit(9), 1);
  const Scale rates = roc_scale();
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
  EXPECT_EQ(roc_scale().ticks(4).size(), 4U);
  EXPECT_EQ(roc_scale().label(0.001, 4), "0.001");
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
  for (const Scale& scale : {Scale(2, 4), roc_scale(), Scale::long_tailed(-1, 7800, 6, 6)}) {
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

TEST(Svg, DotsAreOneShape) {
  Svg svg(10, 10, "t");
  svg.dots({{1, 2.25}, {3, 4}}, 1.5, "#000", 0.5);
  EXPECT_NE(svg.str().find("<path d=\"M1,2.2h0M3,4h0\" fill=\"none\" stroke-linecap=\"round\" "
                           "stroke=\"#000\" stroke-width=\"3\" stroke-opacity=\"0.50\"/>"),
            std::string::npos);
}

TEST(Svg, ShapesLiteral) {
  Svg svg(100, 50.5, "a \"title\"");
  svg.polyline({{0, 1}, {2.345, -0.01}}, {"#000", 1.5, "4 2"});
  EXPECT_EQ(svg.str(),
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 50.5\" width=\"100\" "
            "height=\"50.5\" role=\"img\" "
            "aria-label=\"a &quot;title&quot;\"><polyline points=\"0,1 2.3,0\" fill=\"none\" "
            "stroke-linejoin=\"round\" "
            "stroke=\"#000\" stroke-width=\"1.5\" stroke-dasharray=\"4 2\"/></svg>");
}

TEST(Svg, TextIsEscaped) {
  Svg svg(10, 10, "t");
  svg.text({1, 2}, "<script>&");
  svg.vertical_text({1, 2}, "<b>");
  EXPECT_EQ(svg.str().find("<script>"), std::string::npos);
  EXPECT_NE(svg.str().find("&lt;script&gt;&amp;"), std::string::npos);
  EXPECT_NE(svg.str().find("&lt;b&gt;"), std::string::npos);
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
