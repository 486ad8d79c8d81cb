// Figures of what was learned: losses by epoch, and the noise scales.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/text.hpp"
#include "config/methods.hpp"
#include "report/figures/figures.hpp"
#include "report/figures/panels.hpp"
#include "report/runs/aggregate.hpp"

namespace cance::report {
namespace {

const Stroke kTrain{kNormalColour, 1.6, ""};
const Stroke kHeld{kAnomalousColour, 1.6, "5 3"};

std::vector<Point> loss_points(const store::History& history, const std::vector<double>& loss) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < std::min(loss.size(), history.epoch.size()); ++i) {
    if (std::isfinite(loss[i])) {
      points.push_back({static_cast<double>(history.epoch[i]), loss[i]});
    }
  }
  return points;
}

/// A curve, with its points where they are few.
void draw_loss(Svg& svg, const Plot& plot, const std::vector<Point>& points, const Stroke& stroke) {
  constexpr std::size_t kFew = 12;
  svg.polyline(plot.at(points), stroke);
  if (points.size() <= kFew) {
    svg.dots(plot.at(points), 2, stroke.colour, 1);
  }
}

/// Training and validation loss of one stage; false when there is no point to draw.
bool draw_losses(Svg& svg, const PanelGrid& grid, std::size_t panel, const std::string& stage,
                 const store::History& history) {
  const auto train = loss_points(history, history.train_loss);
  const auto held = loss_points(history, history.validation_loss);
  std::vector<Point> all(train);
  all.insert(all.end(), held.begin(), held.end());
  if (all.empty()) {
    return false;
  }
  const auto [left, right] = std::ranges::minmax(all, {}, &Point::x);
  const auto [low, high] = std::ranges::minmax(all, {}, &Point::y);
  const double epochs = right.x - left.x;
  const Scale x = epochs > 0 ? Scale::around(left.x, right.x) : Scale(left.x - 0.5, left.x + 0.5);
  const Plot plot = grid.plot(panel, x, Scale::around(low.y, high.y));
  PlotTexts texts = grid.texts(panel, config::stage_title(stage), "epoch", "loss");
  texts.x_ticks = static_cast<int>(std::clamp(epochs, 1.0, 4.0));  // whole epochs only
  draw_frame(svg, plot, texts);
  draw_loss(svg, plot, train, kTrain);
  draw_loss(svg, plot, held, kHeld);
  return true;
}

/// Mean, smallest and largest a of one column over the cells that learned one.
struct ScaleRange {
  double mean = 0, low = 0, high = 0;
};

/// By column; cells whose composite feature has other columns than the first are left out.
std::vector<ScaleRange> scale_ranges(const CellGroup& group, const std::string& method) {
  std::vector<std::vector<double>> columns;
  for (const CellRecord& cell : group.cells) {
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

/// Names of the columns below the axis, from the right those that fit beside what stands there.
void draw_column_labels(Svg& svg, const Plot& plot, const std::vector<std::string>& columns,
                        std::size_t shown) {
  constexpr double kSize = 10;
  constexpr double kApart = 5;
  constexpr double kOver = 9;  // a label may reach beyond the plot, not into the next panel
  double room = plot.left + plot.width + kOver;
  for (std::size_t i = std::min(shown, columns.size()); i-- > 0;) {
    const double x = plot.at(static_cast<double>(i), 0).x;
    const double half = text_width(columns[i], kSize) / 2;
    if (x + half <= room) {
      svg.text({x, plot.top + plot.height + 13}, columns[i], Anchor::middle, kSize);
      room = x - half - kApart;
    }
  }
}

/// " Columns: z0 to z7, brightness, contrast, e, c.", as not every name fits below an axis.
std::string columns_note(const std::vector<std::string>& columns) {
  const auto other = std::ranges::find_if_not(
      columns, [](const std::string& name) { return name.starts_with('z'); });
  std::vector<std::string> names(other, columns.end());
  if (other != columns.begin()) {
    const std::string& last = *std::prev(other);
    names.insert(names.begin(), last == columns.front() ? last : columns.front() + " to " + last);
  }
  return names.empty() ? "" : " Columns: " + join(names, ", ") + ".";
}

}  // namespace

std::optional<Figure> training_figure(const CellGroup& group) {
  if (group.cases.empty() || !group.figures.contains(group.cases.front())) {
    return std::nullopt;
  }
  const auto& stages = group.figures.at(group.cases.front()).history;
  const PanelGrid grid(stages.size(), {{"training", kTrain}, {"validation", kHeld}}, {5, 150, 52});
  Svg svg = grid.picture("Training curves");
  bool any = false;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    any = draw_losses(svg, grid, i, stages[i].first, stages[i].second) || any;
  }
  if (!any) {
    return std::nullopt;
  }
  return Figure{
      svg.str(),
      fmt::format("Loss by epoch in each stage of the first cell, {}, seed {}; validation dashed.",
                  group.cases.front(), group.cells.front().seed)};
}

std::optional<Figure> noise_figure(const CellGroup& group) {
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
        grid.texts(m, config::method_title(methods[m]), "column of the composite feature", "a");
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
                  "smallest to largest.{}",
                  group.cells.size(), columns_note(group.cells.front().columns))};
}

}  // namespace cance::report
