// What a report says.
#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "base/build_info.hpp"
#include "base/plural.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/cell.hpp"
#include "config/methods.hpp"
#include "report/document/files.hpp"
#include "report/figures/ranking.hpp"
#include "report/report.hpp"
#include "report/runs/aggregate.hpp"
#include "report/runs/paper_order.hpp"
#include "report/tables/paper_tables.hpp"
#include "report/tables/significance.hpp"
#include "report/tables/trace_tables.hpp"
#include "report/tables/variants.hpp"
#include "store/titles.hpp"

namespace cance::report {
namespace {

std::string headline(const CellGroup& group) {
  const auto means = mapped(group.methods, [&](const std::string& method) {
    return config::method_title(method) + " " +
           share_text(over_cases(group, method, lead_metric(group)).mean);
  });
  return fmt::format("{}: mean {} {} ({}, {}, {})", group.title(),
                     store::metric_title(lead_metric(group), group.protocol), join(means, ", "),
                     plural(group.cells.size(), "cell"), plural(group.cases.size(), "case"),
                     plural(group.seeds.size(), "seed"));
}

/// A line a group, as long as they can be read at a glance.
std::vector<std::string> headlines(const Gathered& gathered) {
  constexpr std::size_t kMost = 12;
  if (gathered.groups.size() > kMost) {
    return {fmt::format("{} in {}; \"Overview\" has their averages",
                        plural(gathered.cell_count(), "cell"),
                        plural(gathered.groups.size(), "group"))};
  }
  std::vector<std::string> lines;
  std::ranges::transform(gathered.groups, std::back_inserter(lines), headline);
  return lines;
}

/// What makes the means of a group less than they seem; empty where nothing does.
std::string warnings(const CellGroup& group) {
  std::string text;
  const std::size_t expected = group.cases.size() * group.seeds.size();
  if (group.cells.size() != expected) {
    text += fmt::format(
        " {} of {} cells (case and seed) are missing: deviations of the average use only seeds "
        "that have every case.",
        expected - group.cells.size(), expected);
  }
  std::set<std::string> others;
  for (const CellRecord& cell : group.cells) {
    for (const Run& run : cell.runs) {
      for (const auto& [method, origin] : run.origins) {
        others.insert(fmt::format("{} ({} of {}, SHA-256 {})", method, origin.file, origin.date,
                                  short_hash(origin.sha256)));
      }
    }
  }
  if (const std::string mixed = mixed_settings(group); !mixed.empty()) {
    text +=
        fmt::format(" Means over {}; the settings that differ are columns of auroc.csv.", mixed);
  }
  if (!others.empty()) {
    text += fmt::format(" Scores of other programs: {}.", fmt::join(others, "; "));
  }
  if (const std::string fewer = fewer_cells(group); !fewer.empty()) {
    text += fmt::format(" Fewer than all {}: {}.", plural(group.cells.size(), "cell"), fewer);
  }
  return text;
}

void add_table(Section& section, const TextTable& table) {
  if (!table.rows.empty()) {
    section.blocks.push_back(table);
  }
}

void add_figure(Section& section, const std::optional<Figure>& figure) {
  if (figure) {
    section.blocks.push_back(*figure);
  }
}

void add_note(Section& section, const std::string& text) {
  if (!text.empty()) {
    section.blocks.push_back(Paragraph{text});
  }
}

/// Those that say something, and a line for the others.
void add_matrices(Section& section, const std::vector<Blocks>& all) {
  std::vector<std::string> silent;
  for (const Blocks& blocks : all) {
    const TextTable matrix = p_matrix(blocks);
    if (matrix.rows.empty()) {
      silent.push_back(blocks.unit + "s");
    } else {
      section.blocks.push_back(Folded{matrix});
    }
  }
  if (!silent.empty()) {
    const std::size_t methods = all.front().methods.size();
    add_note(section,
             fmt::format("Left out: p of every method against every other over {}. After "
                         "Holm's correction for {} tests each is 1 or has too few pairs to "
                         "reach .05.",
                         join(silent, " and over "), methods * (methods - 1)));
  }
}

void add_significance(Section& section, const CellGroup& group) {
  if (group.methods.size() < 2) {
    return;
  }
  if (group.cells.size() < 2) {
    add_note(section, "n = 1 cell: no test between methods could reach p = .05.");
    return;
  }
  const std::string metric = store::metric_title(lead_metric(group), group.protocol);
  const Blocks by_case = case_blocks(group);
  const Blocks by_cell = cell_blocks(group);
  section.blocks.push_back(Heading{"Tests between methods"});
  add_table(section, orderings_table(group));
  if (group.cases.size() > 1) {
    add_table(section, claims_table(by_case, metric));
  }
  add_table(section, claims_table(by_cell, metric));
  add_note(section, pair_note(group));
  const Blocks& blocks = group.cases.size() > 1 ? by_case : by_cell;
  if (const auto ranks = ranking(blocks)) {
    section.blocks.push_back(ranking_figure(*ranks, blocks.unit));
  }
  add_matrices(section, {by_case, by_cell});
}

void add_figures(Section& section, const CellGroup& group) {
  section.blocks.push_back(Heading{"Figures"});
  for (Figure& figure : group_figures(group)) {
    section.blocks.emplace_back(std::move(figure));
  }
}

std::string mean_note(const CellGroup& group) {
  return fmt::format(
      "{} Mean ± sample deviation over seeds (n = {}); best mean in bold.{}{}", rule_note(group),
      group.seeds.size(),
      group.cases.size() > 1
          ? " Average: mean over cases of the means over seeds, ± deviation over seeds of the "
            "average."
          : "",
      warnings(group));
}

/// A variant beside the default of its sweep: its tables alone.
bool is_brief(const CellGroup& group, const std::vector<Sweep>& sweeps) {
  return std::ranges::any_of(sweeps, [&](const Sweep& sweep) {
    return sweep.usual != &group && std::ranges::count(sweep.variants, &group) > 0;
  });
}

Section sweep_section(const Sweep& sweep, const Gathered& gathered) {
  Section section{fmt::format("Variants of {} / {}", sweep.dataset, sweep.protocol), {}};
  add_table(section, variants_table(sweep));
  add_note(section, equal_settings_note(sweep, gathered));
  add_figure(section, variants_figure(sweep));
  return section;
}

Section brief_section(const CellGroup& group, const std::filesystem::path& folder) {
  Section section{group.title(), {}};
  for (const TextTable& table : group_tables(group, Others::hidden)) {
    add_table(section, table);
  }
  add_note(section, mean_note(group));
  section.blocks.push_back(Folded{cells_table(group, folder)});
  return section;
}

Section group_section(const CellGroup& group, const std::filesystem::path& folder) {
  Section section{group.title(), {}};
  if (!config::is_ensemble_variant(group.variant)) {
    add_note(section, paper_place(group.dataset, group.protocol).text);
  }
  for (const TextTable& table : group_tables(group)) {
    add_table(section, table);
  }
  add_note(section, mean_note(group));
  add_table(section, published_table(group));
  add_note(section, sources_note({group}));
  add_significance(section, group);
  add_figures(section, group);
  section.blocks.push_back(Heading{"Conditioning, time and traceability"});
  section.blocks.push_back(conditioning_table(group));
  section.blocks.push_back(training_table(group));
  section.blocks.push_back(software_table(group));
  section.blocks.push_back(Folded{cells_table(group, folder)});
  return section;
}

/// What is said over all groups, of sweeps over their defaults, without ensembles that grids made
/// beside their members; nothing for a single one.
Section overview_section(const std::vector<CellGroup>& all, const std::vector<Sweep>& sweeps) {
  Section section{"Overview", {}};
  const auto stands_aside = [&](const CellGroup& group) {
    return is_brief(group, sweeps) || config::is_ensemble_variant(group.variant);
  };
  const bool whole = std::ranges::none_of(all, stands_aside);
  std::vector<CellGroup> defaults;  // copied only where a group stands aside
  if (!whole) {
    std::ranges::copy_if(all, std::back_inserter(defaults), std::not_fn(stands_aside));
  }
  const std::vector<CellGroup>& groups = whole ? all : defaults;
  if (groups.size() < 2) {
    return section;
  }
  for (const TextTable& table : overview_tables(groups)) {
    add_table(section, table);
  }
  add_note(section, sources_note(groups));
  const Blocks blocks = case_blocks(groups);
  add_table(section, claims_table(blocks, "the lead metric of each group"));
  if (const auto ranks = ranking(blocks)) {
    section.blocks.push_back(ranking_figure(*ranks, blocks.unit));
  }
  add_note(section,
           "Each case of each group is one block, with the methods that every group has. The rules "
           "of one table share its rows: they are no independent blocks.");
  return section;
}

std::size_t run_files(const Gathered& gathered) {
  std::set<std::filesystem::path> files;
  for (const CellGroup& group : gathered.groups) {
    for (const CellRecord& cell : group.cells) {
      std::ranges::for_each(cell.runs, [&](const Run& run) { files.insert(run.file); });
    }
  }
  return files.size();
}

Section files_section(const Gathered& gathered, const std::filesystem::path& folder) {
  Section section{"Files and settings", {}};
  section.blocks.push_back(Paragraph{fmt::format(
      "{} read, {} left out.", plural(run_files(gathered), "run file"), gathered.skipped.size())});
  if (!gathered.skipped.empty()) {
    TextTable table{.caption = "Files left out",
                    .header = {"file", "reason"},
                    .align = {Align::left, Align::left}};
    for (const Skipped& skipped : gathered.skipped) {
      table.add({skipped.file.string(), skipped.reason});
      table.rows.back().front().link = link_to(skipped.file, folder);
    }
    section.blocks.push_back(table);
  }
  for (const auto& [hash, text] : gathered.settings) {
    section.blocks.push_back(Listing{"Settings " + short_hash(hash), text});
  }
  return section;
}

}  // namespace

Document make_document(const Gathered& gathered, const std::string& title,
                       const std::filesystem::path& folder) {
  Document document;
  document.title = title;
  std::set<std::string> methods;
  for (const CellGroup& group : gathered.groups) {
    methods.insert(group.methods.begin(), group.methods.end());
  }
  document.methods = {methods.begin(), methods.end()};
  std::ranges::stable_sort(document.methods, {}, config::method_rank);
  std::ranges::transform(document.methods, document.methods.begin(), config::method_title);
  const std::vector<Sweep> sweeps = sweeps_of(gathered.groups);
  if (Section overview = overview_section(gathered.groups, sweeps); !overview.blocks.empty()) {
    document.sections.push_back(std::move(overview));
  }
  for (const Sweep& sweep : sweeps) {
    document.sections.push_back(sweep_section(sweep, gathered));
  }
  document.headlines = headlines(gathered);
  for (const CellGroup& group : gathered.groups) {
    document.sections.push_back(is_brief(group, sweeps) ? brief_section(group, folder)
                                                        : group_section(group, folder));
    if (const std::string mixed = mixed_settings(group); !mixed.empty()) {
      document.headlines.push_back(
          fmt::format("{}: means over {}; no result of one method", group.title(), mixed));
    }
  }
  if (!gathered.skipped.empty()) {
    document.headlines.push_back(plural(gathered.skipped.size(), "run file") +
                                 " could not be used; see \"Files and settings\"");
  }
  document.sections.push_back(files_section(gathered, folder));
  const BuildInfo build = build_info();
  document.footer =
      fmt::format("Made by cance {} ({}) on {}.", build.version, build.git_commit, utc_now());
  document.files = {"report.md", "report.tex", "tables.csv", "summary.csv", "auroc.csv"};
  name_files(document);
  return document;
}

}  // namespace cance::report
