// What is kept of a run for its figures: curves, dots and images, whatever the number of rows.
#include "report/runs/drawn.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "report/figures/figures.hpp"
#include "report/figures/panels.hpp"
#include "report/plot/forms.hpp"
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
  std::vector<double> scores(normal);
  scores.insert(scores.end(), anomalous.begin(), anomalous.end());
  std::vector<std::uint8_t> labels(normal.size(), 0);
  labels.resize(scores.size(), 1);
  return report::histogram_of(scores, labels, 0.5);
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

/// The texts of a picture that are turned, or are not, by their places.
std::vector<Text> texts_of(const Picture& picture, bool upright) {
  std::vector<Text> texts;
  for (const Mark& mark : picture.marks()) {
    if (const auto* text = std::get_if<Text>(&mark); text != nullptr && text->upright == upright) {
      texts.push_back(*text);
    }
  }
  return texts;
}

TEST(RocOfCell, IsTheCurveAtFixedRates) {
  // Scores 9 .. 0; anomalous are 9, 8, 5: the curve goes (0, 2/3), (2/7, 2/3), (2/7, 1), (1, 1).
  store::RunRecord run;
  run.labels = {1, 1, 0, 0, 1, 0, 0, 0, 0, 0};
  run.scores = {{"error", {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}};
  const CellRecord cell = cell_of(run, "x.h5");
  const auto& rates = cell.curves.at("error").recall;
  ASSERT_EQ(rates.size(), roc_rates().size());
  EXPECT_NEAR(rates.front(), 2.0 / 3, 1e-12);
  EXPECT_NEAR(rates[place_of(0.2)], 2.0 / 3, 1e-12);
  EXPECT_NEAR(rates[place_of(0.4)], 1, 1e-12);
  EXPECT_NEAR(rates.back(), 1, 1e-12);
  EXPECT_EQ(roc_rates().front(), 0);
  EXPECT_NEAR(roc_rates()[1], 1e-3, 1e-15);
  EXPECT_EQ(roc_rates().back(), 1);
}

TEST(PrecisionOfCell, IsThatOfTheFewestRowsWithTheRecall) {
  // Precision 1 up to recall 2/3; the third anomalous row is the fifth from the top.
  store::RunRecord run;
  run.labels = {1, 1, 0, 0, 1, 0, 0, 0, 0, 0};
  run.scores = {{"error", {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}};
  const auto precision = cell_of(run, "x.h5").curves.at("error").precision;
  ASSERT_EQ(precision.size(), recalls().size());
  double area = 0;
  for (std::size_t k = 0; k < precision.size(); ++k) {
    EXPECT_NEAR(precision[k], recalls()[k] < 0.6667 ? 1 : 0.6, 1e-12) << recalls()[k];
    area += precision[k] / static_cast<double>(precision.size());
  }
  EXPECT_NEAR(area, (1 + 1 + 0.6) / 3, 1e-12);  // average precision
  run.scores = {{"error", std::vector<double>(10, 1.0)}};
  EXPECT_NEAR(cell_of(run, "x.h5").curves.at("error").precision.front(), 0.3, 1e-12);
}

TEST(RocOfCell, TiesAreStraightLinesAndOneClassHasNone) {
  store::RunRecord run;
  run.labels = {1, 0, 1, 0};
  run.scores = {{"error", {1, 1, 1, 1}}};
  const CellRecord cell = cell_of(run, "x.h5");
  for (std::size_t k = 0; k < roc_rates().size(); ++k) {
    EXPECT_NEAR(cell.curves.at("error").recall[k], roc_rates()[k], 1e-12);
  }
  run.labels = {0, 0, 0, 0};
  EXPECT_TRUE(cell_of(run, "x.h5").curves.empty());
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
    std::size_t& sum = size[times > 1 ? 1 : 0] = 0;
    for (const Figure& figure : group_figures(group)) {
      sum += to_svg(figure.picture).size();
    }
    EXPECT_LE(group.figures.begin()->second.composite->latent.anomalous.size(), kMostDots);
  }
  EXPECT_LT(size[1], 2 * size[0]);
}

TEST(Figures, SeedsGiveAnIntervalAndOneSeedNone) {
  const auto run = [](int seed) {
    return tests::sample_run("glyphs/unimodal/class0/seed" + std::to_string(seed), seed);
  };
  const auto areas = [](const Figure& figure) {
    return std::ranges::count_if(figure.picture.marks(), [](const Mark& mark) {
      const auto* path = std::get_if<Path>(&mark);
      return path != nullptr && path->closed && path->stroke.colour.empty();
    });
  };
  const auto lines = [](const Figure& figure) {
    return count(to_svg(figure.picture), "<polyline");
  };
  const Figure one = curve_figures(group_of({run(0)})).front();
  EXPECT_EQ(areas(one), 0);
  const Figure three = curve_figures(group_of({run(0), run(1), run(2)})).front();
  EXPECT_EQ(areas(three), 0);
  EXPECT_NE(three.caption.find("each of the 3 seeds of CANCE"), std::string::npos);
  EXPECT_EQ(lines(three), lines(one) + 2 * 3);  // ROC and precision-recall: 50 normal rows
  const Figure five = curve_figures(group_of({run(0), run(1), run(2), run(3), run(4)})).front();
  EXPECT_EQ(areas(five), 2);  // of the main method
  EXPECT_NE(five.caption.find("95 % interval"), std::string::npos);
}

TEST(Figures, FewValuesAreDotsAndMoreHaveABox) {
  const auto boxes = [](int seeds) {
    std::vector<store::RunRecord> runs;
    for (int seed = 0; seed < seeds; ++seed) {
      runs.push_back(tests::sample_run("glyphs/unimodal/class0/seed" + std::to_string(seed), seed));
    }
    const auto figure = methods_figure(group_of(runs));
    EXPECT_EQ(count(figure->data.text(), "\n"), 1 + 5U * runs.size());
    return count(to_svg(figure->picture), "<polygon") - 1;  // the frame
  };
  EXPECT_EQ(boxes(4), 0U);
  EXPECT_EQ(boxes(5), 5U);
}

TEST(Figures, AMethodFarBelowTheOthersDoesNotStretchTheAxis) {
  EXPECT_EQ(axis_start({.5, .9}), -std::numeric_limits<double>::infinity());
  EXPECT_NEAR(axis_start({.5, .93, .95, .92, .94}), .93 - 3 * .02, 1e-12);
  EXPECT_NEAR(axis_start({.95, .95, .2}), .95 - .03, 1e-12);
  CellGroup group = group_of({tests::sample_run("glyphs/unimodal/class0/seed0", 0)});
  group.cells.front().metrics["error"]["auroc"] = .1;
  const auto figure = methods_figure(group);
  EXPECT_NE(figure->caption.find("far below the others"), std::string::npos);
  EXPECT_EQ(count(to_svg(figure->picture), ">.100<"), 1U);
}

TEST(Figures, ScoresOfEveryMethodHaveTheirThreshold) {
  const CellGroup one = group_of({tests::sample_run("glyphs/unimodal/class0/seed0", 0)});
  auto figures = histogram_figures(one);
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(count(to_svg(figures[0].picture), R"(stroke-dasharray="2 2")"), 1U + 5);
  EXPECT_TRUE(
      figures[0].data.text().starts_with("case,seed,method,from,to,normal,anomalous,threshold\n"));
  EXPECT_EQ(count(figures[0].data.text(), ",13\n"), count(figures[0].data.text(), "\n") - 1);
  store::RunRecord other = tests::sample_run("glyphs/unimodal/class1/seed0", 1);
  other.info.seed = 0;
  other.thresholds.clear();
  CellGroup two = one;
  two.cases.push_back("class1");
  two.cells.push_back(cell_of(other, "x.h5"));
  two.figures["class1"] = figures_of(other);
  figures = histogram_figures(two);
  ASSERT_EQ(figures.size(), 5U);
  EXPECT_EQ(figures[0].name, "scores-cance");
  EXPECT_FALSE(figures[0].folded);
  EXPECT_TRUE(figures[4].folded);
  EXPECT_EQ(count(to_svg(figures[0].picture), R"(stroke-dasharray="2 2")"), 1U + 1);
}

TEST(Figures, TrainingShowsEveryCell) {
  const auto lines = [](const CellGroup& group) {
    return count(to_svg(training_figure(group)->picture), "<polyline");
  };
  const store::RunRecord run = tests::sample_run("glyphs/unimodal/class0/seed0", 0);
  const std::size_t one = lines(group_of({run}));
  const std::size_t three = lines(group_of({run, run, run}));
  EXPECT_EQ(three - one, 2U * 3 * 2);  // two cells more, three stages, training and validation
}

TEST(Figures, NoiseScalesNameTheirColumns) {
  const CellGroup group = group_of({tests::sample_run("glyphs/unimodal/class0/seed0", 0),
                                    tests::sample_run("glyphs/unimodal/class0/seed1", 1)});
  const auto figure = noise_figure(group);
  const std::string svg = to_svg(figure->picture);
  for (const char* name : {">z0<", ">e<", ">c<", ">LatNCE<", ">CNCE<", ">CANCE<"}) {
    EXPECT_NE(svg.find(name), std::string::npos) << name;
  }
  EXPECT_EQ(count(svg, "<path"), 3U);
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
    std::vector<Text> labels = texts_of(figure->picture, /*upright=*/true);
    std::erase_if(labels, [](const Text& text) { return text.size != 10; });
    std::ranges::sort(labels, {}, [](const Text& text) { return text.at.x; });
    std::vector<double> latent_places;  // of the last panel
    for (std::size_t i = 0; i + 1 < labels.size(); ++i) {
      EXPECT_GE(labels[i + 1].at.x - labels[i].at.x, 7) << labels[i].content;
    }
    for (const Text& label : labels) {
      if (label.content == "z0") {
        latent_places.clear();
      }
      if (label.content.starts_with('z')) {
        latent_places.push_back(label.at.x);
      }
    }
    ASSERT_GT(latent_places.size(), 5U);
    for (std::size_t i = 2; i < latent_places.size(); ++i) {  // none drops out
      EXPECT_NEAR(latent_places[i] - latent_places[i - 1], latent_places[1] - latent_places[0],
                  1e-6);
    }
    for (const std::string& name : others) {
      EXPECT_EQ(std::ranges::count(labels, name, &Text::content),
                name == "e" || name == "c" ? 2 : 3)
          << name;
    }
    EXPECT_EQ(count(figure->caption,
                    fmt::format(" Columns: z0 to z{}, brightness, contrast, e, c.", latents - 1)),
              1U);
  }
}

