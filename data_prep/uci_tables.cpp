#include "data_prep/uci_tables.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/csv.hpp"
#include "data_prep/row_encoder.hpp"
#include "data_prep/table_writer.hpp"

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

struct AbaloneRow {
  std::vector<float> values;
  float rings = 0;
};

const std::vector<std::string> kAbaloneColumns{
    "sex",          "length",         "diameter",       "height",
    "whole_weight", "shucked_weight", "viscera_weight", "shell_weight"};

AbaloneRow abalone_row(const CsvReader& reader) {
  const auto fields = reader.fields();
  constexpr std::string_view kSexes = "MFI";
  const auto sex = fields[0].size() == 1 ? kSexes.find(fields[0][0]) : std::string_view::npos;
  require(sex != std::string_view::npos, "{}, column sex: '{}', expected M, F or I", reader.where(),
          fields[0]);
  AbaloneRow row{{static_cast<float>(sex)}, 0};
  for (std::size_t i = 1; i < kAbaloneColumns.size(); ++i) {
    row.values.push_back(number_of(cell_of(fields[i]), reader.where(), kAbaloneColumns[i]));
  }
  row.rings = number_of(cell_of(fields.back()), reader.where(), "rings");
  return row;
}

}  // namespace

PrepSummary prep_kddcup99(const fs::path& raw, const fs::path& out) {
  const PublicSet& set = public_set("kddcup99");
  const fs::path path = find_source(set, raw);
  const RowEncoder encoder(find_categories(path));
  const std::size_t width = encoder.names().size();
  TableWriter writer(out, set.name, set.licence, {encoder.names(), encoder.one_hot_names(), width},
                     {check_source(set, path)});
  CsvReader reader(path);
  std::vector<Cell> cells;
  std::vector<float> row;
  while (reader.next()) {
    const auto fields = reader.fields();
    row.clear();
    cells.resize(fields.size() - 1);
    std::ranges::transform(fields.first(cells.size()), cells.begin(), cell_of);
    encoder.append(
        cells, [&reader] { return reader.where(); }, row);
    const std::int32_t label = fields.back() == kKddAnomalous ? kAnomalous : kNormal;
    writer.append("all", row, {&label, 1});
  }
  return writer.finish();
}

PrepSummary prep_abalone(const fs::path& raw, const fs::path& out) {
  const PublicSet& set = public_set("abalone");
  const fs::path path = find_source(set, raw);
  TableWriter writer(out, set.name, set.licence,
                     {.names = kAbaloneColumns, .width = kAbaloneColumns.size()},
                     {check_source(set, path)});
  CsvReader reader(path);
  while (reader.next(kAbaloneColumns.size() + 1)) {
    const AbaloneRow row = abalone_row(reader);
    const bool normal = row.rings == 8 || row.rings == 9 || row.rings == 10;
    if (normal || row.rings == 3 || row.rings == 21) {
      const std::int32_t label = normal ? kNormal : kAnomalous;
      writer.append("all", row.values, {&label, 1});
    }
  }
  return writer.finish();
}

}  // namespace cance::prep
