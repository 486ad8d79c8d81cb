#include "data_prep/tables/table_plan.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "data_prep/tables/csv_source.hpp"
#include "data_prep/tables/preparation.hpp"

namespace cance::prep {
namespace {

bool is_normal(const RawCell& cell, const std::vector<std::string>& normal) {
  return std::ranges::any_of(
      normal, [&cell](const std::string& written) { return is_label(cell, written); });
}

std::int32_t label_of(const TablePart& part, const RowSource& row, const TableOptions& options) {
  if (!part.label) {
    return kNormal;
  }
  const RawCell& cell = row.cells()[*part.label];
  if (is_normal(cell, options.normal)) {
    return kNormal;
  }
  if (cell.missing) {
    fail("{}, column {}: no label", row.where(), part.columns[*part.label]);
  }
  if (!options.normal.empty()) {
    return kAnomalous;
  }
  if (!cell.number || (*cell.number != 0 && *cell.number != 1)) {
    fail("{}, column {}: label '{}', expected 0 (normal) or 1; name the normal ones by --normal",
         row.where(), part.columns[*part.label], cell.text);
  }
  return *cell.number == 0 ? kNormal : kAnomalous;
}

/// Class 0, and a class for each kind of anomaly where a table tells several apart.
void find_classes(TablePlan& plan) {
  constexpr std::size_t kMostKinds = 100;
  plan.classes = {"normal", "anomalous"};
  const TablePart& part = plan.parts.front();
  std::vector<std::string> kinds;
  if (part.label && !plan.options.normal.empty()) {
    std::ranges::copy_if(
        plan.facts[*part.label].categories, std::back_inserter(kinds),
        [&](const std::string& name) { return !is_normal(cell_of(name), plan.options.normal); });
  }
  if (kinds.size() > 1 && kinds.size() <= kMostKinds && !contains(kinds, "normal") &&
      std::ranges::all_of(kinds, is_utf8_line)) {
    plan.classes.resize(1);
    plan.classes.insert(plan.classes.end(), kinds.begin(), kinds.end());
  }
}

/// The class of a row that is normal or anomalous.
std::int32_t class_of(const TablePart& part, const RowSource& row, std::int32_t label,
                      const std::vector<std::string>& classes) {
  if (label == kNormal || classes.size() == 2) {
    return label;
  }
  const auto place = std::ranges::find(classes, row.cells()[*part.label].text);
  return static_cast<std::int32_t>(place - classes.begin());
}

/// Calls visit(row, label) for every row of a part.
template <class Visit>
void for_each_row(const TablePart& part, const TableOptions& options, Visit&& visit) {
  const auto row = part.open();
  while (row->next()) {
    visit(*row, label_of(part, *row, options));
  }
}

void check_names(const TablePart& part, const std::vector<std::string>& wanted,
                 const char* option) {
  for (const std::string& name : wanted) {
    require(contains(part.columns, name), "{}: there is no column '{}' (--{}){}",
            part.file.string(), name, option, did_you_mean(name, part.columns));
  }
}

/// Refuses a label of --normal that no row has.
[[noreturn]] void refuse_normal(const TablePlan& plan, const std::string& name) {
  constexpr std::size_t kMostNamed = 10;
  const TablePart& part = plan.parts.front();
  const Texts& found = plan.facts[*part.label].categories;
  const std::vector<std::string> labels(found.begin(), found.end());
  const bool commas = std::ranges::any_of(
      labels, [](const auto& label) { return label.find(',') != std::string::npos; });
  fail("{}, column {}: no row has the label '{}' (--normal){} (labels: {}{})", part.file.string(),
       part.columns[*part.label], name, did_you_mean(name, labels), join_first(labels, kMostNamed),
       commas ? "; those with a comma in double quotes, as --normal '\"a, b\",c'" : "");
}

/// Reads everything once: facts of all columns over all parts, and the rows of each part. Error: a
/// normal label that no row has.
void find_facts(TablePlan& plan) {
  plan.facts.resize(plan.parts.front().columns.size());
  std::vector<std::string> unmet = plan.options.normal;
  for (const TablePart& part : plan.parts) {
    PartCounts counts{part.part, std::vector<std::size_t>(2)};
    for (ColumnFacts& facts : plan.facts) {
      facts.part_begins = true;
    }
    for_each_row(part, plan.options, [&](const RowSource& row, std::int32_t label) {
      add_labels(counts, {&label, 1});
      std::erase_if(unmet, [&](const std::string& written) {
        return is_label(row.cells()[*part.label], written);
      });
      for (std::size_t i = 0; i < plan.facts.size(); ++i) {
        plan.facts[i].add(row.cells()[i], row, label == kNormal && part.part != "test");
      }
    });
    require(counts.rows_by_class[kNormal] + counts.rows_by_class[kAnomalous] > 0,
            "{}: there are no rows, expected some below the header", part.file.string());
    plan.counts.push_back(counts);
  }
  if (!unmet.empty()) {
    refuse_normal(plan, unmet.front());
  }
}

/// Error: the first line was taken for names, as it holds texts only, but may be a row.
void check_names_are_no_row(const TablePlan& plan) {
  const TablePart& part = plan.parts.front();
  const TableOptions& o = plan.options;
  if (o.files.header != Header::ask || !o.files.label.empty() || !o.drop.empty() ||
      !o.categorical.empty()) {
    return;  // said by the user, or the line has a name that the user gave
  }
  for (std::size_t i = 0; i < part.columns.size(); ++i) {
    const ColumnFacts& facts = plan.facts[i];
    require(!part.header || facts.numbers > 0 || !facts.categories.contains(part.columns[i]),
            "{}: '{}' of the first line is also a value of its column, so the line may name the "
            "columns "
            "or be a row; say which by --header yes or --header no",
            part.file.string(), part.columns[i]);
  }
}

/// Whether a column so named most often says what is normal.
bool names_labels(const std::string& name) {
  static const std::vector<std::string> kNames{"label",      "labels",  "class",   "target",
                                               "y",          "outlier", "anomaly", "is_anomaly",
                                               "is_outlier", "attack"};
  return contains(kNames, lower(name));
}

double median(std::vector<double>& values) {
  std::ranges::sort(values);
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

/// Puts medians in the place of means; reads the table once more.
void find_medians(TablePlan& plan) {
  std::vector<std::vector<double>> values(plan.columns.size());
  for_each_row(plan.parts.front(), plan.options, [&](const RowSource& row, std::int32_t label) {
    for (std::size_t i = 0; label == kNormal && i < values.size(); ++i) {
      if (plan.columns[i].fill && row.cells()[i].number) {
        values[i].push_back(*row.cells()[i].number);
      }
    }
  });
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (plan.columns[i].fill) {
      plan.columns[i].fill = median(values[i]);
    }
  }
}

/// "a, b, c and 9 more".
std::string list_text(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 12;
  const std::size_t shown = std::min(kMost, names.size());
  const std::string text = join({names.begin(), names.begin() + static_cast<long>(shown)}, ", ");
  return names.size() > shown ? fmt::format("{} and {} more", text, names.size() - shown) : text;
}

/// Names of columns under the words that are said of them.
using Remarks = std::vector<std::pair<std::string, std::vector<std::string>>>;

Remarks remarks_on(const TablePlan& plan) {
  Remarks remarks{{"numbers", {}},
                  {"one-hot (categories)", {}},
                  {"left out", {}},
                  {"only missing values, left out", {}},
                  {"always the same", {}},
                  {"missing, without a 1 in their columns (rows)", {}},
                  {fmt::format("missing, filled by the {} of the normal rows",
                               plan.options.missing == Missing::mean ? "mean" : "median"),
                   {}},
                  {"large, kept less an offset so that 32 bits hold their digits", {}},
                  {"fewer different values than the file, as 32 bits have less precision", {}},
                  {"whole numbers beyond 2^53, of which 64 bits keep 15 to 17 digits (rows)", {}},
                  {"without a name, as the index that pandas writes, left out", {}},
                  {"most often a label, but a feature here (--label NAME, or --drop NAME)", {}},
                  {"counts the rows, but a feature here (--drop NAME)", {}},
                  {"dates, one-hot as all texts (pandas.to_datetime makes numbers of them)", {}},
                  {"numbers with decimal commas", {}},
                  {"points before three digits, taken for decimal points", {}}};
  const auto say = [&remarks](std::size_t what, std::string text) {
    remarks[what].second.push_back(std::move(text));
  };
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const RawColumn& column = plan.columns[i];
    const ColumnFacts& facts = plan.facts[i];
    if (plan.parts.front().label == i) {
      continue;
    }
    if (column.use == ColumnUse::left_out) {
      say(facts.empty() ? 3 : is_unnamed(column.name) ? 10 : 2, column.name);
      continue;
    }
    const bool one_hot = column.use == ColumnUse::one_hot;
    say(one_hot ? 1 : 0,
        one_hot ? fmt::format("{} ({})", column.name, column.categories.size()) : column.name);
    if (names_labels(column.name)) {
      say(11, column.name);
    }
    if (one_hot && facts.dates > 0 && facts.dates == facts.texts) {
      say(13, column.name);
    }
    if (!one_hot && facts.comma_numbers > 0) {
      say(14, column.name);
    }
    if (!one_hot && !plan.parts.front().surprise.empty() && facts.unclear_points > 0 &&
        facts.unclear_points == facts.points) {
      say(15, column.name);
    }
    if (facts.counts_rows()) {
      say(12, column.name);
    }
    if (facts.constant()) {
      say(4, column.name);
    }
    if (column.offset != 0) {
      say(7, fmt::format("{} ({:.6g})", column.name, column.offset));
    }
    if (!one_hot && facts.rounded > 0) {
      say(9, fmt::format("{} ({})", column.name, facts.rounded));
    }
    const std::size_t merged = one_hot ? 0 : facts.merged(column.offset);
    if (static_cast<double>(merged) > kMergedUnsaid * static_cast<double>(facts.sample.size())) {
      say(8, fmt::format("{} ({} of {})", column.name, facts.sample.size() - merged,
                         facts.sample.size()));
    }
    if (facts.missing > 0) {
      say(one_hot ? 5 : 6,
          one_hot ? fmt::format("{} ({})", column.name, facts.missing)
                  : fmt::format("{} ({} rows: {:.6g})", column.name, facts.missing, *column.fill));
    }
  }
  return remarks;
}

std::string label_name(const TablePlan& plan) {
  const TablePart& part = plan.parts.front();
  return part.label ? part.columns[*part.label] : "";
}

}  // namespace

