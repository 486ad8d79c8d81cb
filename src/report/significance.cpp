#include "report/significance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "report/aggregate.hpp"
#include "stats/wilcoxon.hpp"

namespace cance::report {

namespace {

constexpr double kLevel = 0.05;

bool has(const Group& group, const std::string& method) {
  return std::ranges::find(group.methods, method) != group.methods.end();
}

std::string tail_text(const Comparison& comparison, double p) {
  return comparison.n == 0 ? "n/a" : p_text(p) + (comparison.too_few() ? " †" : "");
}

std::string claim(const std::string& better, const std::string& worse) {
  return store::method_title(better) + " > " + store::method_title(worse);
}

/// A claim holds when its test rejects at 5 %, does not when the opposite test rejects, and is even
/// otherwise. Judged over cases, as in the paper; over cells where the cases are too few.
std::string verdict(const Comparison& cells, const Comparison& cases) {
  const Comparison& comparison = cases.too_few() ? cells : cases;
  if (comparison.too_few()) {
    return "open: too few pairs";
  }
  if (comparison.p <= kLevel) {
    return "holds";
  }
  return comparison.reverse <= kLevel ? "does not hold" : "even";
}

std::string won_text(const Comparison& comparison) {
  return fmt::format("{} of {}", comparison.wins, comparison.n) +
         (comparison.ties > 0 ? fmt::format(" ({} equal)", comparison.ties) : "");
}

/// CANCE >= CNCE counts the cases with at least the same mean.
std::vector<std::string> mean_ordering(const Group& group) {
  const Comparison cells = compare(group, "cance", "cnce", Pairing::cells);
  const Comparison cases = compare(group, "cance", "cnce", Pairing::cases);
  return {"CANCE ≥ CNCE in mean",
          "17 of 20 unimodal cases",
          fmt::format("{} of {} cases, {} of {} cells", cases.wins + cases.ties, cases.n,
                      cells.wins + cells.ties, cells.n),
          share_text(cells.mean_difference),
          tail_text(cells, cells.p),
          tail_text(cases, cases.p),
          verdict(cells, cases)};
}

}  // namespace

bool Comparison::too_few() const { return stats::smallest_p(n) > kLevel; }

Comparison compare(const Group& group, const std::string& better, const std::string& worse,
                   Pairing pairing) {
  std::vector<double> differences;
  const auto add = [&differences](double a, double b) {
    if (std::isfinite(a) && std::isfinite(b)) {
      differences.push_back(a - b);
    }
  };
  if (pairing == Pairing::cells) {
    for (const Cell& cell : group.cells) {
      add(cell.metric(better, kAuroc), cell.metric(worse, kAuroc));
    }
  } else {
    for (const std::string& name : group.cases) {
      add(over_seeds(group, name, better).mean, over_seeds(group, name, worse).mean);
    }
  }
  Comparison result{better, worse, differences.size()};
  for (const double difference : differences) {
    result.wins += difference > 0 ? 1 : 0;
    result.ties += difference == 0 ? 1 : 0;
    result.mean_difference += difference / static_cast<double>(differences.size());
  }
  result.p = stats::wilcoxon_greater(differences).p;
  std::ranges::transform(differences, differences.begin(), std::negate{});
  result.reverse = stats::wilcoxon_greater(differences).p;
  return result;
}

Table pair_table(const Group& group) {
  constexpr std::array<std::pair<const char*, const char*>, 6> kPairs{{{"cance", "error"},
                                                                       {"cance", "latnce"},
                                                                       {"cance", "gaussian"},
                                                                       {"cance", "cnce"},
                                                                       {"cnce", "error"},
                                                                       {"cnce", "latnce"}}};
  Table table;
  table.caption = "One-sided Wilcoxon signed-rank tests on AUROC, exact";
  table.header = {"claim",        "mean difference", "cells won",
                  "p over cells", "cases won",       "p over cases"};
  for (const auto& [better, worse] : kPairs) {
    if (has(group, better) && has(group, worse)) {
      const Comparison cells = compare(group, better, worse, Pairing::cells);
      const Comparison cases = compare(group, better, worse, Pairing::cases);
      table.add({claim(better, worse), share_text(cells.mean_difference), won_text(cells),
                 tail_text(cells, cells.p), won_text(cases), tail_text(cases, cases.p)});
    }
  }
  return table;
}

Table p_matrix(const Group& group, Pairing pairing) {
  Table table;
  table.caption = pairing == Pairing::cells ? "p of \"row > column\" over cells (case and seed)"
                                            : "p of \"row > column\" over cases (means over seeds)";
  table.header = {"row > column"};
  for (const std::string& column : group.methods) {
    table.header.push_back(store::method_title(column));
  }
  for (const std::string& row : group.methods) {
    std::vector<std::string> texts{store::method_title(row)};
    for (const std::string& column : group.methods) {
      const Comparison comparison =
          row == column ? Comparison{} : compare(group, row, column, pairing);
      texts.push_back(row == column ? "" : tail_text(comparison, comparison.p));
    }
    table.add(texts);
  }
  return table;
}

Table orderings_table(const Group& group) {
  Table table;
  table.caption = "Orderings of the paper";
  table.header = {"ordering",     "in the paper", "here",   "mean difference",
                  "p over cells", "p over cases", "outcome"};
  table.align = {Align::left,  Align::left,  Align::left, Align::right,
                 Align::right, Align::right, Align::left};
  const auto add = [&](const std::string& worse, const std::string& paper) {
    if (has(group, "cnce") && has(group, worse)) {
      const Comparison cells = compare(group, "cnce", worse, Pairing::cells);
      const Comparison cases = compare(group, "cnce", worse, Pairing::cases);
      table.add({claim("cnce", worse), paper,
                 fmt::format("{} cases, {} cells", won_text(cases), won_text(cells)),
                 share_text(cells.mean_difference), tail_text(cells, cells.p),
                 tail_text(cases, cases.p), verdict(cells, cases)});
    }
  };
  add("error", "nearly everywhere");
  add("latnce", "consistently");
  if (has(group, "cance") && has(group, "cnce")) {
    table.add(mean_ordering(group));
  }
  return table;
}

std::string pair_note(const Group& group) {
  const std::size_t cells = group.cells.size();
  const std::size_t cases = group.cases.size();
  std::string note = fmt::format(
      "n = {} cells (case and seed) and n = {} cases (means over seeds); smallest possible p {} "
      "and {}. "
      "Seeds of one case are no independent draws: the test over cases is the careful one and "
      "decides the outcome at 5 % (the test over cells where there are fewer than five cases).",
      cells, cases, p_text(stats::smallest_p(cells)), p_text(stats::smallest_p(cases)));
  constexpr std::size_t kExact = 200;
  if (cells > kExact) {
    note += " Beyond 200 differences the normal approximation is used.";
  }
  constexpr std::size_t kEnough = 5;
  if (cells < kEnough || cases < kEnough) {
    note += " † fewer than 5 pairs: no outcome could reach p = .05.";
  }
  return note;
}

}  // namespace cance::report
