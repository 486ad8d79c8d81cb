// Figures of one metric: boxes over all cells, and over the seeds of each case.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/plural.hpp"
#include "base/ranges.hpp"
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

  [[nodiscard]] double median() const { return stats::quantile(values, 0.5); }
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

/// Holds all values of the methods whose median is at or above `start`.
Scale scale_of(const std::vector<Box>& boxes, double start) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Box& box : boxes) {
    if (box.median() >= start) {
      low = std::min(low, box.values.front());
      high = std::max(high, box.values.back());
    }
  }
  return Scale::around(low, high);
}

/// Dots around the line y; where they are enough the range, the quartiles and the median, else
/// their mean. `step` is the room of a method.
void draw_box(Picture& picture, const Plot& plot, double y, double step,
              const std::vector<double>& sorted, const Stroke& stroke) {
  const auto x = [&](double value) { return plot.left + plot.width * plot.x.unit(value); };
  const double half = kHalfBox * step;
  constexpr std::size_t kJitter = 7;
  std::vector<Point> dots;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double shift = static_cast<double>(i * 3 % kJitter) / (kJitter - 1) * 2 - 1;
    dots.push_back({x(sorted[i]), y + 0.8 * half * shift});
  }
  picture.dots(dots, step > 30 ? 3 : 2.2, stroke.colour, 0.55);
  if (sorted.size() < kFewestSummed) {
    return;
  }
  const Stroke outline{"#222", 1};
  const double low = x(stats::quantile(sorted, 0.25));
  const double high = x(stats::quantile(sorted, 0.75));
  const double median = x(stats::quantile(sorted, 0.5));
  picture.line({x(sorted.front()), y}, {low, y}, outline);
  picture.line({high, y}, {x(sorted.back()), y}, outline);
  picture.rectangle({low, y - half}, high - low, 2 * half, outline);
  picture.line({median, y - half}, {median, y + half}, {"#222", 2.4});
}

/// An arrow to the left and the median of a method that is beyond the axis.
void draw_beyond(Picture& picture, const Plot& plot, double y, double size, double median) {
  const double x = plot.left + 4;
  picture.add(Path{{{x, y}, {x + 7, y - 3.5}, {x + 7, y + 3.5}}, {}, "#555", 1, /*closed=*/true});
  picture.text({x + 11, y + 0.35 * size}, share_text(median, 3), Anchor::start, size);
}

/// `names` is the room for the methods' names, `size` that of their font. Whether a method is
/// beyond the axis.
bool draw_boxes(Picture& picture, const PanelGrid& grid, std::size_t panel, const PlotTexts& texts,
                const CellGroup& group, const std::vector<Box>& boxes, double names, double size) {
  const double start = axis_start(mapped(boxes, &Box::median));
  const Plot plot = grid.plot(panel, scale_of(boxes, start), Scale(0, 1));
  draw_frame(picture, plot, texts);
  const double step = plot.height / static_cast<double>(boxes.size());
  bool beyond = false;
  for (std::size_t m = 0; m < boxes.size(); ++m) {
    const double y = plot.top + step * (static_cast<double>(m) + 0.5);
    const std::string& method = boxes[m].method;
    picture.group(config::method_title(method));
    picture.text({plot.left - 6, y + 0.35 * size},
                 fitted(config::method_title(method), names - 8, size), Anchor::end, size);
    if (boxes[m].median() < start) {
      draw_beyond(picture, plot, y, size, boxes[m].median());
      beyond = true;
    } else {
      draw_box(picture, plot, y, step, boxes[m].values, method_stroke(group, method));
    }
  }
  picture.group("");
  return beyond;
}

std::string box_note(bool boxed, bool beyond) {
  return fmt::format(
      "{}{}",
      boxed ? fmt::format(" Of {} or more the box spans the quartiles, the thick bar is the "
                          "median, the line the whole range.",
                          kFewestSummed)
            : "",
      beyond ? " Of a method far below the others, an arrow and the median." : "");
}

CsvLines box_data(const CellGroup& group) {
  CsvLines data({"case", "seed", "method", lead_metric(group)});
  for (const CellRecord& cell : group.cells) {
    for (const std::string& method : group.methods) {
      const double value = cell.metric(method, lead_metric(group));
      if (std::isfinite(value)) {
        data.add({cell.case_name, fmt::format("{}", cell.seed), method, exact_text(value)});
      }
    }
  }
  return data;
}

bool has_boxes(const std::vector<Box>& boxes) {
  return std::ranges::any_of(boxes,
                             [](const Box& box) { return box.values.size() >= kFewestSummed; });
}

}  // namespace

std::optional<Figure> methods_figure(const CellGroup& group) {
  const std::vector<Box> boxes = boxes_of(group, "");
  if (boxes.empty()) {
    return std::nullopt;
  }
  constexpr double kRow = 34;
  constexpr double kNames = 120;
  const std::string metric = store::metric_title(lead_metric(group), group.protocol);
  const PanelGrid grid(1, {}, {1, kRow * static_cast<double>(boxes.size()), kNames});
  Picture picture = grid.picture(metric + " by method");
  PlotTexts texts = grid.texts(0, "", metric, "");
  texts.x_ticks = 9;
  texts.y_ticks = 0;
  const bool beyond = draw_boxes(picture, grid, 0, texts, group, boxes, kNames, 12);
  return Figure{"methods", std::move(picture),
                fmt::format("{} by method, {} ({}, {}). A dot is a cell.{}", metric,
                            plural(group.cells.size(), "cell"), plural(group.cases.size(), "case"),
                            plural(group.seeds.size(), "seed"), box_note(has_boxes(boxes), beyond)),
                box_data(group)};
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
  const PanelGrid grid(cases.size(), {}, {4, height, kNames});
  Picture picture = grid.picture(metric + " over seeds");
  bool boxed = false;
  bool beyond = false;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::vector<Box> boxes = boxes_of(group, cases[i]);
    if (!boxes.empty()) {
      PlotTexts texts = grid.texts(i, cases[i], metric, "");
      texts.x_ticks = 3;
      texts.y_ticks = 0;
      beyond = draw_boxes(picture, grid, i, texts, group, boxes, kNames, 10) || beyond;
      boxed = boxed || has_boxes(boxes);
    }
  }
  return Figure{"seeds", std::move(picture),
                fmt::format("{} over the seeds of each case. A dot is a cell.{} Every panel has "
                            "its own axis.{}",
                            metric, box_note(boxed, beyond), cases_note(group)),
                box_data(group)};
}

}  // namespace cance::report