TEST(Figures, GalleryHoldsImagesAndErrors) {
  store::RunRecord run = tests::sample_run("glyphs/unimodal/class0/seed0", 0);
  const auto images = [](const store::RunRecord& record) {
    return count(to_svg(gallery_figures(group_of({record})).front().picture), "<image");
  };
  EXPECT_EQ(images(run), 2U * 3);   // two a strip; no anomalous row has one of the lowest scores
  run.gallery.image = {2, 14, 28};  // channels that are no colours are shown by their first
  EXPECT_EQ(images(run), 2U * 3);
  run.gallery.output = run.gallery.input;  // no error at all
  EXPECT_EQ(gallery_figures(group_of({run})).size(), 1U);
  run.gallery = {};
  EXPECT_TRUE(gallery_figures(group_of({run})).empty());
}

TEST(Gallery, HasAFigureForEveryThreeCases) {
  CellGroup group = group_of({tests::sample_run("glyphs/unimodal/class0/seed0", 0)});
  const CellFigures drawn = group.figures.begin()->second;
  group.cases.clear();
  group.figures.clear();
  for (const char* name : {"a", "b", "c", "d"}) {
    group.cases.emplace_back(name);
    group.figures[name] = drawn;
  }
  const auto figures = gallery_figures(group);
  ASSERT_EQ(figures.size(), 2U);
  EXPECT_EQ(count(to_svg(figures[0].picture), "<image"), 3U * 2 * 3);
  EXPECT_EQ(figures[1].caption, "Test images of d, continued.");
}

