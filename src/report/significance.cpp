#include "report/significance.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "report/aggregate.hpp"
#include "report/trace_tables.hpp"
#include "stats/bootstrap.hpp"
#include "stats/holm.hpp"
#include "stats/wilcoxon.hpp"

namespace cance::report {

namespace {

constexpr double kLevel = 0.05;

bool has(const std::vector<std::string>& methods, const std::string& method) {
  return std::ranges::find(methods, method) != methods.end();
}

std::string tail_text(const Comparison& comparison, double p) {
  return comparison.n == 0 ? "n/a" : p_text(p) + (comparison.too_few() ? " †" : "");
}

std::string claim(const std::string& better, const std::string& worse, bool or_equal = false) {
  return store::method_title(better) + (or_equal ? " ≥ " : " > ") + store::method_title(worse);
}

/// What the paper says of two methods (protocols.md section 3).
struct Ordering {
  std::string better, worse, paper;
  bool ties_count = false;
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

std::string won_text(const Comparison& comparison) {
  return fmt::format("{} of {}", comparison.wins, comparison.n) +
         (comparison.ties > 0 ? fmt::format(" ({} equal)", comparison.ties) : "");
}

/// Of the blocks where both methods have a value.
std::vector<double> paired_differences(const Blocks& blocks, const std::string& better,
                                       const std::string& worse) {
  std::vector<double> differences;
  if (!has(blocks.methods, better) || !has(blocks.methods, worse)) {
    return differences;
  }
  const auto a = std::ranges::find(blocks.methods, better) - blocks.methods.begin();
  const auto b = std::ranges::find(blocks.methods, worse) - blocks.methods.begin();
  for (const auto& row : blocks.rows) {
    const double difference = row[static_cast<std::size_t>(a)] - row[static_cast<std::size_t>(b)];
    if (std::isfinite(difference)) {
      differences.push_back(difference);
    }
  }
  return differences;
}

std::string interval_text(const Blocks& blocks, const Comparison& comparison) {
  const stats::Interval interval =
      stats::bootstrap_mean(paired_differences(blocks, comparison.better, comparison.worse));
  const std::string mean = share_text(comparison.mean_difference);
  return std::isfinite(interval.low)
             ? fmt::format("{} [{}, {}]", mean, share_text(interval.low), share_text(interval.high))
             : mean;
}

void adjust(std::vector<Comparison>& family) {
  std::vector<double> p;
  for (const Comparison& comparison : family) {
    p.push_back(comparison.p);
  }
  const std::vector<double> adjusted = stats::holm(p);
  for (std::size_t i = 0; i < family.size(); ++i) {
    family[i].adjusted = adjusted[i];
  }
}

/// Smallest number of differences that can reach the level after the correction of a family.
std::size_t enough_for(std::size_t family) {
  std::size_t n = 1;
  while (static_cast<double>(family) * stats::smallest_p(n) > kLevel) {
    ++n;
  }
  return n;
}

}  // namespace

bool Comparison::too_few() const { return stats::smallest_p(n - ties) > kLevel; }

Comparison compare(const Blocks& blocks, const std::string& better, const std::string& worse) {
  Comparison result{better, worse};
  std::vector<double> differences = paired_differences(blocks, better, worse);
  result.n = differences.size();
  for (const double difference : differences) {
    result.wins += difference > 0 ? 1 : 0;
    result.ties += difference == 0 ? 1 : 0;
    result.mean_difference += difference / static_cast<double>(differences.size());
  }
  const stats::WilcoxonResult test = stats::wilcoxon_greater(differences);
  result.effect = test.effect;
  result.p = test.p;
  result.adjusted = test.p;
  std::ranges::transform(differences, differences.begin(), std::negate{});
  result.reverse = stats::wilcoxon_greater(differences).p;
  return result;
}

std::vector<Comparison> claims(const Blocks& blocks) {
  std::vector<Comparison> family;
  const auto add = [&](const std::string& better, const std::string& worse) {
    if (better != worse && has(blocks.methods, better) && has(blocks.methods, worse)) {
      family.push_back(compare(blocks, better, worse));
    }
  };
  for (const std::string& method : blocks.methods) {
    add("cance", method);
  }
  add("cnce", "error");
  add("cnce", "latnce");
  std::erase_if(family, [](const Comparison& comparison) { return comparison.n == 0; });
  adjust(family);
  return family;
}

Table claims_table(const Blocks& blocks, const std::string& metric) {
  Table table;
  table.caption = fmt::format("Claims on {} over {}s: one-sided Wilcoxon signed-rank tests", metric,
                              blocks.unit);
  table.header = {"claim", "mean difference [95 % interval]", "effect r", "won", "p", "p (Holm)"};
  for (const Comparison& comparison : claims(blocks)) {
    table.add({claim(comparison.better, comparison.worse), interval_text(blocks, comparison),
               fmt::format("{:.2f}", comparison.effect), won_text(comparison),
               tail_text(comparison, comparison.p), tail_text(comparison, comparison.adjusted)});
  }
  return table;
}

Table p_matrix(const Blocks& blocks) {
  Table table;
  table.caption =
      fmt::format("p of \"row > column\" over {}s, Holm's correction over all pairs", blocks.unit);
  table.header = {"row > column"};
  const std::size_t count = blocks.methods.size();
  std::vector<Comparison> family(count * (count - 1));  // row by row, without the diagonal
  const auto of = [&](std::size_t row, std::size_t column) -> Comparison& {
    return family[row * (count - 1) + column - (column > row ? 1 : 0)];
  };
  for (std::size_t i = 0; i < count; ++i) {
    table.header.push_back(store::method_title(blocks.methods[i]));
    for (std::size_t j = i + 1; j < count; ++j) {
      of(i, j) = compare(blocks, blocks.methods[i], blocks.methods[j]);
      of(j, i) = of(i, j);
      std::swap(of(j, i).p, of(j, i).reverse);
    }
  }
  adjust(family);
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::string> texts{store::method_title(blocks.methods[i])};
    for (std::size_t j = 0; j < count; ++j) {
      texts.push_back(i == j ? "" : tail_text(of(i, j), of(i, j).adjusted));
    }
    table.add(texts);
  }
  return table;
}

Table orderings_table(const Group& group) {
  Table table;
  table.caption = "Orderings of the paper";
  table.header = {"ordering", "in the paper", "here", "outcome"};
  table.align = {Align::left, Align::left, Align::left, Align::left};
  const Blocks by_cell = cell_blocks(group);
  const Blocks by_case = case_blocks(group);
  for (const Ordering& ordering : orderings_of(group_kind(group))) {
    if (has(group.methods, ordering.better) && has(group.methods, ordering.worse)) {
      const Comparison cells = compare(by_cell, ordering.better, ordering.worse);
      const Comparison cases = compare(by_case, ordering.better, ordering.worse);
      const auto won = [&](const Comparison& comparison) {
        return comparison.wins + (ordering.ties_count ? comparison.ties : 0);
      };
      table.add({claim(ordering.better, ordering.worse, ordering.ties_count), ordering.paper,
                 fmt::format("{} of {}, {} of {}", won(cases), plural(cases.n, "case"), won(cells),
                             plural(cells.n, "cell")),
                 verdict(cells, cases)});
    }
  }
  return table;
}

std::string pair_note(const Group& group) {
  const std::size_t cells = group.cells.size();
  const std::size_t cases = group.cases.size();
  const std::size_t family = claims(cell_blocks(group)).size();
  std::string note = fmt::format(
      "n = {} (case and seed) and n = {} (means over seeds). p: exact up to 200 differences, equal "
      "pairs left out; smallest possible p {} and {}. Effect r: matched-pairs rank-biserial "
      "correlation, 1 when every pair is won; interval: bootstrap (BCa). Seeds of one case are no "
      "independent draws: the test over cases is the careful one and decides the outcome of an "
      "ordering at 5 % (the test over cells where there are fewer than five cases).",
      plural(cells, "cell"), plural(cases, "case"), p_text(stats::smallest_p(cells)),
      p_text(stats::smallest_p(cases)));
  constexpr std::size_t kExact = 200;
  if (cells > kExact) {
    note += " Beyond 200 differences the normal approximation with continuity correction is used.";
  }
  constexpr std::size_t kEnough = 5;
  if (cells < kEnough || cases < kEnough) {
    note += " † fewer than 5 pairs that differ: no outcome could reach p = .05.";
  }
  if (family > 1 && cases < enough_for(family)) {
    note += fmt::format(
        " Holm's correction for {} claims needs at least {} pairs before any of them can reach "
        ".05.",
        family, enough_for(family));
  }
  return note;
}

}  // namespace cance::report
