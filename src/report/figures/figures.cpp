#include "report/figures/figures.hpp"

#include <algorithm>
#include <iterator>

namespace cance::report {

std::vector<Figure> group_figures(const CellGroup& group) {
  std::vector<Figure> figures;
  const auto one = [&](std::optional<Figure> figure) {
    if (figure) {
      figures.push_back(std::move(*figure));
    }
  };
  const auto all = [&](std::vector<Figure> several) {
    std::ranges::move(several, std::back_inserter(figures));
  };
  one(methods_figure(group));
  one(seeds_figure(group));
  all(curve_figures(group));
  all(histogram_figures(group));
  one(composite_figure(group));
  one(training_figure(group));
  one(noise_figure(group));
  all(gallery_figures(group));
  return figures;
}

}  // namespace cance::report
