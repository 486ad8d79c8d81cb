// Figures of test scores: ROC and precision-recall curves.
#include <fmt/format.h>

#include <algorithm>

#include "config/methods.hpp"
#include "report/figures/figures.hpp"
#include "report/figures/panels.hpp"
#include "stats/summary.hpp"

namespace cance::report {
namespace {

/// One way to draw how good scores are: values of `y` at fixed places along an axis.
struct CurveKind {
  std::string name, title, caption, x_label, y_label;
  Scale axis;
  const std::vector<double>& x;
  std::vector<double> Curves::*y;
};

/// The logarithmic axis begins at the lowest rate that the judged normal rows can tell.
std::vector<CurveKind> curve_kinds(const CellGroup& group) {
  const std::size_t normals = std::ranges::min(group.cells, {}, &CellRecord::normals).normals;
  const std::string rate = "false positive rate";
  std::vector<CurveKind> kinds{{"roc",
                                "ROC",
                                "ROC curves",
                                rate,
                                "true positive rate",
                                {0, 1},
                                roc_rates(),
                                &Curves::recall}};
  constexpr std::size_t kHundred = 100;
  constexpr std::size_t kThousand = 1000;
  if (normals >= kHundred) {
    kinds.push_back({"roc-log",
                     "ROC at low rates",
                     "ROC curves on a logarithmic axis",
                     rate + " (log)",
                     "true positive rate",
                     {normals >= kThousand ? 1e-3 : 1e-2, 1, true},
                     roc_rates(),
                     &Curves::recall});
  }
  kinds.push_back({"pr",
                   "Precision-recall",
                   "Precision-recall curves",
                   "recall",
                   "precision",
                   {0, 1},
                   recalls(),
                   &Curves::precision});
  return kinds;
}

/// The curves of a case's seeds, those of each seed and their mean with its interval's ends.
struct Band {
  std::vector<std::vector<Point>> seeds;
  std::vector<Point> mean, low, high;
};

Band band_of(const CellGroup& group, const CurveKind& kind, const std::string& case_name,
             const std::string& method) {
  std::vector<const std::vector<double>*> curves;
  for (const CellRecord& cell : group.cells) {
    const auto found = cell.curves.find(method);
    if (cell.case_name == case_name && found != cell.curves.end()) {
      curves.push_back(&(found->second.*kind.y));
    }
  }
  Band band{std::vector<std::vector<Point>>(curves.size()), {}, {}, {}};
  for (std::size_t k = 0; !curves.empty() && k < kind.x.size(); ++k) {
    const double x = kind.x[k];
    std::vector<double> values;
    for (std::size_t i = 0; i < curves.size(); ++i) {
      values.push_back((*curves[i])[k]);
      band.seeds[i].push_back({x, values.back()});
    }
    const stats::Summary summary = stats::summarise(values);
    band.mean.push_back({x, summary.mean});
    if (summary.n >= kFewestSummed) {
      const double margin = stats::mean_margin(summary);
      band.low.push_back({x, std::max(summary.mean - margin, 0.0)});
      band.high.push_back({x, std::min(summary.mean + margin, 1.0)});
    }
  }
  return band;
}

/// Points within the axis, those of a logarithmic one from its start on.
std::vector<Point> drawn_points(const Plot& plot, std::vector<Point> points) {
  const double start = plot.x.value(0);
  std::erase_if(points, [start](const Point& point) { return point.x < start * (1 - 1e-9); });
  return plot.at(points);
}

void draw_band(Picture& picture, const Plot& plot, const Band& band, const Stroke& stroke,
               bool main) {
  if (main && !band.low.empty()) {
    std::vector<Point> outline = drawn_points(plot, band.low);
    const std::vector<Point> high = drawn_points(plot, band.high);
    outline.insert(outline.end(), high.rbegin(), high.rend());
    picture.area(outline, stroke.colour, 0.2);
  } else if (main && band.seeds.size() > 1) {
    for (const auto& seed : band.seeds) {
      picture.polyline(drawn_points(plot, seed), {stroke.colour, 0.8, "", 0.6});
    }
  }
  picture.polyline(drawn_points(plot, band.mean), stroke);
}

struct CurvePanel {
  std::string case_name;
  CurveKind kind;
};

/// Share of anomalies among the test rows of a case.
double anomaly_share(const CellGroup& group, const std::string& case_name) {
  const auto cell = std::ranges::find(group.cells, case_name, &CellRecord::case_name);
  return static_cast<double>(cell->anomalies) /
         static_cast<double>(cell->anomalies + cell->normals);
}

/// From 0 to 1, or, where half of the rows or more are anomalous, from a little below their share:
/// no precision worth a look is lower.
Scale height_scale(const CellGroup& group, const std::vector<CurvePanel>& panels) {
  double least = 1;
  for (const CurvePanel& panel : panels) {
    const bool precision = panel.kind.y == &Curves::precision;
    least = std::min(least, precision ? anomaly_share(group, panel.case_name) : 0);
  }
  return {least < 0.5 ? 0 : least - (1 - least) / 2, 1};
}

/// What a method that knows nothing reaches.
void draw_chance(Picture& picture, const Plot& plot, const CurveKind& kind, const CellGroup& group,
                 const std::string& case_name, const Stroke& stroke) {
  constexpr int kSteps = 60;
  std::vector<Point> points;
  for (int i = 0; i <= kSteps; ++i) {
    const double x = plot.x.value(static_cast<double>(i) / kSteps);
    points.push_back({x, x});
  }
  if (kind.y == &Curves::precision) {
    const double share = anomaly_share(group, case_name);
    points = {{0, share}, {1, share}};
  }
  picture.polyline(plot.at(points), stroke);
}

std::optional<Figure> curve_figure(const CellGroup& group, const std::string& name,
                                   const std::string& title, const std::vector<CurvePanel>& panels,
                                   std::size_t columns) {
  const auto methods = drawn_methods(group);
  const std::string main = group.main_method();
  std::vector<LegendItem> legend;
  for (const std::string& method : methods) {
    legend.push_back({config::method_title(method), method_stroke(group, method)});
  }
  legend.push_back({"chance", {"#999", 1, "1 3"}});
  const PanelGrid grid(panels.size(), legend, {columns, columns < 4 ? 220.0 : 150.0});
  Picture picture = grid.picture(title);
  CsvLines data({"case", "curve", "method", "x", "mean", "low", "high"});
  std::size_t seeds = 0;
  const bool one_kind = panels.front().kind.name == panels.back().kind.name;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const auto& [case_name, kind] = panels[i];
    const Plot plot =
        grid.plot(i, kind.axis, height_scale(group, one_kind ? panels : std::vector{panels[i]}));
    PlotTexts texts = grid.texts(i, case_name, kind.x_label, kind.y_label);
    if (!one_kind) {
      texts = {kind.title, kind.x_label, kind.y_label};
    }
    texts.x_ticks = 4;
    draw_frame(picture, plot, texts);
    draw_chance(picture, plot, kind, group, case_name, legend.back().stroke);
    for (const std::string& method : methods) {
      const Band band = band_of(group, kind, case_name, method);
      seeds = std::max(seeds, band.seeds.size());
      picture.group(config::method_title(method));
      draw_band(picture, plot, band, method_stroke(group, method), method == main);
      picture.group("");
      for (std::size_t k = 0; k < band.mean.size(); ++k) {
        const bool interval = !band.low.empty();
        data.add({case_name, kind.name, method, exact_text(band.mean[k].x),
                  exact_text(band.mean[k].y), interval ? exact_text(band.low[k].y) : "",
                  interval ? exact_text(band.high[k].y) : ""});
      }
    }
  }
  if (seeds == 0) {
    return std::nullopt;
  }
  std::string note = title + ", means over seeds";
  if (seeds >= kFewestSummed) {
    note += "; shaded: pointwise 95 % interval (Student's t) of the mean of " +
            config::method_title(main);
  } else if (seeds > 1) {
    note += fmt::format("; thin: each of the {} seeds of {}", seeds, config::method_title(main));
  }
  note += ".";
  if (methods.size() < group.methods.size()) {
    note += fmt::format(" Shown are {} and the best others, {} of {} methods.",
                        config::method_title(main), methods.size(), group.methods.size());
  }
  return Figure{name, std::move(picture), note + cases_note(group), std::move(data)};
}

}  // namespace

std::vector<Figure> curve_figures(const CellGroup& group) {
  const auto cases = drawn_cases(group);
  std::vector<Figure> figures;
  const auto add = [&](std::optional<Figure> figure) {
    if (figure) {
      figures.push_back(std::move(*figure));
    }
  };
  const auto kinds = curve_kinds(group);
  std::vector<CurvePanel> panels;
  for (const CurveKind& kind : kinds) {
    for (const std::string& name : cases) {
      panels.push_back({name, kind});
    }
    if (cases.size() > 1) {
      add(curve_figure(group, kind.name, kind.caption + " by case", panels, 4));
      panels.clear();
    }
  }
  if (cases.size() == 1) {
    add(curve_figure(group, "curves", "ROC and precision-recall curves", panels, kinds.size()));
  }
  return figures;
}

}  // namespace cance::report
