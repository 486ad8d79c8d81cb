#include "report/orderings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/plural.hpp"
#include "config/methods.hpp"
#include "report/aggregate.hpp"
#include "report/significance.hpp"
#include "stats/wilcoxon.hpp"

namespace cance::report {

namespace {

constexpr double kLevel = 0.05;

/// What the paper says of two methods.
struct Ordering {
  std::string better, worse, paper;
  bool ties_count = false;

  [[nodiscard]] std::string text() const {
    return config::method_title(better) + (ties_count ? " ≥ " : " > ") +
           config::method_title(worse);
  }
};

std::vector<Ordering> orderings_of(GroupKind kind) {
  if (kind == GroupKind::features) {
    return {{"cance", "cnce", "on ResNet-18 features"},
            {"cnce", "latnce", "on ResNet-18 features"},
            {"cance", "error", "on ResNet-18 features"},
            {"error", "cnce", "on ResNet-18 features"}};
  }
  return {{"cnce", "error", "nearly everywhere"},
          {"cnce", "latnce", "consistently"},
          {"cance", "cnce", "in mean on 17 of 20 unimodal cases", true}};
}

/// A claim holds when its test rejects at 5 %, does not when the opposite test rejects, and is even
/// otherwise. Judged over cases, as in the paper; over cells where the cases are too few.
std::string verdict(const Comparison& cells, const Comparison& cases) {
  const auto few = [](const Comparison& comparison) {
    return stats::smallest_p(comparison.n) > kLevel;
  };
  const Comparison& comparison = few(cases) ? cells : cases;
  if (few(comparison)) {
    return "open: too few pairs";
  }
  if (comparison.p <= kLevel) {
    return "holds";
  }
  return comparison.reverse <= kLevel ? "does not hold" : "even";
}

bool ran(const Group& group, const std::string& method) {
  return std::ranges::find(group.methods, method) != group.methods.end();
}

}  // namespace

Table orderings_table(const Group& group) {
  Table table;
  table.caption = "Orderings of the paper";
  table.header = {"ordering", "in the paper", "here", "outcome"};
  table.align = {Align::left, Align::left, Align::left, Align::left};
  const Blocks by_cell = cell_blocks(group);
  const Blocks by_case = case_blocks(group);
  for (const Ordering& ordering : orderings_of(group_kind(group))) {
    if (ran(group, ordering.better) && ran(group, ordering.worse)) {
      const Comparison cells = compare(by_cell, ordering.better, ordering.worse);
      const Comparison cases = compare(by_case, ordering.better, ordering.worse);
      const auto won = [&](const Comparison& comparison) {
        return comparison.wins + (ordering.ties_count ? comparison.ties : 0);
      };
      table.add({ordering.text(), ordering.paper,
                 fmt::format("{} of {}, {} of {}", won(cases), plural(cases.n, "case"), won(cells),
                             plural(cells.n, "cell")),
                 verdict(cells, cases)});
    }
  }
  return table;
}

}  // namespace cance::report
