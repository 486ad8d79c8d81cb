// What is kept of a run for its figures: curves, dots and images, whatever the number of rows.
#include "report/runs/drawn.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/figures/figures.hpp"
#include "report/runs/gather.hpp"
#include "tests/support/sample_run.hpp"

namespace cance::report {
namespace {

/// Place of a rate among roc_rates.
std::size_t place_of(double rate) {
  const auto& rates = roc_rates();
  return static_cast<std::size_t>(
      std::ranges::min_element(rates, {}, [rate](double r) { return std::abs(r - rate); }) -
      rates.begin());
}

/// A group of one case with these runs.
CellGroup group_of(const std::vector<store::RunRecord>& runs) {
  CellGroup group;
  group.dataset = "glyphs";
  group.protocol = "unimodal";
  group.methods = {"error", "latnce", "gaussian", "cnce", "cance"};
  group.cases = {runs.front().info.case_name};
  for (const store::RunRecord& run : runs) {
    group.seeds.push_back(run.info.seed);
    group.cells.push_back(cell_of(run, "file.h5"));
  }
  group.figures[group.cases.front()] = figures_of(runs.front());
  return group;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

/// Shares of rows in the bins of a run with these scores.
Histogram histogram_of(const std::vector<double>& normal, const std::vector<double>& anomalous) {
  store::RunRecord run;
  std::vector<double> scores(normal);
  scores.insert(scores.end(), anomalous.begin(), anomalous.end());
  run.labels.assign(normal.size(), 0);
  run.labels.resize(scores.size(), 1);
  run.scores = {{"cance", scores}};
  return figures_of(run).histogram;
}

/// `count` values at equal steps from `low` up to `high`.
std::vector<double> even_steps(std::size_t count, double low, double high) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = low + (high - low) * static_cast<double>(i) / static_cast<double>(count);
  }
  return values;
}

std::size_t bins_above(const std::vector<double>& shares, double least) {
  return static_cast<std::size_t>(
      std::ranges::count_if(shares, [least](double share) { return share >= least; }));
}

/// A name below an axis: middle of its text.
struct ColumnLabel {
  Point at;
  std::string name;
};

std::vector<ColumnLabel> column_labels(const std::string& html) {
  const std::string mark = R"(" font-size="10" text-anchor="middle">)";
  std::vector<ColumnLabel> labels;
  for (std::size_t at = html.find(mark); at != std::string::npos; at = html.find(mark, at + 1)) {
    const std::size_t x = html.rfind("x=\"", at) + 3;
    const std::size_t y = html.rfind("y=\"", at) + 3;
    const std::size_t name = at + mark.size();
    labels.push_back({{std::stod(html.substr(x)), std::stod(html.substr(y))},
                      html.substr(name, html.find('<', name) - name)});
  }
  return labels;
}

