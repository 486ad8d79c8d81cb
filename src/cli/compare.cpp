// `cance compare`: two sets of runs side by side.
#include "archive/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <span>

#include "archive/run_settings.hpp"
#include "archive/run_source.hpp"
#include "base/error.hpp"
#include "base/plural.hpp"
#include "base/ranges.hpp"
#include "cli/commands.hpp"
#include "cli/parse.hpp"
#include "config/cell.hpp"
#include "config/methods.hpp"
#include "report/document/table.hpp"

namespace cance::cli {
namespace {

constexpr const char* kCompareUsage =
    "cance compare A B... [--tolerance T] [--metric M] [--all]\n"
    "Two run directories or archives, or any number of them and variants of sweeps in them, each "
    "beside the first (a sweep's: its\ndefault; an ensemble: the first of its name, else the first "
    "of all, which counts for no exit code).\n"
    "Cells of two run directories or archives, paired by name: means over the seeds that both "
    "have, and whether the difference\nlies within seed noise (95 % interval, Welch); settings and "
    "data that differ. Exit code 1: a mean of B lies more than T below\nthat of A, beyond seed "
    "noise (REGRESSION) or not (drop beyond the tolerance), or runs that "
    "cannot be read were left out.";
constexpr std::size_t kShownNames = 10;

struct CompareOptions {
  std::vector<std::string> sides;
  double tolerance = 0.01;
  std::string metric;
  bool all = false;
};

void print_rows(const archive::CompareResult& result, const CompareOptions& o) {
  report::TextTable table{.header = {"case", "method", "metric", "n", "A", "B", "B - A", "+-", ""},
                          .align = {report::Align::left, report::Align::left, report::Align::left}};
  table.align.resize(table.header.size() - 1, report::Align::right);
  table.align.push_back(report::Align::left);
  for (const archive::CompareRow& row : result.rows) {
    if (o.all || row.verdict != archive::Verdict::same) {
      table.add({row.dataset + "/" + row.protocol + "/" + row.case_name,
                 config::method_title(row.method), row.metric, fmt::format("{}", row.a.n),
                 fmt::format("{:.4f}", row.a.mean), fmt::format("{:.4f}", row.b.mean),
                 fmt::format("{:+.4f}", row.difference),
                 std::isnan(row.margin) ? "?" : fmt::format("{:.4f}", row.margin),
                 archive::verdict_text(row, o.tolerance)});
    }
  }
  if (!table.rows.empty()) {
    fmt::print("{}", report::to_plain(table));
  }
  if (table.rows.size() < result.rows.size()) {
    fmt::print("{} rows are the same to the bit (--all lists them)\n",
               result.rows.size() - table.rows.size());
  }
}

void print_names(const char* what, const std::vector<std::string>& names, bool all) {
  if (names.empty()) {
    return;
  }
  const std::size_t shown = all ? names.size() : std::min(names.size(), kShownNames);
  fmt::print("{}: {}\n", what, names.size());
  for (std::size_t i = 0; i < shown; ++i) {
    fmt::print("  {}\n", names[i]);
  }
  if (shown < names.size()) {
    fmt::print("  and {} more (--all lists them)\n", names.size() - shown);
  }
}

/// Numbers of other rows are no comparison of methods.
void print_other_data(const std::vector<std::string>& cells, bool all) {
  if (cells.empty()) {
    return;
  }
  const std::size_t shown = all ? cells.size() : std::min(cells.size(), kShownNames);
  fmt::print("data differ in {}: {}{} (another dataset file, or other rows of it)\n",
             plural(cells.size(), "cell"), fmt::join(std::span(cells).first(shown), ", "),
             shown == cells.size()
                 ? ""
                 : fmt::format(" and {} more (--all lists them)", cells.size() - shown));
}

/// What is compared: the runs of a path, or one variant of a sweep there. Cells go by their names
/// without the variant.
struct Side {
  std::string name;     ///< path, and behind a ':' the variant
  std::string variant;  ///< of a sweep, or empty
  std::vector<archive::Member> members;
  std::map<std::string, std::string> settings;  ///< where they differ from those of the first
};

/// The sides of a path; a sweep's default first, its ensembles last.
std::vector<Side> sides_of(const std::string& path, std::size_t& left_out) {
  archive::ReadMembers read = archive::read_members(archive::find_runs({path}));
  left_out += read.left_out;
  std::vector<Side> sides;
  std::string usual;
  for (archive::Member& member : read.members) {
    const std::string variant = config::variant_of(member.info.cell);
    auto side = std::ranges::find(sides, variant, &Side::variant);
    if (side == sides.end()) {
      const std::string name = variant.empty() ? path : path + ":" + variant;
      side = sides.insert(sides.end(), Side{name, variant, {}, {}});
    }
    member.info.cell = config::without_variant(member.info.cell);
    if (!member.info.default_variant.empty()) {
      usual = member.info.default_variant;
    }
    side->members.push_back(std::move(member));
  }
  std::ranges::stable_sort(sides, {}, [&](const Side& side) {
    const bool first = !usual.empty() && side.variant == usual;
    return config::is_ensemble_variant(side.variant) ? 2 : first ? 0 : 1;
  });
  return sides;
}

/// Whether a side has the method that no other run has.
bool is_ensemble(const Side& side) { return config::is_ensemble_variant(side.variant); }

/// Every side beside the first; an ensemble beside the first of its name, else beside the first of
/// all, another kind. How many means of one kind lie more than the tolerance below the first.
std::size_t print_many(std::vector<Side>& sides, const CompareOptions& o) {
  const auto first_of = [&](std::size_t i) {
    auto first = sides.begin();
    if (is_ensemble(sides[i])) {
      first = std::ranges::find(sides, sides[i].variant, &Side::variant);
      first = first == sides.begin() + static_cast<std::ptrdiff_t>(i)
                  ? std::ranges::find_if(sides, is_ensemble)
                  : first;
    }
    return static_cast<std::size_t>(first - sides.begin());
  };
  const auto is_other_kind = [&](std::size_t i) {
    return is_ensemble(sides[i]) && sides[i].variant != sides[first_of(i)].variant;
  };
  std::vector<archive::CompareResult> results;
  std::vector<std::string> keys;
  for (std::size_t i = 1; i < sides.size(); ++i) {
    Side& first = sides[first_of(i)];
    archive::CompareResult& result =
        results.emplace_back(archive::compare(first.members, sides[i].members));
    if (result.rows.empty()) {
      result.settings.clear();
    }
    if (result.rows.empty() || is_other_kind(i)) {  // some join the rows of many seeds
      result.other_data.clear();
    }
    for (const archive::SettingChange& change : result.settings) {
      if (!contains(keys, change.key)) {
        keys.push_back(change.key);
      }
      first.settings[change.key] = change.a;
      sides[i].settings[change.key] = change.b;
    }
    std::erase_if(result.rows,
                  [&](const auto& row) { return !o.metric.empty() && row.metric != o.metric; });
  }
  archive::SettingsReader reader;
  for (Side& side : sides) {
    for (const std::string& key : keys) {
      if (is_ensemble(side) && !key.starts_with("ensemble.")) {  // none of what it joins over
        const auto all = reader.of(side.members.front().info);
        side.settings[key] = all != nullptr && all->contains(key) ? all->at(key) : "";
      }
    }
  }
  report::TextTable table;
  table.header = {"case", "method", "metric"};
  table.header.insert(table.header.end(), keys.begin(), keys.end());
  table.align.assign(table.header.size(), report::Align::left);
  for (const char* title : {"run", "n", "mean", "- first", "+-", ""}) {
    table.header.emplace_back(title);
  }
  std::size_t worse = 0;
  std::size_t uncounted = 0;
  const auto add = [&](const archive::CompareRow& row, std::size_t place, bool is_first) {
    Side& side = sides[place];
    std::vector<std::string> texts{row.dataset + "/" + row.protocol + "/" + row.case_name,
                                   config::method_title(row.method), row.metric};
    for (const std::string& key : keys) {
      const auto own = side.settings.find(key);
      texts.push_back(own != side.settings.end() ? own->second
                                                 : sides[first_of(place)].settings[key]);
    }
    const stats::Summary& summary = is_first ? row.a : row.b;
    texts.insert(texts.end(),
                 {side.name, fmt::format("{}", summary.n), fmt::format("{:.4f}", summary.mean)});
    if (is_first) {
      texts.insert(texts.end(), {"", "", "first"});
    } else {
      texts.insert(texts.end(), {fmt::format("{:+.4f}", row.difference),
                                 std::isnan(row.margin) ? "?" : fmt::format("{:.4f}", row.margin),
                                 archive::verdict_text(row, o.tolerance)});
      (is_other_kind(place) ? uncounted : worse) += row.difference < -o.tolerance ? 1 : 0;
    }
    table.add(std::move(texts));
  };
  std::map<std::pair<std::array<std::string, 3>, std::size_t>,  // and the first
           std::vector<std::pair<std::size_t, const archive::CompareRow*>>>
      rows;
  for (std::size_t i = 0; i < results.size(); ++i) {
    for (const archive::CompareRow& row : results[i].rows) {
      rows[{{row.dataset + "/" + row.protocol + "/" + row.case_name, row.method, row.metric},
            first_of(i + 1)}]
          .emplace_back(i + 1, &row);
    }
  }
  require(o.metric.empty() || !rows.empty(), "--metric {}: the common cells have no such metric",
          o.metric);
  for (const auto& [name, own] : rows) {
    const std::size_t first = name.second;
    add(*own.front().second, first, /*is_first=*/true);
    for (const auto& [side, row] : own) {
      if (side != first) {
        add(*row, side, /*is_first=*/false);
      }
    }
  }
  fmt::print("{}\n", report::to_plain(table));
  for (std::size_t i = 0; i < results.size(); ++i) {
    print_other_data(results[i].other_data, o.all);
    print_names(("only in " + sides[first_of(i + 1)].name).c_str(), results[i].only_a, o.all);
    print_names(("only in " + sides[i + 1].name).c_str(), results[i].only_b, o.all);
  }
  fmt::print("{} lie more than {} below the first{}\n", plural(worse, "mean"), o.tolerance,
             uncounted == 0 ? ""
                            : fmt::format("; not counted: {} of ensembles of another kind",
                                          plural(uncounted, "mean")));
  return worse;
}

std::string value_text(const std::string& value) { return value.empty() ? "(none)" : value; }

}  // namespace

int compare(const Arguments& arguments) {
  CompareOptions o;
  po::options_description options("options");
  options.add_options()("side", po::value(&o.sides),
                        "A and B: run directories, run files or archives (the bare words)")(
      "tolerance", po::value(&o.tolerance)->default_value(o.tolerance, "0.01"),
      "how far a mean of B may lie below that of A")("metric", po::value(&o.metric),
                                                     "this metric only, for example auroc or f1")(
      "all", po::bool_switch(&o.all), "also what is the same to the bit");
  if (!parse(arguments, options, kCompareUsage,
             po::positional_options_description().add("side", -1))) {
    return static_cast<int>(ExitCode::done);
  }
  require(!o.sides.empty(), "no path given (usage: cance compare A B...)");
  require(o.tolerance >= 0, "--tolerance {}: expected 0 or more", o.tolerance);
  std::size_t left_out = 0;
  std::vector<Side> sides;
  for (const std::string& path : o.sides) {
    std::ranges::move(sides_of(path, left_out), std::back_inserter(sides));
  }
  require(sides.size() >= 2,
          "{} path without variants given, expected two (usage: cance compare A B)", sides.size());
  if (sides.size() > 2 || o.sides.size() < 2) {
    const std::size_t worse = print_many(sides, o);
    if (left_out > 0) {
      fmt::print("{} left out, as they cannot be read\n", plural(left_out, "run"));
    }
    return static_cast<int>(worse > 0 || left_out > 0 ? ExitCode::some_failed : ExitCode::done);
  }
  archive::CompareResult result = archive::compare(sides[0].members, sides[1].members);
  if (!o.metric.empty()) {
    std::erase_if(result.rows, [&](const auto& row) { return row.metric != o.metric; });
    require(!result.rows.empty(), "--metric {}: the common cells have no such metric", o.metric);
  }
  fmt::print("A = {}, B = {}: {} cells in both\n\n", o.sides[0], o.sides[1], result.cells);
  print_rows(result, o);
  if (result.rows.empty()) {
    fmt::print("nothing was judged in these cells\n");
  }
  fmt::print("\n");
  for (const archive::SettingChange& change : result.settings) {
    fmt::print("setting {}: {} in A, {} in B ({} cells)\n", change.key, value_text(change.a),
               value_text(change.b), change.cells);
  }
  print_other_data(result.other_data, o.all);
  print_names("only in A", result.only_a, o.all);
  print_names("only in B", result.only_b, o.all);
  const auto worse = std::ranges::count_if(
      result.rows, [&](const auto& row) { return row.difference < -o.tolerance; });
  const auto beyond = std::ranges::count_if(
      result.rows, [](const auto& row) { return row.verdict == archive::Verdict::beyond; });
  fmt::print("{} of {} means differ beyond seed noise; {} lie more than {} below A\n", beyond,
             result.rows.size(), worse, o.tolerance);
  if (left_out > 0) {
    fmt::print("{} left out, as they cannot be read\n", plural(left_out, "run"));
  }
  return static_cast<int>(worse > 0 || left_out > 0 ? ExitCode::some_failed : ExitCode::done);
}

}  // namespace cance::cli
