#include "report/tables/variants.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/cell.hpp"
#include "config/load.hpp"
#include "config/methods.hpp"
#include "report/figures/panels.hpp"
#include "report/runs/aggregate.hpp"
#include "stats/method_tests.hpp"
#include "store/titles.hpp"

namespace cance::report {

namespace {

/// Differences of a variant to the default over the cells that both have.
std::vector<double> differences(const CellGroup& variant, const CellGroup& usual,
                                const std::string& method, const std::string& metric) {
  std::vector<double> all;
  for (const CellRecord& cell : variant.cells) {
    const CellRecord* const twin = usual.find(cell.case_name, cell.seed);
    const double difference =
        twin == nullptr ? std::nan("") : cell.metric(method, metric) - twin->metric(method, metric);
    if (std::isfinite(difference)) {
      all.push_back(difference);
    }
  }
  return all;
}

double two_sided(const std::vector<double>& differences) {
  std::vector<double> opposite;
  std::ranges::transform(differences, std::back_inserter(opposite), std::negate<>());
  return std::min(
      {1.0, 2 * stats::wilcoxon_greater(differences).p, 2 * stats::wilcoxon_greater(opposite).p});
}

/// All values of a setting, in order.
std::vector<std::string> values_of(const Sweep& sweep, std::size_t name) {
  std::set<std::string, decltype(&value_less)> values(&value_less);
  for (const CellGroup* variant : sweep.variants) {
    values.insert(sweep.values(*variant)[name]);
  }
  return {values.begin(), values.end()};
}

std::string metric_of(const Sweep& sweep) { return lead_metric(*sweep.usual); }

std::string metric_title_of(const Sweep& sweep) {
  return store::metric_title(metric_of(sweep), sweep.protocol);
}

/// The mean lead metric of every variant and method.
CsvLines sweep_data(const Sweep& sweep) {
  std::vector<std::string> header = sweep.names;
  header.insert(header.end(), {"method", metric_of(sweep)});
  CsvLines data(header);
  for (const CellGroup* variant : sweep.variants) {
    for (const std::string& method : variant->methods) {
      std::vector<std::string> row = sweep.values(*variant);
      row.insert(row.end(),
                 {method, csv_number(over_cases(*variant, method, metric_of(sweep)).mean)});
      data.add(row);
    }
  }
  return data;
}

std::optional<Figure> line_plot(const Sweep& sweep) {
  constexpr double kDecade = 10;  // from where on values are shown on a logarithmic axis
  std::vector<double> x;
  for (const std::string& value : values_of(sweep, 0)) {
    const auto number = parse_number<double>(value);
    if (!number) {
      return std::nullopt;
    }
    x.push_back(*number);
  }
  std::vector<std::string> methods = sweep.usual->methods;
  methods.resize(std::min(methods.size(), kMostCurves));
  std::vector<LegendItem> legend;
  std::vector<std::vector<Point>> curves;
  std::vector<double> peaks;  // the best of each method says whether it is far below the others
  for (const std::string& method : methods) {
    std::vector<Point> curve;
    for (const CellGroup* variant : sweep.variants) {
      const double y = over_cases(*variant, method, metric_of(sweep)).mean;
      if (std::isfinite(y)) {
        curve.push_back({*parse_number<double>(sweep.values(*variant)[0]), y});
      }
    }
    if (!curve.empty()) {
      legend.push_back({config::method_title(method), method_stroke(*sweep.usual, method)});
      peaks.push_back(std::ranges::max(curve, {}, &Point::y).y);
      curves.push_back(std::move(curve));
    }
  }
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  std::vector<std::string> below;
  const double start = axis_start(peaks);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    if (peaks[i] < start) {
      below.push_back(fmt::format("{} ({})", legend[i].name, share_text(peaks[i], 3)));
      curves[i].clear();
    }
    for (const Point& point : curves[i]) {
      low = std::min(low, point.y);
      high = std::max(high, point.y);
    }
  }
  if (x.size() < 2 || !(low <= high)) {
    return std::nullopt;
  }
  const PanelGrid grid(1, legend, {.most_columns = 1, .height = 260});
  const std::string title = fmt::format("{} by {}", metric_title_of(sweep), sweep.names[0]);
  Picture picture = grid.picture(title);
  const bool logarithmic = x.front() > 0 && x.back() / x.front() >= kDecade;
  const Plot plot = grid.plot(0, Scale(x.front(), x.back(), logarithmic), Scale::around(low, high));
  PlotTexts texts = grid.texts(0, title, sweep.names[0], metric_title_of(sweep));
  texts.x_ticks = 0;  // the values themselves stand there
  draw_frame(picture, plot, texts);
  constexpr double kTickSize = 10;
  double taken = 0;
  for (const double value : x) {
    const std::string label = fmt::format("{}", value);
    const double half = text_width(label, kTickSize) / 2;
    const Point at = plot.at(value, low);
    if (at.x - half > taken) {
      picture.text({at.x, plot.top + plot.height + 13}, label, Anchor::middle, kTickSize);
      taken = at.x + half + kTickSize / 2;
    }
  }
  for (std::size_t i = 0; i < curves.size(); ++i) {
    picture.group(legend[i].name);
    picture.polyline(plot.at(curves[i]), legend[i].stroke);
    picture.dots(plot.at(curves[i]), 3, legend[i].stroke.colour, 1);
    picture.group("");
  }
  return Figure{
      "settings", std::move(picture),
      fmt::format("Mean {} of each variant over cases and seeds by {}{}.{}", metric_title_of(sweep),
                  sweep.names[0], logarithmic ? ", logarithmic axis" : "",
                  below.empty() ? "" : " Below the axis: " + join(below, ", ") + "."),
      sweep_data(sweep)};
}

std::optional<Figure> heat_map(const Sweep& sweep) {
  constexpr double kWidth = 92;
  constexpr double kHeight = 36;
  constexpr double kLeft = 190;
  constexpr double kTop = 46;
  const auto rows = values_of(sweep, 0);
  const auto columns = values_of(sweep, 1);
  const std::string method = sweep.usual->main_method();
  std::map<std::pair<std::string, std::string>, double> means;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const CellGroup* variant : sweep.variants) {
    const auto values = sweep.values(*variant);
    const double mean = over_cases(*variant, method, metric_of(sweep)).mean;
    if (std::isfinite(mean)) {
      means[{values[0], values[1]}] = mean;
      low = std::min(low, mean);
      high = std::max(high, mean);
    }
  }
  if (means.empty()) {
    return std::nullopt;
  }
  const std::string title =
      fmt::format("{} of {} by {} and {}", metric_title_of(sweep), config::method_title(method),
                  sweep.names[0], sweep.names[1]);
  Picture picture(kLeft + kWidth * static_cast<double>(columns.size()) + 10,
                  kTop + kHeight * static_cast<double>(rows.size()) + 10, title);
  picture.text({kLeft, 16}, sweep.names[1], Anchor::start, 11, true);
  picture.text({kLeft - 10, kTop - 10}, sweep.names[0], Anchor::end, 11, true);
  for (std::size_t column = 0; column < columns.size(); ++column) {
    picture.text({kLeft + kWidth * (static_cast<double>(column) + 0.5), kTop - 10}, columns[column],
                 Anchor::middle);
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const double y = kTop + kHeight * static_cast<double>(row);
    picture.text({kLeft - 10, y + kHeight / 2 + 4}, rows[row], Anchor::end);
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const auto found = means.find({rows[row], columns[column]});
      if (found == means.end()) {
        continue;
      }
      const double x = kLeft + kWidth * static_cast<double>(column);
      const double share = high > low ? (found->second - low) / (high - low) : 1;
      const std::vector<Point> box{
          {x, y}, {x + kWidth, y}, {x + kWidth, y + kHeight}, {x, y + kHeight}};
      picture.area(box, kNormalColour, 0.05 + 0.6 * share);
      picture.text({x + kWidth / 2, y + kHeight / 2 + 4}, share_text(found->second),
                   Anchor::middle);
    }
  }
  return Figure{"settings", std::move(picture),
                fmt::format("Mean {} of {} over cases and seeds: rows {}, columns {}; darker is "
                            "higher.",
                            metric_title_of(sweep), config::method_title(method), sweep.names[0],
                            sweep.names[1]),
                sweep_data(sweep)};
}

}  // namespace