TEST(RocOfCell, IsTheCurveAtFixedRates) {
  // Scores 9 .. 0; anomalous are 9, 8, 5: the curve goes (0, 2/3), (2/7, 2/3), (2/7, 1), (1, 1).
  store::RunRecord run;
  run.labels = {1, 1, 0, 0, 1, 0, 0, 0, 0, 0};
  run.scores = {{"error", {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}};
  const CellRecord cell = cell_of(run, "x.h5");
  const auto& rates = cell.roc.at("error");
  ASSERT_EQ(rates.size(), roc_rates().size());
  EXPECT_NEAR(rates.front(), 2.0 / 3, 1e-12);
  EXPECT_NEAR(rates[place_of(0.2)], 2.0 / 3, 1e-12);
  EXPECT_NEAR(rates[place_of(0.4)], 1, 1e-12);
  EXPECT_NEAR(rates.back(), 1, 1e-12);
  EXPECT_NEAR(roc_rates().front(), 1e-3, 1e-15);
  EXPECT_EQ(roc_rates().back(), 1);
}

TEST(RocOfCell, TiesAreStraightLinesAndOneClassHasNone) {
  store::RunRecord run;
  run.labels = {1, 0, 1, 0};
  run.scores = {{"error", {1, 1, 1, 1}}};
  const CellRecord cell = cell_of(run, "x.h5");
  for (std::size_t k = 0; k < roc_rates().size(); ++k) {
    EXPECT_NEAR(cell.roc.at("error")[k], roc_rates()[k], 1e-12);
  }
  run.labels = {0, 0, 0, 0};
  EXPECT_TRUE(cell_of(run, "x.h5").roc.empty());
}

TEST(Histogram, ShowsNormalAndAnomalousRowsWhateverTheTails) {
  std::vector<double> anomalous = even_steps(4000, 0.5, 4);
  std::ranges::transform(anomalous, anomalous.begin(), [](double d) { return std::pow(10, d); });
  const Histogram histogram = histogram_of(even_steps(1000, 0, 12), anomalous);
  EXPECT_GE(bins_above(histogram.normal, 0.01), 8U);
  EXPECT_GE(bins_above(histogram.anomalous, 0.01), 20U);
  EXPECT_LT(std::ranges::max(histogram.normal), 0.2);
  EXPECT_LT(std::ranges::max(histogram.anomalous), 0.2);
  for (const auto* shares : {&histogram.normal, &histogram.anomalous}) {
    EXPECT_NEAR(std::accumulate(shares->begin(), shares->end(), 0.0), 1, 1e-12);
  }
}

TEST(Histogram, AFewNormalRowsAreNotCutOff) {
  const Histogram histogram = histogram_of(even_steps(20, 0, 1), even_steps(20'000, 100, 200));
  EXPECT_LT(std::ranges::max(histogram.normal), 0.3);
  EXPECT_LT(histogram.axis.value(0), 0.05);
}

TEST(Histogram, EqualNormalRowsHaveAnAxis) {
  const Histogram histogram = histogram_of({0, 0, 0}, {0, 1, 2, 3});
  EXPECT_EQ(histogram.normal.front(), 1);
  EXPECT_EQ(bins_above(histogram.anomalous, 0.25), 4U);
  EXPECT_EQ(bins_above(histogram_of({}, {1, 2, 3, 4}).anomalous, 0.25), 4U);
}

TEST(CompositeDots, AreThePrincipalComponentsAndTheErrors) {
  store::RunRecord run;
  run.labels = {0, 0, 1, 1};
  run.composite_columns = {"z0", "z1", "e", "c"};
  // All variance along (1, 1) / sqrt(2), mean (1, 1).
  run.composite["test"] =
      Matrix<float>(4, 4, {0, 0, .1F, .5F, 2, 2, .2F, .6F, 4, 4, .3F, .7F, -2, -2, .4F, .8F});
  const auto dots = figures_of(run).composite.value();
  ASSERT_EQ(dots.latent.normal.size(), 2U);
  EXPECT_NEAR(dots.latent.normal[0].x, -std::sqrt(2), 1e-6);
  EXPECT_NEAR(dots.latent.anomalous[0].x, 3 * std::sqrt(2), 1e-6);
  EXPECT_NEAR(dots.latent.anomalous[1].x, -3 * std::sqrt(2), 1e-6);
  EXPECT_NEAR(dots.latent.anomalous[1].y, 0, 1e-6);
  EXPECT_NEAR(dots.reconstruction.anomalous[1].x, .4, 1e-6);
  EXPECT_NEAR(dots.reconstruction.normal[0].y, .5, 1e-6);
}

TEST(CompositeDots, AreAbsentWithoutTwoLatents) {
  store::RunRecord run;
  run.labels = {0, 1};
  run.composite_columns = {"z0", "e", "c"};
  run.composite["test"] = Matrix<float>(2, 3);
  EXPECT_FALSE(figures_of(run).composite.has_value());
  run.composite.clear();
  EXPECT_FALSE(figures_of(run).composite.has_value());
}

TEST(Figures, DoNotGrowWithTheRows) {
  std::size_t size[2];
  for (const std::size_t times : {1U, 50U}) {
    store::RunRecord run = tests::sample_run("glyphs/unimodal/class0/seed0", 0);
    const std::size_t rows = run.labels.size();
    for (std::size_t k = 0; k < rows * (times - 1); ++k) {
      run.labels.push_back(run.labels[k % rows]);
      for (auto& [method, scores] : run.scores) {
        scores.push_back(scores[k % rows] + 1e-3 * static_cast<double>(k));
      }
    }
    run.composite["test"] = tests::sample_composite(Random(1, Purpose::test), rows * times, 0);
    const CellGroup group = group_of({run});
    size[times > 1 ? 1 : 0] = roc_figure(group)->html.size() +
                              composite_figure(group)->html.size() +
                              histogram_figure(group)->html.size();
    EXPECT_LE(group.figures.begin()->second.composite->latent.anomalous.size(), kMostDots);
  }
  EXPECT_LT(size[1], 2 * size[0]);
}

TEST(Figures, SeedsGiveAnIntervalAndOneSeedNone) {
  const auto run = [](int seed) {
    return tests::sample_run("glyphs/unimodal/class0/seed" + std::to_string(seed), seed);
  };
  EXPECT_EQ(count(roc_figure(group_of({run(0)}))->html, "<polygon"), 0U);
  const auto figure = roc_figure(group_of({run(0), run(1), run(2)}));
  EXPECT_EQ(count(figure->html, "<polygon"), 1U);  // of the main method
  EXPECT_NE(figure->caption.find("95 % interval"), std::string::npos);
}

TEST(Figures, NoiseScalesNameTheirColumns) {
  const CellGroup group = group_of({tests::sample_run("glyphs/unimodal/class0/seed0", 0),
                                    tests::sample_run("glyphs/unimodal/class0/seed1", 1)});
  const auto figure = noise_figure(group);
  for (const char* name : {">z0<", ">e<", ">c<", ">LatNCE<", ">CNCE<", ">CANCE<"}) {
    EXPECT_NE(figure->html.find(name), std::string::npos) << name;
  }
  EXPECT_EQ(count(figure->html, "<path"), 3U);
}

TEST(Figures, NamesOfColumnsDoNotOverlap) {
  store::RunRecord run = tests::sample_run("glyphs/unimodal/class0/seed0", 0);
  const std::vector<std::string> others{"brightness", "contrast", "e", "c"};
  for (const std::size_t latents : {8U, 32U}) {
    run.composite_columns.clear();
    for (std::size_t i = 0; i < latents; ++i) {
      run.composite_columns.push_back(fmt::format("z{}", i));
    }
    run.noise["latnce"].assign(latents + 2, 1.1);  // ends with a long name
    run.composite_columns.insert(run.composite_columns.end(), others.begin(), others.end());
    run.noise["cnce"].assign(latents + 4, 1.1);
    run.noise["cance"].assign(latents + 4, 1.1);
    const auto figure = noise_figure(group_of({run}));
    auto labels = column_labels(figure->html);
    ASSERT_GT(labels.size(), 15U);
    std::ranges::sort(labels, {}, [](const ColumnLabel& label) { return label.at.x; });
    for (std::size_t i = 0; i + 1 < labels.size(); ++i) {
      constexpr double kLetter = 5.7;
      const auto letters = static_cast<double>(labels[i].name.size() + labels[i + 1].name.size());
      EXPECT_GE(labels[i + 1].at.x - labels[i].at.x, kLetter * letters / 2)
          << labels[i].name << " and " << labels[i + 1].name;
    }
    EXPECT_EQ(labels.back().name, "c");
    EXPECT_EQ(count(figure->caption,
                    fmt::format(" Columns: z0 to z{}, brightness, contrast, e, c.", latents - 1)),
              1U);
  }
}

TEST(Figures, GalleryHoldsImagesAndErrors) {
  store::RunRecord run = tests::sample_run("glyphs/unimodal/class0/seed0", 0);
  EXPECT_EQ(count(gallery_figure(group_of({run}))->html, "<img"), 4U);  // two a strip
  run.gallery.image = {2, 14, 28};  // channels that are no colours are shown by their first
  EXPECT_EQ(count(gallery_figure(group_of({run}))->html, "<img"), 4U);
  run.gallery.output = run.gallery.input;  // no error at all
  EXPECT_TRUE(gallery_figure(group_of({run})).has_value());
  run.gallery = {};
  EXPECT_FALSE(gallery_figure(group_of({run})).has_value());
}

TEST(Figures, NothingToDrawIsNoFigure) {
  store::RunRecord run;
  run.info.case_name = "all";
  run.labels = {0, 0};
  const CellGroup group = group_of({run});
  for (const auto& draw : {methods_figure, seeds_figure, roc_figure, histogram_figure,
                           composite_figure, training_figure, noise_figure, gallery_figure}) {
    EXPECT_FALSE(draw(group).has_value());
  }
}

TEST(Figures, ConstantFeaturesAndLossesHaveAxes) {
  store::RunRecord run = tests::sample_run("glyphs/unimodal/class0/seed0", 0);
  for (float& value : run.composite["test"].values()) {
    value = 0;
  }
  for (auto& [method, scores] : run.scores) {
    scores.assign(scores.size(), 1.5);
  }
  run.history = {{"cance", {{1}, {2.5}, {2.5}, {1}}}};
  const CellGroup group = group_of({run});
  for (const auto& draw : {methods_figure, roc_figure, histogram_figure, composite_figure,
                           training_figure, noise_figure, gallery_figure}) {
    const auto figure = draw(group);
    ASSERT_TRUE(figure.has_value());
    EXPECT_EQ(figure->html.find("nan"), std::string::npos);
    EXPECT_EQ(figure->html.find("inf"), std::string::npos);
  }
}

}  // namespace
}  // namespace cance::report
