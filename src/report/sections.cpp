#include "report/sections.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/build_info.hpp"
#include "base/text.hpp"
#include "report/aggregate.hpp"
#include "report/published.hpp"
#include "report/significance.hpp"
#include "report/trace_tables.hpp"

namespace cance::report {

namespace {

/// A row of "mean ± sd" with the highest mean bold; equal means, as printed, are all bold.
std::vector<Entry> summary_row(const std::string& name, const std::string& seeds,
                               const std::vector<MeanSd>& values) {
  double best = -1;
  for (const MeanSd& value : values) {
    best = std::max(best, std::isfinite(value.mean) ? value.mean : -1);
  }
  std::vector<Entry> row{{name}, {seeds}};
  for (const MeanSd& value : values) {
    row.push_back({value.text(), share_text(value.mean) == share_text(best)});
  }
  return row;
}

std::string headline(const Group& group) {
  std::vector<std::string> means;
  for (const std::string& method : group.methods) {
    means.push_back(store::method_title(method) + " " + share_text(over_cases(group, method).mean));
  }
  return fmt::format("{}: mean AUROC {} ({}, {}, {})", group.title(), join(means, ", "),
                     plural(group.cells.size(), "cell"), plural(group.cases.size(), "case"),
                     plural(group.seeds.size(), "seed"));
}

std::string completeness(const Group& group) {
  const std::size_t expected = group.cases.size() * group.seeds.size();
  if (group.cells.size() == expected) {
    return "";
  }
  return fmt::format(
      " {} of {} cells (case and seed) are missing: deviations of the average use only seeds that "
      "have "
      "every case.",
      expected - group.cells.size(), expected);
}

/// Metrics besides AUROC, averaged over cases.
std::optional<Table> other_metrics(const Group& group) {
  Table table;
  table.caption = group.cases.size() > 1 ? "Other metrics, average over cases" : "Other metrics";
  table.header = {"metric"};
  for (const std::string& method : group.methods) {
    table.header.push_back(store::method_title(method));
  }
  for (const std::string& metric : metric_names({group})) {
    if (metric != kAuroc) {
      std::vector<std::string> row{metric};
      for (const std::string& method : group.methods) {
        row.push_back(over_cases(group, method, metric).text());
      }
      table.add(row);
    }
  }
  return table.rows.empty() ? std::nullopt : std::optional(table);
}

std::optional<Table> published_table(const Group& group) {
  const auto results = published_results(group.dataset, group.protocol);
  if (results.empty()) {
    return std::nullopt;
  }
  Table table;
  table.caption = "Mean AUROC beside published numbers";
  table.header = {"method", "mean AUROC", "from"};
  table.align = {Align::left, Align::right, Align::left};
  std::vector<std::pair<double, std::vector<Entry>>> rows;
  for (const std::string& method : group.methods) {
    const double mean = over_cases(group, method).mean;
    rows.push_back(
        {mean,
         {{store::method_title(method), true}, {share_text(mean), true}, {"these runs", true}}});
  }
  for (const Published& result : results) {
    rows.push_back(
        {result.mean_auroc,
         {{result.method}, {share_text(result.mean_auroc, 3)}, {"published: " + result.source}}});
  }
  std::ranges::stable_sort(rows, std::ranges::greater{}, [](const auto& row) {
    return std::isfinite(row.first) ? row.first : -1;
  });
  for (auto& [mean, row] : rows) {
    table.rows.push_back(std::move(row));
  }
  return table;
}

void add_significance(Section& section, const Group& group) {
  if (group.methods.size() < 2) {
    return;
  }
  section.blocks.push_back(Heading{"Tests between methods"});
  for (const Table& table : {orderings_table(group), pair_table(group)}) {
    if (!table.rows.empty()) {
      section.blocks.push_back(table);
    }
  }
  section.blocks.push_back(p_matrix(group, Pairing::cells));
  section.blocks.push_back(p_matrix(group, Pairing::cases));
  section.blocks.push_back(Paragraph{pair_note(group)});
}

Section group_section(const Group& group) {
  Section section{group.title(), {}};
  section.blocks.push_back(class_table(group));
  section.blocks.push_back(
      Paragraph{fmt::format("Mean ± sample deviation over seeds (n = {}); best mean of a row in "
                            "bold.{}{}",
                            group.seeds.size(),
                            group.cases.size() > 1 ? " Last row: mean over cases of the means over "
                                                     "seeds, ± deviation over seeds of the average."
                                                   : "",
                            completeness(group))});
  const auto add = [&section](const auto& block) {
    if (block) {
      section.blocks.push_back(*block);
    }
  };
  add(other_metrics(group));
  add(published_table(group));
  add_significance(section, group);
  section.blocks.push_back(Heading{"Figures"});
  add(methods_figure(group));
  add(seeds_figure(group));
  add(roc_figure(group));
  add(histogram_figure(group));
  add(composite_figure(group));
  add(training_figure(group));
  add(noise_figure(group));
  add(gallery_figure(group));
  section.blocks.push_back(Heading{"Conditioning, time and traceability"});
  section.blocks.push_back(conditioning_table(group));
  section.blocks.push_back(software_table(group));
  section.blocks.push_back(Folded{cells_table(group)});
  return section;
}

Section files_section(const Gathered& gathered) {
  Section section{"Files and settings", {}};
  section.blocks.push_back(
      Paragraph{fmt::format("{} read, {} left out.", plural(gathered.cell_count(), "run file"),
                            gathered.skipped.size())});
  if (!gathered.skipped.empty()) {
    Table table;
    table.caption = "Files left out";
    table.header = {"file", "reason"};
    table.align = {Align::left, Align::left};
    for (const Skipped& skipped : gathered.skipped) {
      table.add({skipped.file.string(), skipped.reason});
    }
    section.blocks.push_back(table);
  }
  for (const auto& [hash, text] : gathered.settings) {
    section.blocks.push_back(Listing{"Settings " + short_hash(hash), text});
  }
  return section;
}

}  // namespace

Table class_table(const Group& group) {
  Table table;
  table.caption = fmt::format("AUROC by case, {}", group.title());
  table.header = {"case", "seeds"};
  for (const std::string& method : group.methods) {
    table.header.push_back(store::method_title(method));
  }
  const auto add = [&](const std::string& name, const auto& summary) {
    std::vector<MeanSd> values;
    std::ranges::transform(group.methods, std::back_inserter(values), summary);
    const std::size_t seeds = values.empty() ? 0 : std::ranges::max(values, {}, &MeanSd::n).n;
    table.rows.push_back(summary_row(name, fmt::format("{}", seeds), values));
  };
  for (const std::string& name : group.cases) {
    add(name, [&](const std::string& method) { return over_seeds(group, name, method); });
  }
  table.last_row_is_summary = group.cases.size() > 1;
  if (table.last_row_is_summary) {
    add("average", [&](const std::string& method) { return over_cases(group, method); });
  }
  return table;
}

Document make_document(const Gathered& gathered, const std::string& title) {
  Document document;
  document.title = title;
  for (const Group& group : gathered.groups) {
    document.headlines.push_back(headline(group));
    document.sections.push_back(group_section(group));
  }
  if (!gathered.skipped.empty()) {
    document.headlines.push_back(plural(gathered.skipped.size(), "run file") +
                                 " could not be used; see \"Files and settings\"");
  }
  document.sections.push_back(files_section(gathered));
  const BuildInfo build = build_info();
  document.footer =
      fmt::format("Made by cance {} ({}) on {}.", build.version, build.git_commit, utc_now());
  return document;
}

}  // namespace cance::report