std::vector<std::string> Sweep::values(const CellGroup& variant) const {
  return swept_values(variant, names);
}

std::vector<std::string> swept_values(const CellGroup& group,
                                      const std::vector<std::string>& names) {
  const auto pairs = config::variant_values(group.variant);
  std::vector<std::string> values;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(pairs, name, &std::pair<std::string, std::string>::first);
    values.push_back(found == pairs.end() ? "" : found->second);
  }
  return values;
}

namespace {

/// Those of its variant that are not among the names.
void add_settings(std::vector<std::string>& names, const CellGroup& group) {
  for (const auto& [name, value] : config::variant_values(group.variant)) {
    if (!contains(names, name)) {
      names.push_back(name);
    }
  }
}

}  // namespace

std::vector<std::string> swept_settings(const std::vector<CellGroup>& groups) {
  std::vector<std::string> names;
  for (const CellGroup& group : groups) {
    add_settings(names, group);
  }
  return names;
}

std::vector<Sweep> sweeps_of(const std::vector<CellGroup>& groups) {
  std::vector<Sweep> sweeps;
  for (const CellGroup& group : groups) {
    if (group.variant.empty() || config::is_ensemble_variant(group.variant)) {
      continue;
    }
    auto sweep = std::ranges::find_if(sweeps, [&](const Sweep& other) {
      return other.dataset == group.dataset && other.protocol == group.protocol;
    });
    if (sweep == sweeps.end()) {
      sweep = sweeps.insert(sweeps.end(), Sweep{group.dataset, group.protocol, {}, {}});
    }
    sweep->variants.push_back(&group);
    add_settings(sweep->names, group);
  }
  std::erase_if(sweeps, [](const Sweep& sweep) { return sweep.variants.size() < 2; });
  for (Sweep& sweep : sweeps) {
    std::ranges::stable_sort(sweep.variants, [&](const CellGroup* a, const CellGroup* b) {
      return std::ranges::lexicographical_compare(sweep.values(*a), sweep.values(*b), value_less);
    });
    const auto usual = std::ranges::find_if(sweep.variants, [](const CellGroup* group) {
      return group->variant == group->default_variant;
    });
    sweep.usual = usual == sweep.variants.end() ? sweep.variants.front() : *usual;
  }
  return sweeps;
}

