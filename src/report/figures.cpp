#include "report/figures.hpp"

#include <algorithm>
#include <cmath>

#include "report/panels.hpp"
#include "stats/summary.hpp"

namespace cance::report {

namespace {

constexpr std::size_t kMostColumns = 5;
constexpr const char* kNormalColour = "#0072B2";
constexpr const char* kAnomalousColour = "#D55E00";

std::vector<double> sorted_aurocs(const Group& group, const std::string& method) {
  std::vector<double> values;
  for (const Cell& cell : group.cells) {
    const double value = cell.metric(method, kAuroc);
    if (std::isfinite(value)) {
      values.push_back(value);
    }
  }
  std::ranges::sort(values);
  return values;
}

void draw_box(Svg& svg, const Plot& plot, double y, const std::vector<double>& sorted,
              const Stroke& stroke) {
  const auto x = [&](double value) { return plot.left + plot.width * plot.x.unit(value); };
  constexpr double kHalf = 9;
  constexpr std::size_t kJitter = 7;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double shift = kHalf * (static_cast<double>(i * 3 % kJitter) / (kJitter - 1) * 2 - 1);
    svg.dot({x(sorted[i]), y + shift}, 3, stroke.colour, 0.45);
  }
  const Stroke outline{"#222", 1.2, ""};
  const double low = x(stats::quantile(sorted, 0.25));
  const double high = x(stats::quantile(sorted, 0.75));
  const double median = x(stats::quantile(sorted, 0.5));
  svg.line({x(sorted.front()), y}, {low, y}, outline);
  svg.line({high, y}, {x(sorted.back()), y}, outline);
  svg.rectangle({low, y - kHalf - 3}, high - low, 2 * kHalf + 6, outline);
  svg.line({median, y - kHalf - 3}, {median, y + kHalf + 3}, {"#222", 3, ""});
}

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
  const int rank = store::method_rank(method);
  return rank > store::method_rank("error") && rank <= store::method_rank("cance");
}

/// Outline of a histogram from the base line over the bins and back.
std::vector<Point> step_outline(const Histogram& histogram, const std::vector<double>& bins) {
  const double width = (histogram.high - histogram.low) / static_cast<double>(bins.size());
  std::vector<Point> points{{histogram.low, 0}};
  for (std::size_t b = 0; b < bins.size(); ++b) {
    const double left = histogram.low + width * static_cast<double>(b);
    points.push_back({left, bins[b]});
    points.push_back({left + width, bins[b]});
  }
  points.push_back({histogram.high, 0});
  return points;
}

std::vector<Point> loss_points(const store::History& history, const std::vector<double>& loss) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < std::min(loss.size(), history.epoch.size()); ++i) {
    if (std::isfinite(loss[i])) {
      points.push_back({static_cast<double>(history.epoch[i]), loss[i]});
    }
  }
  return points;
}

/// Scales that hold both curves; nothing when there is no point.
std::optional<std::pair<Scale, Scale>> loss_scales(const std::vector<Point>& train,
                                                   const std::vector<Point>& held) {
  std::vector<Point> all(train);
  all.insert(all.end(), held.begin(), held.end());
  if (all.empty()) {
    return std::nullopt;
  }
  const auto [left, right] = std::ranges::minmax(all, {}, &Point::x);
  const auto [low, high] = std::ranges::minmax(all, {}, &Point::y);
  return std::pair{Scale::around(left.x, right.x), Scale::around(low.y, high.y)};
}

}  // namespace

std::optional<Figure> auroc_figure(const Group& group) {
  double low = 1;
  double high = 0;
  std::vector<std::string> methods;
  for (const std::string& method : group.methods) {
    const auto values = sorted_aurocs(group, method);
    if (!values.empty()) {
      methods.push_back(method);
      low = std::min(low, values.front());
      high = std::max(high, values.back());
    }
  }
  if (methods.empty()) {
    return std::nullopt;
  }
  constexpr double kRow = 40;
  const double height = kRow * static_cast<double>(methods.size());
  Svg svg(kFigureWidth, height + 50, "AUROC by method");
  const Plot plot{100, 8, kFigureWidth - 120, height, Scale::around(low, high), Scale(0, 1)};
  PlotTexts texts;
  texts.x_label = "AUROC";
  texts.x_ticks = 9;
  texts.y_ticks = 1;
  texts.y_tick_labels = false;
  draw_frame(svg, plot, texts);
  for (std::size_t m = 0; m < methods.size(); ++m) {
    const double y = plot.top + kRow * (static_cast<double>(m) + 0.5);
    svg.text({plot.left - 8, y + 4}, store::method_title(methods[m]), Anchor::end, 12);
    draw_box(svg, plot, y, sorted_aurocs(group, methods[m]), method_stroke(methods[m], m));
  }
  return Figure{
      svg.str(),
      fmt::format("AUROC of all {} cells ({} cases, {} seeds) by method. A dot is a cell; the box "
                  "spans the quartiles, the thick bar is the median, the line the whole range.",
                  group.cells.size(), group.cases.size(), group.seeds.size())};
}

