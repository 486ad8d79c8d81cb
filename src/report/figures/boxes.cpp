// Figures of one metric: boxes over all cells, and over the seeds of each case.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/plural.hpp"
#include "config/methods.hpp"
#include "report/figures/figures.hpp"
#include "report/figures/panels.hpp"
#include "report/runs/aggregate.hpp"
#include "stats/summary.hpp"
#include "store/titles.hpp"

namespace cance::report {
namespace {

constexpr double kHalfBox = 0.3;  ///< of the height a method has

/// A method's finite values, ascending.
struct Box {
  std::string method;
  std::vector<double> values;
};

/// Boxes of the lead metric by method, over the cells of one case or of all (empty name).
std::vector<Box> boxes_of(const CellGroup& group, const std::string& case_name) {
  std::vector<Box> boxes;
  for (const std::string& method : group.methods) {
    Box box{method, {}};
    for (const CellRecord& cell : group.cells) {
      const double value = cell.metric(method, lead_metric(group));
      if (std::isfinite(value) && (case_name.empty() || cell.case_name == case_name)) {
        box.values.push_back(value);
      }
    }
    std::ranges::sort(box.values);
    if (!box.values.empty()) {
      boxes.push_back(std::move(box));
    }
  }
  return boxes;
}

Scale scale_of(const std::vector<Box>& boxes) {
  const auto low = std::ranges::min(boxes, {}, [](const Box& box) { return box.values.front(); });
  const auto high = std::ranges::max(boxes, {}, [](const Box& box) { return box.values.back(); });
  return Scale::around(low.values.front(), high.values.back());
}

/// Dots around the line y, the range, the quartiles and the median; `step` is the room of a method.
void draw_box(Svg& svg, const Plot& plot, double y, double step, const std::vector<double>& sorted,
              const Stroke& stroke) {
  const auto x = [&](double value) { return plot.left + plot.width * plot.x.unit(value); };
  const double half = kHalfBox * step;
  constexpr std::size_t kJitter = 7;
  std::vector<Point> dots;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double shift = static_cast<double>(i * 3 % kJitter) / (kJitter - 1) * 2 - 1;
    dots.push_back({x(sorted[i]), y + 0.8 * half * shift});
  }
  svg.dots(dots, step > 30 ? 3 : 2.2, stroke.colour, 0.55);
  const Stroke outline{"#222", 1, ""};
  const double low = x(stats::quantile(sorted, 0.25));
  const double high = x(stats::quantile(sorted, 0.75));
  const double median = x(stats::quantile(sorted, 0.5));
  svg.line({x(sorted.front()), y}, {low, y}, outline);
  svg.line({high, y}, {x(sorted.back()), y}, outline);
  svg.rectangle({low, y - half}, high - low, 2 * half, outline);
  svg.line({median, y - half}, {median, y + half}, {"#222", 2.4, ""});
}

/// `names` is the room for the methods' names, `size` that of their font.
void draw_boxes(Svg& svg, const Plot& plot, const CellGroup& group, const std::vector<Box>& boxes,
                double names, double size) {
  const double step = plot.height / static_cast<double>(boxes.size());
  for (std::size_t m = 0; m < boxes.size(); ++m) {
    const double y = plot.top + step * (static_cast<double>(m) + 0.5);
    const std::string& method = boxes[m].method;
    svg.text({plot.left - 6, y + 0.35 * size},
             fitted(config::method_title(method), names - 8, size), Anchor::end, size);
    draw_box(svg, plot, y, step, boxes[m].values, method_stroke(group, method));
  }
}

constexpr const char* kBoxNote =
    "the box spans the quartiles, the thick bar is the median, the line the whole range.";

}  // namespace

std::optional<Figure> methods_figure(const CellGroup& group) {
  const std::vector<Box> boxes = boxes_of(group, "");
  if (boxes.empty()) {
    return std::nullopt;
  }
  constexpr double kRow = 34;
  constexpr double kNames = 100;
  const std::string metric = store::metric_title(lead_metric(group), group.protocol);
  const PanelGrid grid(1, {}, {1, kRow * static_cast<double>(boxes.size()), kNames});
  Svg svg = grid.picture(metric + " by method");
  const Plot plot = grid.plot(0, scale_of(boxes), Scale(0, 1));
  PlotTexts texts = grid.texts(0, "", metric, "");
  texts.x_ticks = 9;
  texts.y_ticks = 0;
  draw_frame(svg, plot, texts);
  draw_boxes(svg, plot, group, boxes, kNames, 12);
  return Figure{svg.str(),
                fmt::format("{} by method, {} ({}, {}). A dot is a cell; {}", metric,
                            plural(group.cells.size(), "cell"), plural(group.cases.size(), "case"),
                            plural(group.seeds.size(), "seed"), kBoxNote)};
}

std::optional<Figure> seeds_figure(const CellGroup& group) {
  const auto cases = drawn_cases(group);
  if (cases.size() < 2 || group.seeds.size() < 2) {
    return std::nullopt;
  }
  constexpr double kRow = 19;
  constexpr double kNames = 72;
  const std::string metric = store::metric_title(lead_metric(group), group.protocol);
  const double height = kRow * static_cast<double>(group.methods.size());
  const PanelGrid grid(cases.size(), {}, {5, height, kNames});
  Svg svg = grid.picture(metric + " over seeds");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::vector<Box> boxes = boxes_of(group, cases[i]);
    if (!boxes.empty()) {
      const Plot plot = grid.plot(i, scale_of(boxes), Scale(0, 1));
      PlotTexts texts = grid.texts(i, cases[i], metric, "");
      texts.x_ticks = 3;
      texts.y_ticks = 0;
      draw_frame(svg, plot, texts);
      draw_boxes(svg, plot, group, boxes, kNames, 10);
    }
  }
  return Figure{svg.str(),
                fmt::format("{} over the seeds of each case. A dot is a cell; {} Every panel has "
                            "its own axis.{}",
                            metric, kBoxNote, cases_note(group))};
}

}  // namespace cance::report