TablePlan plan_table(const TableOptions& options) {
  std::vector<std::string> named = options.drop;
  named.insert(named.end(), options.categorical.begin(), options.categorical.end());
  TablePlan plan{.options = options, .parts = open_table(options.files, named)};
  const TablePart& first = plan.parts.front();
  check_names(first, options.drop, "drop");
  check_names(first, options.categorical, "categorical");
  require(options.normal.empty() || first.label,
          "{}: --normal names labels, but there are none; name the column of a CSV by --label, the "
          "labels of a .npy by --labels",
          first.file.string());
  find_facts(plan);
  find_classes(plan);
  check_names_are_no_row(plan);
  for (std::size_t i = 0; i < first.columns.size(); ++i) {
    const std::string& name = first.columns[i];
    plan.columns.push_back(
        plan_column(first.file.string(), name, plan.facts[i],
                    {.categorical = contains(options.categorical, name),
                     .dropped = first.label == i || contains(options.drop, name) ||
                                (is_unnamed(name) && !contains(options.categorical, name)),
                     .fills = options.missing != Missing::refuse,
                     .python = first.python}));
  }
  if (options.missing == Missing::median) {
    find_medians(plan);
  }
  return plan;
}

std::vector<std::string> describe(const TablePlan& plan) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    const auto& rows = plan.counts[i].rows_by_class;
    lines.push_back(fmt::format("{}: {} rows: {} normal, {} anomalous{}",
                                plan.parts[i].file.string(), rows[0] + rows[1], rows[0], rows[1],
                                plan.parts[i].label ? "" : " (without labels all are normal)"));
    if (!plan.parts[i].surprise.empty()) {
      lines.push_back(fmt::format("  written with {}", plan.parts[i].surprise));
    }
  }
  if (plan.classes.size() > 2) {
    lines.push_back(fmt::format("  kinds of anomalies, judged apart: {}",
                                list_text({plan.classes.begin() + 1, plan.classes.end()})));
  }
  for (const auto& [words, columns] : remarks_on(plan)) {
    if (!columns.empty()) {
      lines.push_back(fmt::format("  {}: {}", words, list_text(columns)));
    }
  }
  return lines;
}

PrepSummary write_table(const TablePlan& plan, const std::filesystem::path& out) {
  const RowEncoder encoder(plan.columns);
  require(!encoder.names().empty(), "{}: no column is left", plan.parts.front().file.string());
  std::vector<CheckedSource> sources;
  for (const TablePart& part : plan.parts) {
    if (sources.empty() || plan.parts.front().file != part.file) {
      sources.push_back(check_source(PublicFile{}, part.file));
    }
  }
  TableWriter writer(out, plan.options.name, "not stated",
                     columns_of(encoder, {.columns = plan.columns,
                                          .label = label_name(plan),
                                          .header = plan.parts.front().header,
                                          .decimal_commas = plan.parts.front().decimal_commas}),
                     sources, plan.classes);
  std::vector<float> values;
  for (const TablePart& part : plan.parts) {
    for_each_row(part, plan.options, [&](const RowSource& row, std::int32_t label) {
      values.clear();
      encoder.append(
          row.cells(), [&row] { return row.where(); }, values);
      const std::int32_t number = class_of(part, row, label, plan.classes);
      writer.append(part.part, values, {&number, 1});
    });
  }
  return writer.finish();
}

}  // namespace cance::prep
