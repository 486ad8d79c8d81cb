#include "report/figures/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "config/methods.hpp"
#include "report/document/table.hpp"
#include "report/figures/panels.hpp"
#include "stats/method_tests.hpp"

namespace cance::report {
namespace {

constexpr double kWidth = 760;
constexpr double kSide = 150;  ///< room for names
constexpr double kAxis = 56;   ///< y of the axis
constexpr double kRow = 20;    ///< between names
constexpr double kBarRow = 8;  ///< between bars of methods that are not told apart
const Stroke kInk{"#222", 1.1};

/// First and last place of a run of methods within the critical difference, as far as it goes.
using Range = std::pair<std::size_t, std::size_t>;

/// Runs that no other run holds, of at least two methods.
std::vector<Range> equal_runs(const Ranking& ranking) {
  std::vector<Range> runs;
  std::size_t reached = 0;
  for (std::size_t first = 0; first < ranking.ranks.size(); ++first) {
    std::size_t last = first;
    while (last + 1 < ranking.ranks.size() &&
           ranking.ranks[last + 1] - ranking.ranks[first] < ranking.critical) {
      ++last;
    }
    if (last > first && last > reached) {
      runs.push_back({first, last});
      reached = last;
    }
  }
  return runs;
}

class Diagram {
 public:
  explicit Diagram(const Ranking& ranking)
      : ranking_(ranking),
        runs_(equal_runs(ranking)),
        names_top_(kAxis + 18 + kBarRow * static_cast<double>(runs_.size())),
        picture_(kWidth,
                 names_top_ + kRow * static_cast<double>((ranking.methods.size() + 1) / 2) + 6,
                 "Average ranks and critical difference") {}

  Picture draw() {
    draw_axis();
    draw_critical_difference();
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const double y = kAxis + 10 + kBarRow * static_cast<double>(i);
      picture_.line({x(ranking_.ranks[runs_[i].second]) - 4, y},
                    {x(ranking_.ranks[runs_[i].first]) + 4, y}, {"#222", 4, ""});
    }
    for (std::size_t i = 0; i < ranking_.methods.size(); ++i) {
      draw_name(i);
    }
    return picture_;
  }

 private:
  /// Rank 1 lies at the right.
  [[nodiscard]] double x(double rank) const {
    const double share = (rank - 1) / static_cast<double>(ranking_.methods.size() - 1);
    return kWidth - kSide - share * (kWidth - 2 * kSide);
  }

  void draw_axis() {
    picture_.line({x(static_cast<double>(ranking_.methods.size())), kAxis}, {x(1), kAxis}, kInk);
    for (std::size_t rank = 1; rank <= ranking_.methods.size(); ++rank) {
      const double at = x(static_cast<double>(rank));
      picture_.line({at, kAxis - 6}, {at, kAxis}, kInk);
      picture_.text({at, kAxis - 10}, fmt::format("{}", rank), Anchor::middle);
    }
    picture_.text({kWidth - kSide + 16, kAxis - 10}, "average rank (1 = best)");
  }

  void draw_critical_difference() {
    const double left = x(static_cast<double>(ranking_.methods.size()));
    const double right =
        left + std::min(ranking_.critical, static_cast<double>(ranking_.methods.size() - 1)) *
                   (x(1) - x(2));
    constexpr double kY = 16;
    picture_.line({left, kY}, {right, kY}, {"#222", 1.6, ""});
    picture_.line({left, kY - 4}, {left, kY + 4}, kInk);
    picture_.line({right, kY - 4}, {right, kY + 4}, kInk);
    picture_.text({right + 8, kY + 4}, fmt::format("CD = {:.2f}", ranking_.critical));
  }

  /// The better half is named at the right, the others at the left, the outermost highest.
  void draw_name(std::size_t i) {
    const std::size_t count = ranking_.methods.size();
    const bool right = i < (count + 1) / 2;
    const double y = names_top_ + kRow * static_cast<double>(right ? i : count - 1 - i) + 8;
    const double at = x(ranking_.ranks[i]);
    const double end = right ? kWidth - kSide + 12 : kSide - 12;
    picture_.line({at, kAxis}, {at, y}, kInk);
    picture_.line({at, y}, {end, y}, kInk);
    const std::string name = fitted(config::method_title(ranking_.methods[i]), kSide - 60, 12);
    const std::string rank = fmt::format("{:.2f}", ranking_.ranks[i]);
    picture_.text({right ? end + 5 : end - 5, y + 4},
                  right ? name + "  " + rank : rank + "  " + name,
                  right ? Anchor::start : Anchor::end, 12);
  }

  const Ranking& ranking_;
  std::vector<Range> runs_;
  double names_top_;
  Picture picture_;
};

}  // namespace

std::optional<Ranking> ranking(const Blocks& blocks) {
  const Matrix<double> values = blocks.complete();
  constexpr std::size_t kFewestMethods = 3;
  if (values.cols() < kFewestMethods || values.rows() < 2) {
    return std::nullopt;
  }
  const stats::FriedmanResult result = stats::friedman(values);
  std::vector<std::size_t> order(values.cols());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return result.ranks[i]; });
  Ranking ranking;
  for (const std::size_t i : order) {
    ranking.methods.push_back(blocks.methods[i]);
    ranking.ranks.push_back(result.ranks[i]);
  }
  ranking.n = result.n;
  ranking.statistic = result.statistic;
  ranking.p = result.p;
  ranking.critical = stats::critical_difference(values.cols(), values.rows());
  return ranking;
}

Figure ranking_figure(const Ranking& ranking, const std::string& unit) {
  const double widest = static_cast<double>(ranking.methods.size() - 1);
  std::string note = fmt::format(
      "Critical-difference diagram: average ranks over n = {} {}s. Methods under a common bar are "
      "not told apart at 5 % (Nemenyi, CD = {:.2f}). Friedman: χ² = {:.2f} with {} degrees of "
      "freedom, p {}{} (approximate).",
      ranking.n, unit, ranking.critical, ranking.statistic, ranking.methods.size() - 1,
      p_text(ranking.p).starts_with('<') ? "" : "= ", p_text(ranking.p));
  if (ranking.critical >= widest) {
    note +=
        " With so few blocks no two methods could be told apart: CD is above the widest "
        "possible difference.";
  }
  CsvLines data({"method", "average rank"});
  for (std::size_t i = 0; i < ranking.methods.size(); ++i) {
    data.add({ranking.methods[i], exact_text(ranking.ranks[i])});
  }
  return {"ranks", Diagram(ranking).draw(), note, std::move(data)};
}

}  // namespace cance::report
