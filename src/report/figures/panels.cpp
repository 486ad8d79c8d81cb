#include "report/figures/panels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>

#include "report/figures/figures.hpp"
#include "report/runs/aggregate.hpp"
#include "stats/summary.hpp"

namespace cance::report {
namespace {

constexpr double kLegendRow = 20;
constexpr double kLegendGap = 8;
constexpr double kTop = 20;
constexpr double kPanelGap = 8;
constexpr double kSample = 26;  ///< length of a legend's line
constexpr double kLegendSize = 12;

/// Places of the items, row by row.
std::vector<Point> legend_places(const std::vector<LegendItem>& items, double left) {
  std::vector<Point> places;
  Point at{left, kLegendRow / 2};
  for (const LegendItem& item : items) {
    const double width = kSample + 26 + text_width(item.name, kLegendSize);
    if (at.x > left && at.x + width > kFigureWidth) {
      at = {left, at.y + kLegendRow};
    }
    places.push_back(at);
    at.x += width;
  }
  return places;
}

}  // namespace

Stroke method_stroke(const std::string& method, std::size_t position) {
  const std::map<std::string, Stroke> known{{"error", {"#E69F00", 1.5, "6 3"}},
                                            {"latnce", {"#CC79A7", 1.5, "2 2"}},
                                            {"gaussian", {"#000000", 1.2, "8 3 2 3"}},
                                            {"cnce", {"#009E73", 1.5, ""}},
                                            {"cance", {"#0072B2", 2.2, ""}}};
  const auto found = known.find(method);
  if (found != known.end()) {
    return found->second;
  }
  constexpr const char* kColours[] = {"#D55E00", "#56B4E9", "#7f7f7f", "#8a6d00", "#5b3a8c"};
  constexpr const char* kDashes[] = {"4 2 1 2", "", "1 3", "10 3"};
  return {kColours[position % std::size(kColours)], 1.3, kDashes[position % std::size(kDashes)]};
}

Stroke method_stroke(const CellGroup& group, const std::string& method) {
  const auto place = std::ranges::find(group.methods, method) - group.methods.begin();
  return method_stroke(method, static_cast<std::size_t>(place));
}

PanelGrid::PanelGrid(std::size_t count, std::vector<LegendItem> legend, PanelShape shape)
    : count_(count),
      columns_(std::clamp<std::size_t>(count, 2, shape.most_columns)),
      legend_(std::move(legend)),
      shape_(shape),
      legend_height_(legend_.empty() ? 0
                                     : legend_places(legend_, shape.left).back().y +
                                           kLegendRow / 2 + kLegendGap) {}

double PanelGrid::cell_width() const {
  return (kFigureWidth - kPanelGap) / static_cast<double>(columns_);
}

double PanelGrid::row_height() const { return kTop + shape_.height + shape_.bottom; }

Picture PanelGrid::picture(const std::string& title) const {
  const std::size_t rows = (count_ + columns_ - 1) / columns_;
  Picture picture(kFigureWidth, legend_height_ + row_height() * static_cast<double>(rows), title);
  const auto places = legend_places(legend_, shape_.left);
  for (std::size_t i = 0; i < legend_.size(); ++i) {
    const Point at = places[i];
    picture.group(legend_[i].name);
    picture.line(at, {at.x + kSample, at.y}, legend_[i].stroke);
    picture.text({at.x + kSample + 6, at.y + 4}, legend_[i].name, Anchor::start, kLegendSize);
  }
  picture.group("");
  return picture;
}

Plot PanelGrid::plot(std::size_t index, const Scale& x, const Scale& y) const {
  const auto column = static_cast<double>(index % columns_);
  const auto row = static_cast<double>(index / columns_);
  return {column * cell_width() + shape_.left,
          legend_height_ + row * row_height() + kTop,
          cell_width() - shape_.left - kPanelGap,
          shape_.height,
          x,
          y};
}

PlotTexts PanelGrid::texts(std::size_t index, const std::string& title, const std::string& x_label,
                           const std::string& y_label) const {
  PlotTexts words;
  words.title = fitted(title, cell_width() - kPanelGap);
  words.x_label = index + columns_ >= count_ ? x_label : "";
  words.y_label = index % columns_ == 0 ? y_label : "";
  return words;
}

std::vector<std::string> drawn_cases(const CellGroup& group) {
  std::vector<std::string> names;
  for (const std::string& name : group.cases) {
    if (names.size() < kMostPanels && group.figures.contains(name)) {
      names.push_back(name);
    }
  }
  return names;
}

std::vector<std::string> drawn_methods(const CellGroup& group) {
  std::vector<std::string> methods(group.methods);
  const std::string main = group.main_method();
  std::map<std::string, double> merit;
  for (const std::string& method : methods) {
    const double mean = over_cases(group, method).mean;
    merit[method] = method == main ? 2 : (std::isfinite(mean) ? mean : -1);
  }
  std::ranges::stable_sort(methods, std::ranges::greater{},
                           [&](const std::string& method) { return merit.at(method); });
  methods.resize(std::min(methods.size(), kMostCurves));
  std::ranges::stable_sort(methods, {}, [&](const std::string& method) {
    return std::ranges::find(group.methods, method) - group.methods.begin();
  });
  return methods;
}

std::string panel_title(const CellGroup& group, const std::string& case_name, std::int64_t seed) {
  return seed == group.seeds.front() ? case_name : fmt::format("{} (seed {})", case_name, seed);
}

double axis_start(std::vector<double> typical) {
  constexpr std::size_t kFewest = 3;
  constexpr double kFar = 3;
  constexpr double kLeast = 0.01;
  if (typical.size() < kFewest) {
    return -std::numeric_limits<double>::infinity();
  }
  std::ranges::sort(typical);
  const double middle = stats::quantile(typical, 0.5);
  return middle - kFar * std::max(typical.back() - middle, kLeast);
}

std::string seed_note(const CellGroup& group) {
  return fmt::format("Each case with its lowest seed ({}).{}", group.seeds.front(),
                     cases_note(group));
}

std::string cases_note(const CellGroup& group) {
  return group.cases.size() <= kMostPanels
             ? ""
             : fmt::format(" Shown are the first {} of {} cases.", kMostPanels, group.cases.size());
}

}  // namespace cance::report
