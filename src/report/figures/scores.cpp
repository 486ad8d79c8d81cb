// Figures of test scores: ROC curves and histograms.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "config/methods.hpp"
#include "report/figures/figures.hpp"
#include "report/figures/panels.hpp"
#include "report/runs/aggregate.hpp"
#include "stats/summary.hpp"

namespace cance::report {
namespace {

/// Equal rates, bent by the logarithmic axis.
std::vector<Point> chance_line() {
  constexpr int kSteps = 60;
  std::vector<Point> points;
  for (int i = 0; i <= kSteps; ++i) {
    const double rate = std::pow(10, -3.0 * (kSteps - i) / kSteps);
    points.push_back({rate, rate});
  }
  return points;
}

/// Densities score in nats, other methods in units of their own.
bool in_nats(const std::string& method) {
  const int rank = config::method_rank(method);
  return rank > config::method_rank("error") && rank <= config::method_rank("cance");
}

/// Outline of a histogram from the base line over the bins and back.
std::vector<Point> step_outline(const Histogram& histogram, const std::vector<double>& bins) {
  const auto edge = [&](std::size_t b) {
    return histogram.axis.value(static_cast<double>(b) / static_cast<double>(bins.size()));
  };
  std::vector<Point> points{{edge(0), 0}};
  for (std::size_t b = 0; b < bins.size(); ++b) {
    points.push_back({edge(b), bins[b]});
    points.push_back({edge(b + 1), bins[b]});
  }
  points.push_back({edge(bins.size()), 0});
  return points;
}

/// Methods whose curves are drawn: all, or the main one and the best by mean AUROC, in table order.
std::vector<std::string> drawn_methods(const CellGroup& group) {
  std::vector<std::string> methods(group.methods);
  const std::string main = group.main_method();
  std::ranges::stable_sort(methods, std::ranges::greater{}, [&](const std::string& method) {
    const double mean = over_cases(group, method).mean;
    return method == main ? 2 : (std::isfinite(mean) ? mean : -1);
  });
  methods.resize(std::min(methods.size(), kMostCurves));
  std::ranges::stable_sort(methods, {}, [&](const std::string& method) {
    return std::ranges::find(group.methods, method) - group.methods.begin();
  });
  return methods;
}

/// Mean true positive rate over a case's seeds at each of roc_rates, and its interval's ends.
struct RocBand {
  std::vector<Point> mean, low, high;
};

RocBand roc_band(const CellGroup& group, const std::string& case_name, const std::string& method) {
  RocBand band;
  for (std::size_t k = 0; k < roc_rates().size(); ++k) {
    std::vector<double> rates;
    for (const CellRecord& cell : group.cells) {
      const auto curve = cell.roc.find(method);
      if (cell.case_name == case_name && curve != cell.roc.end()) {
        rates.push_back(curve->second[k]);
      }
    }
    if (rates.empty()) {
      break;
    }
    const stats::Summary summary = stats::summarise(rates);
    const double x = roc_rates()[k];
    band.mean.push_back({x, summary.mean});
    if (summary.n > 1) {
      const double margin = stats::mean_margin(summary);
      band.low.push_back({x, std::max(summary.mean - margin, 0.0)});
      band.high.push_back({x, std::min(summary.mean + margin, 1.0)});
    }
  }
  return band;
}

void draw_band(Svg& svg, const Plot& plot, const RocBand& band, const Stroke& stroke, bool shaded) {
  if (shaded && !band.low.empty()) {
    std::vector<Point> outline(band.low);
    outline.insert(outline.end(), band.high.rbegin(), band.high.rend());
    svg.area(plot.at(outline), stroke.colour, 0.2);
  }
  svg.polyline(plot.at(band.mean), stroke);
}

}  // namespace

std::optional<Figure> roc_figure(const CellGroup& group) {
  const auto cases = drawn_cases(group);
  const auto methods = drawn_methods(group);
  const std::string main = group.main_method();
  std::vector<LegendItem> legend;
  for (const std::string& method : methods) {
    legend.push_back({config::method_title(method), method_stroke(group, method)});
  }
  legend.push_back({"chance", {"#999", 1, "1 3"}});
  const PanelGrid grid(cases.size(), legend);
  Svg svg = grid.picture("ROC curves");
  const auto chance = chance_line();
  bool any = false;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Plot plot = grid.plot(i, roc_scale(), Scale(0, 1));
    draw_frame(svg, plot,
               grid.texts(i, cases[i], "false positive rate (log)", "true positive rate"));
    svg.polyline(plot.at(chance), legend.back().stroke);
    for (const std::string& method : methods) {
      const RocBand band = roc_band(group, cases[i], method);
      any = any || !band.mean.empty();
      draw_band(svg, plot, band, method_stroke(group, method), method == main);
    }
  }
  if (!any) {
    return std::nullopt;
  }
  return Figure{
      svg.str(),
      fmt::format("ROC curves by case, means over seeds{}. The false positive rate runs on a "
                  "logarithmic axis from .001 to 1.{}{}",
                  group.seeds.size() < 2
                      ? ""
                      : "; shaded: pointwise 95 % interval (Student's t) of the mean of " +
                            config::method_title(main),
                  methods.size() < group.methods.size()
                      ? fmt::format(" Shown are the best {} of {} methods.", methods.size(),
                                    group.methods.size())
                      : "",
                  cases_note(group))};
}

std::optional<Figure> histogram_figure(const CellGroup& group) {
  const auto cases = drawn_cases(group);
  const Stroke normal{kNormalColour, 1.4, ""};
  const Stroke anomalous{kAnomalousColour, 1.4, "4 2"};
  const PanelGrid grid(cases.size(), {{"normal", normal}, {"anomalous", anomalous}});
  Svg svg = grid.picture("Score histograms");
  std::string method;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Histogram& histogram = group.figures.at(cases[i]).histogram;
    if (histogram.normal.empty()) {
      continue;
    }
    method = histogram.method;
    const double peak =
        std::max(std::ranges::max(histogram.normal), std::ranges::max(histogram.anomalous));
    const Plot plot = grid.plot(i, histogram.axis, Scale(0, std::max(1.05 * peak, 1e-3)));
    PlotTexts texts =
        grid.texts(i, panel_title(group, cases[i]),
                   in_nats(histogram.method) ? "score (nats)" : "score", "share of rows");
    constexpr double kTickRoom = 50;
    texts.x_ticks = static_cast<int>(plot.width / kTickRoom);
    draw_frame(svg, plot, texts);
    for (const auto& [bins, stroke] :
         {std::pair{&histogram.normal, &normal}, {&histogram.anomalous, &anomalous}}) {
      const auto outline = plot.at(step_outline(histogram, *bins));
      svg.area(outline, stroke->colour, 0.22);
      svg.polyline(outline, *stroke);
    }
  }
  if (method.empty()) {
    return std::nullopt;
  }
  return Figure{svg.str(),
                fmt::format("Scores of {} on the test rows{}, normal and anomalous each "
                            "summing to 1 over bins of equal width on the axis, which is about "
                            "linear over the middle 90 % of the normal rows and logarithmic "
                            "beyond. {} The end bins also hold the few rows beyond: about .2 % "
                            "of a class, or one row.",
                            config::method_title(method),
                            in_nats(method) ? " (nats, high = anomalous)" : "", seed_note(group))};
}

}  // namespace cance::report
