// Figures of what was learned: losses by epoch, and the noise scales.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/figures.hpp"
#include "report/panels.hpp"

namespace cance::report {

namespace {

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

/// Mean, smallest and largest a of one column over the cells that learned one.
struct ScaleRange {
  double mean = 0, low = 0, high = 0;
};

/// By column; cells whose composite feature has other columns than the first are left out.
std::vector<ScaleRange> scale_ranges(const Group& group, const std::string& method) {
  std::vector<std::vector<double>> columns;
  for (const Cell& cell : group.cells) {
    const auto found = cell.noise.find(method);
    if (found == cell.noise.end() || found->second.empty()) {
      continue;
    }
    columns.resize(columns.empty() ? found->second.size() : columns.size());
    for (std::size_t i = 0; i < columns.size() && found->second.size() == columns.size(); ++i) {
      columns[i].push_back(found->second[i]);
    }
  }
  std::vector<ScaleRange> ranges;
  for (const auto& values : columns) {
    const auto [low, high] = std::ranges::minmax(values);
    double sum = 0;
    std::ranges::for_each(values, [&sum](double value) { sum += value; });
    ranges.push_back({sum / static_cast<double>(values.size()), low, high});
  }
  return ranges;
}

/// Methods of the group with noise scales, in the order of tables.
std::vector<std::string> scaled_methods(const Group& group) {
  std::vector<std::string> methods(group.methods);
  std::erase_if(methods,
                [&](const std::string& method) { return scale_ranges(group, method).empty(); });
  return methods;
}

/// Names of the columns below the axis, each where there is room, else every k-th and the last.
void draw_column_labels(Svg& svg, const Plot& plot, const std::vector<std::string>& columns,
                        std::size_t shown) {
  constexpr double kRoom = 22;
  const auto fit = static_cast<std::size_t>(plot.width / kRoom);
  const std::size_t step = (shown + fit - 1) / fit;
  for (std::size_t i = 0; i < std::min(shown, columns.size()); ++i) {
    const bool last = i + 1 == shown;
    if (last || (i % step == 0 && i + step <= shown)) {
      const Point at = plot.at(static_cast<double>(i), 0);
      svg.text({at.x, plot.top + plot.height + 13}, columns[i], Anchor::middle, 10);
    }
  }
}

}  // namespace

std::optional<Figure> training_figure(const Group& group) {
  if (group.cases.empty() || !group.figures.contains(group.cases.front())) {
    return std::nullopt;
  }
  const auto& stages = group.figures.at(group.cases.front()).history;
  const Stroke train{kNormalColour, 1.6, ""};
  const Stroke held{kAnomalousColour, 1.6, "5 3"};
  const PanelGrid grid(stages.size(), {{"training", train}, {"validation", held}}, {5, 150, 52});
  Svg svg = grid.picture("Training curves");
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

std::optional<Figure> noise_figure(const Group& group) {
  const auto methods = scaled_methods(group);
  if (methods.empty()) {
    return std::nullopt;
  }
  const PanelGrid grid(methods.size(), {}, {3, 150, 52});
  Svg svg = grid.picture("Learned noise scales");
  for (std::size_t m = 0; m < methods.size(); ++m) {
    const auto ranges = scale_ranges(group, methods[m]);
    const double highest = std::ranges::max(ranges, {}, &ScaleRange::high).high;
    const auto n = static_cast<double>(ranges.size());
    const Plot plot = grid.plot(m, Scale(-0.5, n - 0.5), Scale::around(1, std::max(highest, 1.01)));
    PlotTexts texts =
        grid.texts(m, store::method_title(methods[m]), "column of the composite feature", "a");
    texts.x_ticks = 0;
    draw_frame(svg, plot, texts);
    const Stroke stroke = method_stroke(group, methods[m]);
    std::vector<Point> means;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const auto x = static_cast<double>(i);
      svg.line(plot.at(x, ranges[i].low), plot.at(x, ranges[i].high), {stroke.colour, 1.2, ""});
      means.push_back(plot.at(x, ranges[i].mean));
    }
    svg.dots(means, ranges.size() > 40 ? 1.5 : 2.8, stroke.colour, 1);
    draw_column_labels(svg, plot, group.cells.front().columns, ranges.size());
  }
  return Figure{
      svg.str(),
      fmt::format("Learned noise scales a of each column of the composite feature (1: the "
                  "noise has the spread of the data). Dot: mean over the {} cells, line: "
                  "smallest to largest.",
                  group.cells.size())};
}

}  // namespace cance::report
