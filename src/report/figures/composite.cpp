// The composite feature of test rows as dots.
#include <algorithm>
#include <utility>

#include "report/figures/figures.hpp"
#include "report/figures/panels.hpp"

namespace cance::report {
namespace {

/// The values of both classes along one axis.
std::vector<double> coordinates(const Scatter& scatter, double Point::*axis) {
  std::vector<double> values;
  for (const auto* points : {&scatter.normal, &scatter.anomalous}) {
    for (const Point& point : *points) {
      values.push_back(point.*axis);
    }
  }
  return values;
}

Scale linear_scale(const Scatter& scatter, double Point::*axis) {
  const auto [low, high] = std::ranges::minmax(coordinates(scatter, axis));
  return Scale::around(low, high);
}

/// Logarithmic where all values are positive or zero and span more than a factor of ten.
Scale positive_scale(const Scatter& scatter, double Point::*axis) {
  std::vector<double> values = coordinates(scatter, axis);
  const double least = std::ranges::min(values);
  std::erase_if(values, [](double value) { return value <= 0; });
  if (least < 0 || values.empty()) {
    return linear_scale(scatter, axis);
  }
  const auto [low, high] = std::ranges::minmax(values);
  constexpr double kDecade = 10;
  constexpr double kMargin = 1.15;
  return high > kDecade * low ? Scale(low / kMargin, high * kMargin, true)
                              : linear_scale(scatter, axis);
}

void draw_scatter(Picture& picture, const Plot& plot, const Scatter& scatter) {
  picture.dots(plot.at(scatter.anomalous), 1.3, kAnomalousColour, 0.55);
  picture.dots(plot.at(scatter.normal), 1.3, kNormalColour, 0.7);
}

}  // namespace

std::optional<Figure> composite_figure(const CellGroup& group) {
  auto cases = drawn_cases(group);
  std::erase_if(cases, [&](const std::string& name) { return !group.figures.at(name).composite; });
  if (cases.empty()) {
    return std::nullopt;
  }
  const PanelGrid grid(
      2 * cases.size(),
      {{"normal", {kNormalColour, 5, ""}}, {"anomalous", {kAnomalousColour, 5, ""}}}, {4, 170, 52});
  Picture picture = grid.picture("Composite features of test rows");
  CsvLines data({"case", "panel", "class", "x", "y"});
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const CompositeDots& dots = *group.figures.at(cases[i]).composite;
    const std::string title = panel_title(group, cases[i], group.figures.at(cases[i]).seed);
    const Plot latent = grid.plot(2 * i, linear_scale(dots.latent, &Point::x),
                                  linear_scale(dots.latent, &Point::y));
    draw_frame(picture, latent, {title + ": latents", "1st component", "2nd component"});
    draw_scatter(picture, latent, dots.latent);
    const Plot errors = grid.plot(2 * i + 1, positive_scale(dots.reconstruction, &Point::x),
                                  positive_scale(dots.reconstruction, &Point::y));
    draw_frame(picture, errors,
               {title + ": reconstruction", "squared error e", "cosine dissimilarity c"});
    draw_scatter(picture, errors, dots.reconstruction);
    for (const auto& [panel, scatter] :
         {std::pair{"latents", &dots.latent}, {"reconstruction", &dots.reconstruction}}) {
      for (const auto& [name, points] :
           {std::pair{"normal", &scatter->normal}, {"anomalous", &scatter->anomalous}}) {
        for (const Point& point : *points) {
          data.add({cases[i], panel, name, exact_text(point.x), exact_text(point.y)});
        }
      }
    }
  }
  return Figure{"composite", std::move(picture),
                fmt::format("Composite features of at most {} normal and {} anomalous test rows a "
                            "case. Latents: the two leading principal components of the rows "
                            "shown; reconstruction: squared error against cosine dissimilarity. {}",
                            kMostDots, kMostDots, seed_note(group)),
                std::move(data)};
}

}  // namespace cance::report
