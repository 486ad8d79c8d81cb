#include "archive/check.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "archive/archive_file.hpp"
#include "archive/tables.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/cell.hpp"
#include "hdf5/group_hash.hpp"

namespace cance::archive {
namespace {

/// Equal to the bit, or both not a number.
bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

template <class T>
bool same(const T& a, const T& b) {
  return a == b;
}

/// The value of a setting that a column has there, as text; empty where it has none.
std::string setting_at(const hdf5::Column& column, std::size_t row) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&column)) {
    return (*texts)[row];
  }
  const auto* numbers = std::get_if<std::vector<double>>(&column);
  return numbers == nullptr || std::isnan((*numbers)[row]) ? ""
                                                           : fmt::format("{}", (*numbers)[row]);
}

/// Whether it is a setting's that no variant says ("nce.steps"): builds differ in which they write.
bool is_optional(const std::string& column) { return column.find('.') != std::string::npos; }

/// Whether the variant of the run of a row says such a setting; of rows over runs nothing is known.
bool variant_says(const hdf5::Table& table, std::size_t row, const std::string& name) {
  const hdf5::Column* const cells = table.find("cell");
  return cells != nullptr && contains(config::variant_values(config::variant_of(
                                          std::get<std::vector<std::string>>(*cells)[row])),
                                      name, &std::pair<std::string, std::string>::first);
}

/// The same of a column of settings. Earlier builds left it empty where no variant says it, which
/// may make it one of numbers.
std::string setting_difference(const hdf5::Table& stored, const hdf5::Table& computed,
                               const std::string& name) {
  const hdf5::Column& stored_column = *stored.find(name);
  const hdf5::Column& computed_column = *computed.find(name);
  for (std::size_t row = 0; row < computed.rows(); ++row) {
    const std::string found = setting_at(stored_column, row);
    const std::string expected = setting_at(computed_column, row);
    const auto number = parse_number<double>(expected);
    const bool equal = found == expected || (number && parse_number<double>(found) == number);
    if (!equal && !(found.empty() && !variant_says(computed, row, name))) {
      return fmt::format("row {}: {} is {}, but the runs say {}", row, name, found, expected);
    }
  }
  return "";
}

/// The first place where two tables differ; empty when there is none. Columns of settings, those
/// that a table has beside the `fixed` ones, are computed where all runs are known.
std::string difference(const hdf5::Table& stored, const hdf5::Table& computed,
                       const hdf5::Table& fixed, bool all_known) {
  if (stored.rows() != computed.rows()) {
    return fmt::format("{} rows, expected {}", stored.rows(), computed.rows());
  }
  for (const auto& [name, expected] : computed.columns) {
    const hdf5::Column* const column = stored.find(name);
    const bool setting = fixed.find(name) == nullptr;
    if (column == nullptr && is_optional(name)) {
      continue;
    }
    if (column == nullptr || (!setting && column->index() != expected.index())) {
      return fmt::format("the column {} is missing or of another type", name);
    }
    const auto compare = [&, title = name]<class Values>(const Values& values) -> std::string {
      const auto& found = std::get<Values>(*column);
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (!same(found[i], values[i])) {
          return fmt::format("row {}: {} is {}, but the runs say {}", i, title, found[i],
                             values[i]);
        }
      }
      return "";
    };
    const std::string text =
        setting ? setting_difference(stored, computed, name) : std::visit(compare, expected);
    if (!text.empty()) {
      return text;
    }
  }
  for (const auto& [name, values] : stored.columns) {
    if (all_known && !is_optional(name) && computed.find(name) == nullptr) {
      return fmt::format("the column {} does not follow from the runs", name);
    }
  }
  return "";
}

/// Reads the run of one member; what it says of itself.
Member recomputed(const ArchiveFile& archive, const Member& stored, ArchiveCheck& result) {
  const hdf5::Group group = archive.group(stored.info.cell);
  const store::RunRecord run = store::read_run(group, store::Detail::full);
  result.metrics += check_metrics(run);
  Member member = member_of(run);
  member.sha256 = hdf5::group_sha256(group);
  require(member.sha256 == stored.sha256,
          "the SHA-256 of its content is {}, but /cells says {}: it was changed after it was "
          "collected",
          member.sha256, stored.sha256);
  member.file = stored.file;
  member.file_sha256 = stored.file_sha256;
  return member;
}

/// Cells below a group of /runs.
void add_cells(const hdf5::Group& group, const std::string& path, std::set<std::string>& cells) {
  for (const std::string& name : group.children()) {
    const hdf5::Group child = group.group(name);
    const std::string place = path.empty() ? name : path + "/" + name;
    if (child.has_attribute("schema")) {
      cells.insert(place);
    } else {
      add_cells(child, place, cells);
    }
  }
}

}  // namespace

ArchiveCheck check_archive(const std::filesystem::path& path) {
  const ArchiveFile archive(path, /*whole=*/true);
  ArchiveCheck result;
  std::vector<Member> members;
  log::Progress progress(static_cast<double>(archive.members().size()), "runs checked");
  for (const Member& stored : archive.members()) {
    try {
      members.push_back(recomputed(archive, stored, result));
    } catch (const Error& error) {
      result.faults.push_back(fmt::format("{}: {}", stored.info.cell, error.what()));
      members.push_back(stored);
    }
    progress.update(static_cast<double>(++result.runs));
  }
  progress.finish();
  if (!archive.links()) {
    std::set<std::string> cells;
    add_cells(archive.runs(), "", cells);
    for (const Member& member : archive.members()) {
      cells.erase(member.info.cell);
    }
    for (const std::string& cell : cells) {
      result.faults.push_back(
          fmt::format("{}: it lies in /runs, but /cells does not name it", cell));
    }
  }
  const bool all_known = result.faults.empty();
  const Tables tables(members);
  const Tables fixed({});
  const auto compare = [&](const char* name, hdf5::Table (Tables::*make)() const) {
    const auto text = difference(archive.table(name), (tables.*make)(), (fixed.*make)(), all_known);
    if (!text.empty()) {
      result.faults.push_back(fmt::format("/{}: {}", name, text));
    }
  };
  compare("cells", &Tables::cells);
  compare("table", &Tables::metrics);
  compare("aggregates", &Tables::aggregates);
  return result;
}

}  // namespace cance::archive
