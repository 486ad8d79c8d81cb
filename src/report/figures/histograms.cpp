// Figures of test scores: histograms of normal and anomalous rows.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "config/methods.hpp"
#include "report/figures/figures.hpp"
#include "report/figures/panels.hpp"

namespace cance::report {
namespace {

/// Densities score in nats, other methods in units of their own.
bool in_nats(const std::string& method) {
  const int rank = config::method_rank(method);
  return rank > config::method_rank("error") && rank <= config::method_rank("cance");
}

/// Outline of a histogram from the base line over the bins and back.
std::vector<Point> step_outline(const Histogram& histogram, const std::vector<double>& bins) {
  std::vector<Point> points{{histogram.edge(0), 0}};
  for (std::size_t b = 0; b < bins.size(); ++b) {
    points.push_back({histogram.edge(b), bins[b]});
    points.push_back({histogram.edge(b + 1), bins[b]});
  }
  points.push_back({histogram.edge(bins.size()), 0});
  return points;
}

struct HistogramPanel {
  std::string title, method;
  const CellRecord* cell;  ///< null where no seed has the method
};

const Stroke kNormal{kNormalColour, 1.4, ""};
const Stroke kAnomalous{kAnomalousColour, 1.4, "4 2"};
const Stroke kThreshold{"#222", 1.2, "2 2"};

void draw_histogram(Picture& picture, const PanelGrid& grid, std::size_t i,
                    const HistogramPanel& panel, const Histogram& histogram) {
  const double peak =
      std::max(std::ranges::max(histogram.normal), std::ranges::max(histogram.anomalous));
  const Plot plot = grid.plot(i, histogram.axis, Scale(0, std::max(1.05 * peak, 1e-3)));
  PlotTexts texts =
      grid.texts(i, panel.title, in_nats(panel.method) ? "score (nats)" : "score", "share of rows");
  constexpr double kTickRoom = 50;
  texts.x_ticks = static_cast<int>(plot.width / kTickRoom);
  draw_frame(picture, plot, texts);
  for (const auto& [bins, stroke] :
       {std::pair{&histogram.normal, &kNormal}, {&histogram.anomalous, &kAnomalous}}) {
    const auto outline = plot.at(step_outline(histogram, *bins));
    picture.area(outline, stroke->colour, 0.22);
    picture.polyline(outline, *stroke);
  }
  const double place = histogram.axis.unit(histogram.threshold);
  if (std::isfinite(histogram.threshold) && place > 0 && place < 1) {
    const double x = plot.left + plot.width * place;
    picture.line({x, plot.top}, {x, plot.top + plot.height}, kThreshold);
  }
}

std::optional<Figure> histogram_figure(const CellGroup& group, const std::string& name,
                                       const std::string& title,
                                       std::vector<HistogramPanel> panels) {
  std::erase_if(panels, [](const HistogramPanel& panel) { return panel.cell == nullptr; });
  if (panels.empty()) {
    return std::nullopt;
  }
  const PanelGrid grid(
      panels.size(),
      {{"normal", kNormal}, {"anomalous", kAnomalous}, {"threshold of the run", kThreshold}});
  Picture picture = grid.picture(title);
  CsvLines data({"case", "seed", "method", "from", "to", "normal", "anomalous", "threshold"});
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const auto& [words, method, cell] = panels[i];
    const Histogram& histogram = cell->curves.at(method).histogram;
    draw_histogram(picture, grid, i, panels[i], histogram);
    for (std::size_t b = 0; b < histogram.normal.size(); ++b) {
      data.add({cell->case_name, fmt::format("{}", cell->seed), method,
                exact_text(histogram.edge(b)), exact_text(histogram.edge(b + 1)),
                exact_text(histogram.normal[b]), exact_text(histogram.anomalous[b]),
                csv_number(histogram.threshold)});
    }
  }
  return Figure{name, std::move(picture),
                fmt::format("{}: normal and anomalous test rows, each summing to 1 over bins of "
                            "equal width on the axis, which is about linear over the middle 90 % "
                            "of the normal rows and logarithmic beyond. {} The end bins also hold "
                            "the few rows beyond: about .2 % of a class, or one row.",
                            title, seed_note(group)),
                std::move(data)};
}

/// The lowest seed of a case that has the method.
HistogramPanel panel_of(const CellGroup& group, const std::string& case_name,
                        const std::string& method) {
  for (const CellRecord& cell : group.cells) {
    if (cell.case_name == case_name && cell.curves.contains(method)) {
      return {panel_title(group, case_name, cell.seed), method, &cell};
    }
  }
  return {};
}

}  // namespace

std::vector<Figure> histogram_figures(const CellGroup& group) {
  const auto cases = drawn_cases(group);
  auto methods = drawn_methods(group);
  std::ranges::stable_partition(
      methods, [main = group.main_method()](const std::string& method) { return method == main; });
  std::vector<Figure> figures;
  std::vector<HistogramPanel> panels;
  for (const std::string& method : methods) {
    const std::string title = config::method_title(method);
    for (const std::string& name : cases) {
      panels.push_back(panel_of(group, name, method));
    }
    if (cases.size() > 1) {
      if (auto figure = histogram_figure(group, "scores-" + method, "Scores of " + title, panels)) {
        figure->folded = method != methods.front();
        figures.push_back(std::move(*figure));
      }
      panels.clear();
    } else if (!panels.empty()) {
      panels.back().title = title;
    }
  }
  if (cases.size() == 1) {
    if (auto figure = histogram_figure(group, "scores", "Scores by method", panels)) {
      figures.push_back(std::move(*figure));
    }
  }
  return figures;
}

}  // namespace cance::report
