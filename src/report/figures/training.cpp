// Figures of what was learned: losses by epoch, and the noise scales.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <span>
#include <utility>

#include "base/plural.hpp"
#include "base/text.hpp"
#include "config/methods.hpp"
#include "report/figures/figures.hpp"
#include "report/figures/panels.hpp"
#include "report/runs/aggregate.hpp"
#include "stats/summary.hpp"

namespace cance::report {
namespace {

const Stroke kTrain{kNormalColour, 1.4};
const Stroke kHeld{kAnomalousColour, 1.4, "5 3"};

/// Every so many points from the end, so that many cells do not make a large picture.
std::vector<Point> thinned(const std::vector<Point>& points, std::size_t cells) {
  constexpr std::size_t kMostPoints = 4000;  // of a part of a stage
  const std::size_t most = std::max<std::size_t>(kMostPoints / cells, 8);
  const std::size_t step = (points.size() + most - 1) / most;
  std::vector<Point> some;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if ((points.size() - 1 - i) % step == 0) {
      some.push_back(points[i]);
    }
  }
  return some;
}

/// A curve, with its points where they are few; pale among many.
void draw_loss(Picture& picture, const Plot& plot, const std::vector<Point>& all, Stroke stroke,
               std::size_t cells) {
  constexpr std::size_t kFew = 12;
  const std::vector<Point> points = thinned(all, cells);
  if (cells > 1) {
    stroke.width = 0.8;
    stroke.opacity = std::clamp(4.0 / static_cast<double>(cells), 0.15, 0.7);
  }
  picture.polyline(plot.at(points), stroke);
  if (all.size() <= kFew) {
    picture.dots(plot.at(points), cells > 1 ? 1.2 : 2, stroke.colour, stroke.opacity);
  }
}

/// Losses of one stage in every cell that has it.
using Losses = std::vector<const StageRecord*>;

/// Logarithmic where all losses are positive and span more than a factor of ten; else up to where
/// nearly all lie, as the first epochs may be far above.
Scale loss_scale(const Losses& losses) {
  constexpr double kDecade = 10;
  constexpr double kNearlyAll = 0.95;
  constexpr double kFar = 2;
  std::vector<double> values;
  for (const StageRecord* stage : losses) {
    for (const auto* points : {&stage->train, &stage->held}) {
      std::ranges::transform(*points, std::back_inserter(values), &Point::y);
    }
  }
  std::ranges::sort(values);
  const double low = values.front();
  const double high = values.back();
  if (low > 0 && high > kDecade * low) {
    return {low / 1.1, high * 1.1, true};
  }
  const double most = stats::quantile(values, kNearlyAll);
  return Scale::around(low, high - low > kFar * (most - low) && most > low ? most : high);
}

void draw_losses(Picture& picture, const PanelGrid& grid, std::size_t panel,
                 const std::string& stage, const Losses& losses) {
  std::vector<double> epochs;
  for (const StageRecord* record : losses) {
    for (const auto* points : {&record->train, &record->held}) {
      std::ranges::transform(*points, std::back_inserter(epochs), &Point::x);
    }
  }
  const auto [first, last] = std::ranges::minmax(epochs);
  const Scale x = last > first ? Scale::around(first, last) : Scale(first - 0.5, first + 0.5);
  const Plot plot = grid.plot(panel, x, loss_scale(losses));
  PlotTexts texts = grid.texts(panel, config::stage_title(stage), "epoch", "loss");
  texts.x_ticks = static_cast<int>(std::clamp(last - first, 1.0, 4.0));  // whole epochs only
  draw_frame(picture, plot, texts);
  for (const StageRecord* record : losses) {
    draw_loss(picture, plot, record->train, kTrain, losses.size());
    draw_loss(picture, plot, record->held, kHeld, losses.size());
  }
}

CsvLines loss_data(const CellGroup& group) {
  CsvLines data({"case", "seed", "stage", "part", "epoch", "loss"});
  for (const CellRecord& cell : group.cells) {
    for (const auto& [name, stage] : cell.stages) {
      for (const auto& [part, points] :
           {std::pair{"training", &stage.train}, {"validation", &stage.held}}) {
        for (const Point& point : *points) {
          data.add({cell.case_name, fmt::format("{}", cell.seed), name, part,
                    fmt::format("{:.0f}", point.x), exact_text(point.y)});
        }
      }
    }
  }
  return data;
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

constexpr double kLabelSize = 10;

/// Whether names of columns are wider than the room that a column has.
bool are_upright(const std::vector<std::string>& columns, std::size_t shown, double width) {
  constexpr double kApart = 4;
  const double room = width / static_cast<double>(shown);
  return std::ranges::any_of(columns, [&](const std::string& name) {
    return text_width(name, kLabelSize) + kApart > room;
  });
}

/// Names of the columns below the axis: of the latents every first, second, fifth, ... as they fit;
/// the others, which come last, all, moved to the left where they are too close.
void draw_column_labels(Picture& picture, const Plot& plot, const std::vector<std::string>& columns,
                        std::size_t shown, bool upright) {
  constexpr double kSize = kLabelSize;
  const auto count = std::min(shown, columns.size());
  const auto latents = static_cast<std::size_t>(
      std::ranges::count_if(std::span(columns).first(count),
                            [](const std::string& name) { return name.starts_with('z'); }));
  const double room = plot.width / static_cast<double>(shown);
  std::size_t step = 1;
  for (const std::size_t next : {2, 5, 10, 20, 50, 100, 200, 500, 1000}) {
    step = static_cast<double>(step) * room < kSize ? next : step;
  }
  const double bottom = plot.top + plot.height;
  double before = plot.left + plot.width + 2 * kSize;  // the label to the right
  for (std::size_t i = count; i-- > 0;) {
    const double own = plot.at(static_cast<double>(i), 0).x;
    const double room_left = upright ? before - kSize + 1 : own;
    if (i < latents && (i % step != 0 || own > room_left)) {
      continue;
    }
    const double x = std::min(own, room_left);
    before = x;
    picture.add(upright ? Text{{x + 3.5, bottom + 4}, columns[i], Anchor::end, kSize, false, true}
                        : Text{{x, bottom + 13}, columns[i], Anchor::middle, kSize});
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
  std::map<std::pair<int, std::string>, Losses> stages;
  for (const CellRecord& cell : group.cells) {
    for (const auto& [name, stage] : cell.stages) {
      if (!stage.train.empty() || !stage.held.empty()) {
        stages[{stage_rank(name), name}].push_back(&stage);
      }
    }
  }
  if (stages.empty()) {
    return std::nullopt;
  }
  const PanelGrid grid(stages.size(), {{"training", kTrain}, {"validation", kHeld}}, {4, 150, 52});
  Picture picture = grid.picture("Training curves");
  std::size_t panel = 0;
  for (const auto& [key, losses] : stages) {
    draw_losses(picture, grid, panel++, key.second, losses);
  }
  return Figure{"training", std::move(picture),
                fmt::format("Loss by epoch in each stage, a line a cell ({}), validation dashed. "
                            "Losses above the axis, of first epochs, lie at its edge.",
                            plural(group.cells.size(), "cell")),
                loss_data(group)};
}

std::optional<Figure> noise_figure(const CellGroup& group) {
  const auto methods = scaled_methods(group);
  if (methods.empty()) {
    return std::nullopt;
  }
  const auto& columns = group.cells.front().columns;
  constexpr double kWidth = 220;  // of a panel's plot, about
  const bool upright = are_upright(columns, columns.size(), kWidth);
  const PanelGrid grid(methods.size(), {}, {3, 150, 52, upright ? 76.0 : 36.0});
  Picture picture = grid.picture("Learned noise scales");
  CsvLines data({"method", "column", "mean", "lowest", "highest"});
  for (std::size_t m = 0; m < methods.size(); ++m) {
    const auto ranges = scale_ranges(group, methods[m]);
    const double highest = std::ranges::max(ranges, {}, &ScaleRange::high).high;
    const auto n = static_cast<double>(ranges.size());
    const Plot plot = grid.plot(m, Scale(-0.5, n - 0.5), Scale::around(1, std::max(highest, 1.01)));
    PlotTexts texts = grid.texts(m, config::method_title(methods[m]),
                                 upright ? "" : "column of the composite feature", "a");
    texts.x_ticks = 0;
    draw_frame(picture, plot, texts);
    const Stroke stroke = method_stroke(group, methods[m]);
    std::vector<Point> means;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const auto x = static_cast<double>(i);
      picture.line(plot.at(x, ranges[i].low), plot.at(x, ranges[i].high), {stroke.colour, 1.2, ""});
      means.push_back(plot.at(x, ranges[i].mean));
      data.add({methods[m], i < columns.size() ? columns[i] : fmt::format("{}", i),
                exact_text(ranges[i].mean), exact_text(ranges[i].low), exact_text(ranges[i].high)});
    }
    picture.dots(means, ranges.size() > 40 ? 1.5 : 2.8, stroke.colour, 1);
    draw_column_labels(picture, plot, columns, ranges.size(), upright);
  }
  return Figure{
      "noise", std::move(picture),
      fmt::format("Learned noise scales a of each column of the composite feature (1: the "
                  "noise has the spread of the data). Dot: mean over the {} cells, line: "
                  "smallest to largest.{}",
                  group.cells.size(), columns_note(columns)),
      std::move(data)};
}

}  // namespace cance::report