std::optional<Figure> roc_figure(const Group& group) {
  const auto cases = drawn_cases(group);
  const PanelGrid grid(cases.size(), kMostColumns);
  Svg svg(kFigureWidth, grid.height(), "ROC curves");
  std::vector<LegendItem> legend;
  for (std::size_t m = 0; m < group.methods.size(); ++m) {
    legend.push_back({store::method_title(group.methods[m]), method_stroke(group.methods[m], m)});
  }
  legend.push_back({"chance", {"#999", 1, "1 3"}});
  draw_legend(svg, legend);
  const auto chance = chance_line();
  bool any = false;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Plot plot = grid.plot(i, roc_scale(), Scale(0, 1));
    draw_frame(svg, plot,
               grid.texts(i, panel_title(group, cases[i]), "false positive rate (log)",
                          "true positive rate"));
    svg.polyline(plot.at(chance), legend.back().stroke);
    for (const RocLine& line : group.figures.at(cases[i]).roc) {
      const auto position = std::ranges::find(group.methods, line.method) - group.methods.begin();
      svg.polyline(plot.at(line.points),
                   method_stroke(line.method, static_cast<std::size_t>(position)));
      any = true;
    }
  }
  if (!any) {
    return std::nullopt;
  }
  return Figure{svg.str(),
                "ROC curves by case. " + shown_note(group) +
                    " The false positive rate runs on a logarithmic axis from .001 to 1."};
}

std::optional<Figure> histogram_figure(const Group& group) {
  const auto cases = drawn_cases(group);
  const PanelGrid grid(cases.size(), kMostColumns);
  Svg svg(kFigureWidth, grid.height(), "Score histograms");
  const Stroke normal{kNormalColour, 1.4, ""};
  const Stroke anomalous{kAnomalousColour, 1.4, "4 2"};
  draw_legend(svg, {{"normal", normal}, {"anomalous", anomalous}});
  std::string method;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Histogram& histogram = group.figures.at(cases[i]).histogram;
    if (histogram.normal.empty()) {
      continue;
    }
    method = histogram.method;
    const double peak =
        std::max(std::ranges::max(histogram.normal), std::ranges::max(histogram.anomalous));
    const Plot plot =
        grid.plot(i, Scale(histogram.low, histogram.high), Scale(0, std::max(1.05 * peak, 1e-3)));
    draw_frame(svg, plot, grid.texts(i, panel_title(group, cases[i]), "score", "share of rows"));
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
                            "summing to 1. {} The end bins "
                            "hold the rows beyond them.",
                            store::method_title(method),
                            in_nats(method) ? " (nats, high = anomalous)" : "", shown_note(group))};
}

std::optional<Figure> training_figure(const Group& group) {
  if (group.cases.empty() || !group.figures.contains(group.cases.front())) {
    return std::nullopt;
  }
  const auto& stages = group.figures.at(group.cases.front()).history;
  const PanelGrid grid(stages.size(), 4);
  Svg svg(kFigureWidth, grid.height(), "Training curves");
  const Stroke train{kNormalColour, 1.6, ""};
  const Stroke held{kAnomalousColour, 1.6, "5 3"};
  draw_legend(svg, {{"training", train}, {"validation", held}});
  bool any = false;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const auto& [stage, history] = stages[i];
    const auto train_points = loss_points(history, history.train_loss);
    const auto held_points = loss_points(history, history.validation_loss);
    const auto scales = loss_scales(train_points, held_points);
    if (scales) {
      const Plot plot = grid.plot(i, scales->first, scales->second);
      draw_frame(svg, plot, grid.texts(i, stage, "epoch", "loss"));
      svg.polyline(plot.at(train_points), train);
      svg.polyline(plot.at(held_points), held);
      any = true;
    }
  }
  if (!any) {
    return std::nullopt;
  }
  return Figure{
      svg.str(),
      fmt::format("Loss by epoch in each stage of the first cell, {}, seed {}; validation dashed.",
                  group.cases.front(), group.cells.front().info.seed)};
}

}  // namespace cance::report