TEST(Gallery, OfARunWithoutReconstructionsHasTheImagesAlone) {
  store::RunRecord run;
  run.info.case_name = "all";
  run.labels = {0, 1};
  run.scores = {{"knn", {1, 2}}};
  run.gallery = {"knn", {1, 1, 1}, {1, 0}, {50, 10}, {}};
  CellGroup group = group_of({run});
  group.figures["all"] = figures_of(run);
  const auto figures = gallery_figures(group);
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(count(to_svg(figures[0].picture), "<image"), 4U);  // a sheet a strip
  EXPECT_EQ(figures[0].caption.find("reconstruction"), std::string::npos);
}

TEST(Gallery, ShowsWhatEachClassHasAtTheWrongEnd) {
  store::RunRecord run;
  run.labels = {0, 1, 1, 0, 1, 0};
  run.scores = {{"error", {1, 2, 3, 4, 5, 6}}};
  run.gallery = {"error", {1, 1, 1}, {5, 1, 0, 3}, {50, 10, 0, 30}, {51, 11, 1, 31}};
  const GalleryRow row = figures_of(run).gallery.value();
  const auto inputs = [](const std::vector<GalleryImage>& images) {
    std::vector<int> values;
    for (const GalleryImage& image : images) {
      values.push_back(image.input.front());
    }
    return values;
  };
  EXPECT_EQ(inputs(row.most), (std::vector<int>{50, 30, 10, 0}));  // as far as they were kept
  EXPECT_EQ(inputs(row.least), (std::vector<int>{0, 10, 30, 50}));
  EXPECT_EQ(inputs(row.false_alarms), (std::vector<int>{50, 30, 0}));
  EXPECT_EQ(inputs(row.misses), (std::vector<int>{10}));
  EXPECT_EQ(row.most.front().score, 6);
  EXPECT_FALSE(row.most.front().anomalous);
}

TEST(Figures, NothingToDrawIsNoFigure) {
  store::RunRecord run;
  run.info.case_name = "all";
  run.labels = {0, 0};
  EXPECT_TRUE(group_figures(group_of({run})).empty());
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
  const auto figures = group_figures(group_of({run}));
  EXPECT_EQ(figures.size(), 7U);
  for (const Figure& figure : figures) {
    if (figure.name == "gallery") {
      continue;  // packed images may hold any letters
    }
    for (const std::string& text : {to_svg(figure.picture), to_pdf(figure.picture)}) {
      EXPECT_EQ(text.find("nan"), std::string::npos) << figure.name;
      EXPECT_EQ(text.find("inf"), std::string::npos) << figure.name;
    }
  }
}

}  // namespace
}  // namespace cance::report
