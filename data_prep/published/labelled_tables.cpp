// Published tables that come as X [n, d] and y [n].
#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <system_error>
#include <unordered_set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/catalogue.hpp"
#include "data_prep/published/sets.hpp"
#include "data_prep/readers/mat.hpp"
#include "data_prep/readers/npy.hpp"
#include "data_prep/tables/column_facts.hpp"
#include "data_prep/tables/preparation.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;
using LabelledArrays = std::map<std::string, NumberArray>;

bool has_offsets(const std::vector<RawColumn>& columns) {
  return std::ranges::any_of(columns, [](const RawColumn& column) { return column.offset != 0; });
}

/// The columns of X, from whose numbers is taken what 32 bits need to keep them apart; a shape that
/// is none of rows and columns is left to table_rows.
std::vector<RawColumn> columns_less_offsets(NumberArray& x) {
  std::vector<RawColumn> columns;
  if (x.shape.size() != 2) {
    return columns;
  }
  std::vector<double> values = as_doubles(x);
  const std::size_t width = x.shape[1];
  for (std::size_t column = 0; column < width; ++column) {
    std::unordered_set<double> sample;
    for (std::size_t i = column; i < values.size() && sample.size() < kSample; i += width) {
      if (std::isfinite(values[i])) {  // others are refused
        sample.insert(values[i]);
      }
    }
    const double offset = needed_offset(sample);
    columns.push_back({.name = fmt::format("x{}", column), .offset = offset});
    for (std::size_t i = column; offset != 0 && i < values.size(); i += width) {
      values[i] -= offset;
    }
  }
  if (has_offsets(columns)) {
    x.values = std::move(values);
  }
  return columns;
}

/// X has so many columns; 0: any number.
PrepSummary write_labelled(const std::string& name, const PublicSet& set, const fs::path& path,
                           LabelledArrays arrays, std::size_t columns_of_set, const fs::path& out) {
  const std::string where = path.string();
  for (const char* needed : {"X", "y"}) {
    require(arrays.contains(needed), "{}: there is no array '{}'; expected X and y", where, needed);
  }
  NumberArray x = std::move(arrays.at("X"));
  const auto columns = columns_less_offsets(x);
  const std::vector<float> rows = table_rows(x, where + ":X");
  const std::vector<std::int32_t> labels = label_column(arrays.at("y"), where + ":y");
  const std::size_t width = x.shape[1];
  require(columns_of_set == 0 || width == columns_of_set,
          "{}: X has {} columns, {} has {}; is it another set's file?", where, width, name,
          columns_of_set);
  require(labels.size() * width == rows.size(), "{}: X has {} rows, y has {}", where,
          rows.size() / width, labels.size());
  const auto strange = std::ranges::find_if(labels, [](auto y) { return y != 0 && y != 1; });
  require(strange == labels.end(), "{}:y: label {} in row {}, expected 0 or 1", where,
          strange == labels.end() ? 0 : *strange, strange - labels.begin());
  const RowEncoder encoder(columns);
  TableWriter::Columns described{.names = encoder.names(), .width = width};
  if (has_offsets(columns)) {
    described = columns_of(encoder, {.columns = columns, .header = false});
  }
  TableWriter writer(out, name, set.licence, described, {check_source(set, path)});
  writer.append("all", rows, labels);
  return writer.finish();
}

/// The .npz file that `raw` is or holds.
fs::path find_npz(const fs::path& raw) {
  std::error_code error;
  if (!fs::is_directory(raw, error)) {
    return find_source(public_set("adbench"), raw);
  }
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(raw, error)) {
    if (lower(entry.path().extension().string()) == ".npz") {
      found.push_back(entry.path().filename().string());
    }
  }
  std::ranges::sort(found);
  require(found.size() < 2, "{}: holds {} .npz files; name one by --raw, for example {}",
          raw.string(), found.size(), found.empty() ? "" : (raw / found[0]).string());
  return found.empty() ? find_source(public_set("adbench"), raw) : raw / found[0];
}

/// "adbench-cifar10-0" of "CIFAR10_0".
std::string adbench_name(const std::string& stem) {
  std::string name = "adbench-" + stem;
  std::ranges::transform(name, name.begin(), [](unsigned char letter) {
    return std::isalnum(letter) != 0 ? static_cast<char>(std::tolower(letter)) : '-';
  });
  return name;
}

}  // namespace

PrepSummary prep_odds(const std::string& set_name, const fs::path& raw, const fs::path& out) {
  const PublicSet& set = public_set(set_name);
  const fs::path path = find_source(set, raw);
  const std::size_t columns = set_name == "thyroid" ? 6 : 274;
  return write_labelled(set.name, set, path, read_mat(path, {"X", "y"}), columns, out);
}

PrepSummary prep_adbench(const fs::path& raw, const fs::path& out) {
  const fs::path path = find_npz(raw);
  return write_labelled(adbench_name(path.stem().string()), public_set("adbench"), path,
                        read_npz(path, {"X", "y"}), /*columns_of_set=*/0, out);
}

}  // namespace cance::prep