TextTable variants_table(const Sweep& sweep) {
  const std::string metric = metric_of(sweep);
  struct Row {
    const CellGroup* variant;
    std::string method;
    std::vector<double> differences;
  };
  std::vector<Row> rows;
  std::vector<double> p;
  for (const CellGroup* variant : sweep.variants) {
    for (const std::string& method : variant->methods) {
      rows.push_back({variant, method, {}});
      if (variant != sweep.usual) {
        rows.back().differences = differences(*variant, *sweep.usual, method, metric);
        p.push_back(rows.back().differences.empty() ? 1 : two_sided(rows.back().differences));
      }
    }
  }
  const std::vector<double> adjusted = stats::holm(p);
  TextTable table;
  table.caption = fmt::format("Variants, {} / {}: {}, mean over cases, deviation over seeds",
                              sweep.dataset, sweep.protocol, metric_title_of(sweep));
  table.header = sweep.names;
  table.header.insert(table.header.end(), {"method", "mean", "deviation", "n",
                                           "difference to the default", "p (Holm)"});
  table.align.assign(sweep.names.size(), Align::right);
  table.align.push_back(Align::left);
  for (std::size_t i = 0, tested = 0; i < rows.size(); ++i) {
    const auto& [variant, method, own] = rows[i];
    const MeanSd mean = over_cases(*variant, method, metric);
    std::vector<std::string> texts = sweep.values(*variant);
    texts.insert(
        texts.end(),
        {config::method_title(method), share_text(mean.mean), mean.sd ? share_text(*mean.sd) : "",
         fmt::format("{}", std::ranges::count_if(variant->cells, [&](const CellRecord& cell) {
                       return cell.metrics.contains(method);
                     }))});
    if (variant == sweep.usual) {
      texts.insert(texts.end(), {"default", ""});
    } else {
      const double p_value = adjusted[tested++];
      texts.insert(texts.end(), {own.empty() ? "" : share_text(mean_sd(own).mean),
                                 own.empty() ? "" : p_text(p_value)});
    }
    table.add(std::move(texts));
  }
  return table;
}

std::optional<Figure> variants_figure(const Sweep& sweep) {
  return sweep.names.size() == 1   ? line_plot(sweep)
         : sweep.names.size() == 2 ? heat_map(sweep)
                                   : std::nullopt;
}

std::string equal_settings_note(const Sweep& sweep, const Gathered& gathered) {
  const auto settings = [&](const CellGroup& group) {
    const auto found = gathered.settings.find(group.cells.front().runs.front().settings_hash);
    return found == gathered.settings.end() ? std::string() : found->second;
  };
  const std::string usual = settings(*sweep.usual);
  std::set<std::string> swept, others;
  for (const CellGroup* variant : sweep.variants) {
    for (const auto& change : config::config_changes(usual, settings(*variant))) {
      const bool own = config::says(sweep.usual->variant, change.key, change.before.value_or("")) &&
                       config::says(variant->variant, change.key, change.after.value_or(""));
      (own ? swept : others).insert(change.key);
    }
  }
  std::string text = fmt::format(
      "n: cells. p: Wilcoxon's signed ranks over the cells of a variant "
      "and of the default ({}), two-sided, Holm's correction over the "
      "table. Settings that differ: {}. ",
      sweep.usual->variant, join({swept.begin(), swept.end()}, ", "));
  return text + (others.empty() ? std::string("All others are equal.")
                                : fmt::format("These differ too: {}; all others are equal.",
                                              join({others.begin(), others.end()}, ", ")));
}

}  // namespace cance::report
