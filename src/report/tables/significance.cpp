#include "report/tables/significance.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/plural.hpp"
#include "base/ranges.hpp"
#include "config/methods.hpp"
#include "report/runs/aggregate.hpp"
#include "stats/bootstrap.hpp"
#include "stats/method_tests.hpp"

namespace cance::report {
namespace {

std::string tail_text(const Comparison& comparison, double p) {
  return comparison.n == 0 ? "n/a" : p_text(p) + (comparison.too_few() ? " †" : "");
}

std::string won_text(const Comparison& comparison) {
  return fmt::format("{} of {}", comparison.wins, comparison.n) +
         (comparison.ties > 0 ? fmt::format(" ({} equal)", comparison.ties) : "");
}

/// Of the blocks where both methods have a value.
std::vector<double> paired_differences(const Blocks& blocks, const std::string& better,
                                       const std::string& worse) {
  std::vector<double> differences;
  if (!contains(blocks.methods, better) || !contains(blocks.methods, worse)) {
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
  const auto p = mapped(family, &Comparison::p);
  const std::vector<double> adjusted = stats::holm(p);
  for (std::size_t i = 0; i < family.size(); ++i) {
    family[i].adjusted = adjusted[i];
  }
}

/// Smallest number of differences that can reach the level after the correction of a family.
std::size_t enough_for(std::size_t family) {
  std::size_t n = 1;
  while (too_few(n, family)) {
    ++n;
  }
  return n;
}

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

}  // namespace

std::string claim_text(const std::string& better, const std::string& worse) {
  return config::method_title(better) + " > " + config::method_title(worse);
}

bool too_few(std::size_t n, std::size_t tests) {
  return static_cast<double>(tests) * stats::smallest_p(n) > kLevel;
}

bool Comparison::too_few() const { return report::too_few(n - ties); }

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
    if (better != worse && contains(blocks.methods, better) && contains(blocks.methods, worse)) {
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

TextTable claims_table(const Blocks& blocks, const std::string& metric) {
  TextTable table{
      .caption = fmt::format("Claims on {} over {}s: one-sided Wilcoxon signed-rank tests", metric,
                             blocks.unit),
      .header = {"claim", "mean difference [95 % interval]", "effect r", "won", "p", "p (Holm)"}};
  for (const Comparison& comparison : claims(blocks)) {
    table.add({claim_text(comparison.better, comparison.worse), interval_text(blocks, comparison),
               fmt::format("{:.2f}", comparison.effect), won_text(comparison),
               tail_text(comparison, comparison.p), tail_text(comparison, comparison.adjusted)});
  }
  return table;
}

TextTable p_matrix(const Blocks& blocks) {
  TextTable table{
      .caption = fmt::format("p of \"row > column\" over {}s, Holm's correction over all pairs",
                             blocks.unit),
      .header = {"row > column"}};
  const std::size_t count = blocks.methods.size();
  std::vector<Comparison> family(count * (count - 1));  // row by row, without the diagonal
  const auto of = [&](std::size_t row, std::size_t column) -> Comparison& {
    return family[row * (count - 1) + column - (column > row ? 1 : 0)];
  };
  for (std::size_t i = 0; i < count; ++i) {
    table.header.push_back(config::method_title(blocks.methods[i]));
    for (std::size_t j = i + 1; j < count; ++j) {
      of(i, j) = compare(blocks, blocks.methods[i], blocks.methods[j]);
      of(j, i) = of(i, j);
      std::swap(of(j, i).p, of(j, i).reverse);
    }
  }
  adjust(family);
  if (std::ranges::all_of(family, [&](const Comparison& comparison) {
        return comparison.adjusted >= 1 || too_few(comparison.n - comparison.ties, family.size());
      })) {
    return table;
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::string> texts{config::method_title(blocks.methods[i])};
    for (std::size_t j = 0; j < count; ++j) {
      texts.push_back(i == j ? "" : tail_text(of(i, j), of(i, j).adjusted));
    }
    table.add(texts);
  }
  return table;
}

std::string pair_note(const CellGroup& group) {
  const std::size_t cells = group.cells.size();
  const std::size_t cases = group.cases.size();
  const std::size_t family = claims(cell_blocks(group)).size();
  std::string note = fmt::format(
      "n = {} (case and seed) and n = {} (means over seeds). p: exact up to 200 differences, equal "
      "pairs left out; smallest possible p {} and {}. Effect r: matched-pairs rank-biserial "
      "correlation, 1 when every pair is won; interval: bootstrap (BCa). Seeds of one case are no "
      "independent draws: the test over cases is the careful one and decides the outcome of an "
      "ordering (the test over cells where the cases are too few to reach 5 %).",
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

TextTable orderings_table(const CellGroup& group) {
  TextTable table{
      .caption = "Orderings of the paper, at 5 % after Holm's correction over the rows here",
      .header = {"ordering", "in the paper", "here", "outcome"},
      .align = {Align::left, Align::left, Align::left, Align::left}};
  const Blocks by_cell = cell_blocks(group);
  const Blocks by_case = case_blocks(group);
  std::vector<Tested> family;
  for (const Ordering& ordering : orderings_of(group_kind(group))) {
    if (contains(group.methods, ordering.better) && contains(group.methods, ordering.worse)) {
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
