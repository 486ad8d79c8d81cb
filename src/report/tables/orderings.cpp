#include "report/tables/orderings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/plural.hpp"
#include "config/methods.hpp"
#include "report/runs/aggregate.hpp"
#include "report/tables/significance.hpp"
#include "stats/holm.hpp"

namespace cance::report {

namespace {

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

struct Tested {
  Ordering ordering;
  Comparison cells, cases;
};

/// A claim holds when its test rejects, does not when the opposite test rejects, and is even
/// otherwise. Claims are corrected among themselves, their opposites too. Judged over cases, as in
/// the paper; over cells where the cases are too few.
std::vector<std::string> verdicts(const std::vector<Tested>& family) {
  std::vector<std::size_t> pairs;
  std::vector<double> p, reverse;
  for (const auto& [ordering, cells, cases] : family) {
    const Comparison& judged = too_few(cases.n, family.size()) ? cells : cases;
    pairs.push_back(judged.n);
    p.push_back(judged.p);
    reverse.push_back(judged.reverse);
  }
  p = stats::holm(p);
  reverse = stats::holm(reverse);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < family.size(); ++i) {
    if (p[i] <= kLevel) {
      texts.push_back("holds");
    } else if (reverse[i] <= kLevel) {
      texts.push_back("does not hold");
    } else {
      texts.push_back(too_few(pairs[i], family.size()) ? "open: too few pairs" : "even");
    }
  }
  return texts;
}

bool ran(const CellGroup& group, const std::string& method) {
  return std::ranges::find(group.methods, method) != group.methods.end();
}

}  // namespace

TextTable orderings_table(const CellGroup& group) {
  TextTable table;
  table.caption = "Orderings of the paper, at 5 % after Holm's correction over the rows here";
  table.header = {"ordering", "in the paper", "here", "outcome"};
  table.align = {Align::left, Align::left, Align::left, Align::left};
  const Blocks by_cell = cell_blocks(group);
  const Blocks by_case = case_blocks(group);
  std::vector<Tested> family;
  for (const Ordering& ordering : orderings_of(group_kind(group))) {
    if (ran(group, ordering.better) && ran(group, ordering.worse)) {
      family.push_back({ordering, compare(by_cell, ordering.better, ordering.worse),
                        compare(by_case, ordering.better, ordering.worse)});
    }
  }
  const std::vector<std::string> outcomes = verdicts(family);
  for (std::size_t i = 0; i < family.size(); ++i) {
    const auto& [ordering, cells, cases] = family[i];
    const auto won = [ties = ordering.ties_count](const Comparison& comparison) {
      return comparison.wins + (ties ? comparison.ties : 0);
    };
    table.add({ordering.text(), ordering.paper,
               fmt::format("{} of {}, {} of {}", won(cases), plural(cases.n, "case"), won(cells),
                           plural(cells.n, "cell")),
               outcomes[i]});
  }
  return table;
}

}  // namespace cance::report
