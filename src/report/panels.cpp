#include "report/panels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "report/figures.hpp"

namespace cance::report {

namespace {

constexpr double kLegendHeight = 26;
constexpr double kPanelHeight = 150;
constexpr double kLeft = 46;
constexpr double kTop = 20;
constexpr double kBottom = 36;
constexpr double kGap = 8;

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
  constexpr const char* kOthers[] = {"#D55E00", "#56B4E9", "#7f7f7f"};
  return {kOthers[position % std::size(kOthers)], 1.3, "4 2 1 2"};
}

PanelGrid::PanelGrid(std::size_t count, std::size_t most_columns)
    : count_(count), columns_(std::clamp<std::size_t>(count, 2, most_columns)) {}

double PanelGrid::cell_width() const {
  return (kFigureWidth - kGap) / static_cast<double>(columns_);
}

double PanelGrid::height() const {
  const std::size_t rows = (count_ + columns_ - 1) / columns_;
  return kLegendHeight + (kTop + kPanelHeight + kBottom) * static_cast<double>(rows);
}

Plot PanelGrid::plot(std::size_t index, const Scale& x, const Scale& y) const {
  const auto column = static_cast<double>(index % columns_);
  const auto row = static_cast<double>(index / columns_);
  const double top = kLegendHeight + row * (kTop + kPanelHeight + kBottom) + kTop;
  return {column * cell_width() + kLeft, top, cell_width() - kLeft - kGap, kPanelHeight, x, y};
}

PlotTexts PanelGrid::texts(std::size_t index, const std::string& title, const std::string& x_label,
                           const std::string& y_label) const {
  PlotTexts words;
  words.title = title;
  words.x_label = index + columns_ >= count_ ? x_label : "";
  words.y_label = index % columns_ == 0 ? y_label : "";
  return words;
}

void draw_legend(Svg& svg, const std::vector<LegendItem>& items) {
  constexpr double kLine = 26;
  constexpr double kLetter = 7.2;
  double x = kLeft;
  for (const LegendItem& item : items) {
    svg.line({x, 11}, {x + kLine, 11}, item.stroke);
    svg.text({x + kLine + 6, 15}, item.name, Anchor::start, 12);
    x += kLine + 26 + kLetter * static_cast<double>(item.name.size());
  }
}

std::vector<std::string> drawn_cases(const Group& group) {
  std::vector<std::string> names;
  for (const std::string& name : group.cases) {
    if (names.size() < kMostPanels && group.figures.contains(name)) {
      names.push_back(name);
    }
  }
  return names;
}

std::string panel_title(const Group& group, const std::string& case_name) {
  const std::int64_t seed = group.figures.at(case_name).seed;
  return seed == group.seeds.front() ? case_name : fmt::format("{} (seed {})", case_name, seed);
}

std::string shown_note(const Group& group) {
  return fmt::format("Each case with its lowest seed ({}{}).", group.seeds.front(),
                     group.cases.size() > kMostPanels ? fmt::format("; the first {} of {} cases",
                                                                    kMostPanels, group.cases.size())
                                                      : "");
}

}  // namespace cance::report
