// Tables of the UCI archives: KDDCUP99 and abalone.
#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/published/sets.hpp"
#include "data_prep/readers/csv.hpp"
#include "data_prep/tables/preparation.hpp"
#include "data_prep/tables/table_writer.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKddColumns =
    "duration protocol_type* service* flag* src_bytes dst_bytes land* wrong_fragment urgent hot "
    "num_failed_logins logged_in* num_compromised root_shell su_attempted num_root "
    "num_file_creations num_shells num_access_files num_outbound_cmds is_host_login* "
    "is_guest_login* count srv_count serror_rate srv_serror_rate rerror_rate srv_rerror_rate "
    "same_srv_rate diff_srv_rate srv_diff_host_rate dst_host_count dst_host_srv_count "
    "dst_host_same_srv_rate dst_host_diff_srv_rate dst_host_same_src_port_rate "
    "dst_host_srv_diff_host_rate dst_host_serror_rate dst_host_srv_serror_rate "
    "dst_host_rerror_rate dst_host_srv_rerror_rate";  // * categorical
constexpr std::string_view kKddAnomalous = "normal.";
constexpr std::size_t kMostCategories = 256;

std::vector<RawColumn> kdd_columns() {
  std::vector<RawColumn> columns;
  for (std::string name : split(kKddColumns, ' ')) {
    const bool categorical = name.ends_with('*');
    if (categorical) {
      name.pop_back();
    }
    columns.push_back({name, categorical ? ColumnUse::one_hot : ColumnUse::number});
  }
  return columns;
}

/// The first pass: the categories, and that every row has its fields and a label.
std::vector<RawColumn> find_categories(const fs::path& path) {
  std::vector<RawColumn> columns = kdd_columns();
  CsvReader reader(path);
  while (reader.next(columns.size() + 1)) {
    const auto fields = reader.fields();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].use == ColumnUse::one_hot) {
        add_text(columns[i].categories, cell_of(fields[i]).text);
        if (columns[i].categories.size() > kMostCategories) {
          fail("{}, column {}: over {} categories; is this KDDCUP99?", reader.where(),
               columns[i].name, kMostCategories);
        }
      }
    }
    if (!fields.back().ends_with('.')) {
      fail("{}: label '{}', expected a name with a dot behind it, as 'smurf.'", reader.where(),
           fields.back());
    }
  }
  return columns;
}

std::vector<RawColumn> abalone_columns() {
  std::vector<RawColumn> columns{
      {.name = "sex", .use = ColumnUse::coded, .codes = {"M", "F", "I"}}};
  for (const char* name : {"length", "diameter", "height", "whole_weight", "shucked_weight",
                           "viscera_weight", "shell_weight"}) {
    columns.push_back({name});
  }
  return columns;
}

/// Writes the rows of the only file of a set, whose columns stand in this order with the label
/// behind them. `label_of` gives the class of the reader's row, or nothing to leave it out.
template <class LabelOf>
PrepSummary write_set(const PublicSet& set, const fs::path& path, const fs::path& out,
                      std::vector<RawColumn> columns, const std::string& label, LabelOf label_of) {
  columns.push_back({.name = label, .use = ColumnUse::left_out});
  const std::size_t count = columns.size();
  const RowEncoder encoder(columns);
  TableWriter writer(
      out, set.name, set.licence,
      columns_of(encoder, {.columns = std::move(columns), .label = label, .header = false}),
      {check_source(set, path)});
  CsvReader reader(path);
  std::vector<RawCell> cells(count);
  std::vector<float> row;
  while (reader.next(cells.size())) {
    std::ranges::transform(reader.fields(), cells.begin(),
                           [](std::string_view field) { return cell_of(field); });
    row.clear();
    encoder.append(
        cells, [&reader] { return reader.where(); }, row);
    if (const std::optional<std::int32_t> found = label_of(reader)) {
      writer.append("all", row, {&*found, 1});
    }
  }
  return writer.finish();
}

}  // namespace

PrepSummary prep_kddcup99(const fs::path& raw, const fs::path& out) {
  const PublicSet& set = public_set("kddcup99");
  const fs::path path = find_source(set, raw);
  return write_set(set, path, out, find_categories(path), "label",
                   [](const CsvReader& reader) -> std::optional<std::int32_t> {
                     return reader.fields().back() == kKddAnomalous ? kAnomalous : kNormal;
                   });
}

PrepSummary prep_abalone(const fs::path& raw, const fs::path& out) {
  const PublicSet& set = public_set("abalone");
  return write_set(set, find_source(set, raw), out, abalone_columns(), "rings",
                   [](const CsvReader& reader) -> std::optional<std::int32_t> {
                     const float rings =
                         number_of(cell_of(reader.fields().back()), reader.where(), "rings");
                     const bool normal = rings == 8 || rings == 9 || rings == 10;
                     return normal                      ? std::optional(kNormal)
                            : rings == 3 || rings == 21 ? std::optional(kAnomalous)
                                                        : std::nullopt;
                   });
}

}  // namespace cance::prep
