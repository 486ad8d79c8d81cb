#include "archive/tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/cell.hpp"
#include "config/load.hpp"
#include "stats/bootstrap.hpp"
#include "stats/summary.hpp"

namespace cance::archive {
namespace {

/// These fields of RunInfo lead the rows of /table too.
constexpr std::size_t kLeading = 6;

/// Adds a column of what `get` gives of each row.
template <class Rows, class Get>
void add(hdf5::Table& table, const char* name, const Rows& rows, Get get) {
  std::vector<std::decay_t<decltype(get(*std::begin(rows)))>> values;
  values.reserve(std::size(rows));
  for (const auto& row : rows) {
    values.push_back(get(row));
  }
  table.columns.emplace_back(name, std::move(values));
}

/// The same of these fields of the member that `member_of` gives of each row.
template <class Rows, class MemberOf>
void add_info(hdf5::Table& table, std::span<const std::pair<const char*, InfoField>> fields,
              const Rows& rows, MemberOf member_of) {
  for (const auto& [name, field] : fields) {
    std::visit(
        [&, title = name](auto f) {
          add(table, title, rows, [&](const auto& row) { return member_of(row).info.*f; });
        },
        field);
  }
}

const std::vector<std::string>& values(const hdf5::Table& table, const char* name, std::string) {
  return table.texts(name);
}
const std::vector<std::int64_t>& values(const hdf5::Table& table, const char* name, std::int64_t) {
  return table.integers(name);
}
const std::vector<double>& values(const hdf5::Table& table, const char* name, double) {
  return table.numbers(name);
}

/// A column for each setting that one of the rows has; `of` gives those of a row.
template <class Rows, class Of>
void add_settings(hdf5::Table& table, const Rows& rows, Of of) {
  std::map<std::string, bool> numeric;  // by name
  for (const auto& row : rows) {
    for (const auto& [name, value] : of(row)) {
      const bool number = parse_number<double>(value).has_value();
      const auto [place, fresh] = numeric.emplace(name, number);
      place->second = place->second && number;
    }
  }
  for (const auto& [name, numbers] : numeric) {
    const std::string title = table.find(name) != nullptr ? name + "_setting" : name;
    std::vector<std::string> texts;
    std::vector<double> values;
    for (const auto& row : rows) {
      const Settings& own = of(row);
      const auto found = own.find(name);
      texts.push_back(found == own.end() ? "" : found->second);
      values.push_back(parse_number<double>(texts.back()).value_or(std::nan("")));
    }
    if (numbers) {
      table.columns.emplace_back(title, std::move(values));
    } else {
      table.columns.emplace_back(title, std::move(texts));
    }
  }
}

struct Line {
  const Member* member = nullptr;
  const store::Metric* metric = nullptr;
  std::size_t place = 0;  ///< of the member
};

std::vector<Line> lines_of(std::span<const Member> members) {
  std::vector<Line> lines;
  for (const Member& member : members) {
    for (const store::Metric& metric : member.metrics) {
      lines.push_back({&member, &metric, static_cast<std::size_t>(&member - members.data())});
    }
  }
  return lines;
}

}  // namespace

Tables::Tables(std::span<const Member> members) : members_(members) {
  SettingsReader reader;
  std::vector<RunSettings> runs;
  for (const Member& member : members) {
    runs.push_back({config::variant_of(member.info.cell), reader.of(member.info)});
  }
  settings_ = setting_columns(runs);
}

hdf5::Table Tables::cells() const {
  hdf5::Table table;
  add_info(table, info_fields(), members_,
           [](const Member& member) -> const Member& { return member; });
  const auto add_own = [&](const char* name, auto f) {
    add(table, name, members_, [f](const Member& member) { return member.*f; });
  };
  add_own("normals", &Member::normals);
  add_own("anomalies", &Member::anomalies);
  add_own("file", &Member::file);
  add_own("file_sha256", &Member::file_sha256);
  add_own("sha256", &Member::sha256);
  add_settings(table, settings_, std::identity());
  return table;
}

hdf5::Table Tables::metrics() const {
  const std::vector<Line> lines = lines_of(members_);
  hdf5::Table table;
  add_info(table, info_fields().first(kLeading), lines,
           [](const Line& line) -> const Member& { return *line.member; });
  add(table, "method", lines, [](const Line& line) { return line.metric->method; });
  add(table, "metric", lines, [](const Line& line) { return line.metric->metric; });
  add(table, "value", lines, [](const Line& line) { return line.metric->value; });
  add_settings(table, lines,
               [&](const Line& line) -> const Settings& { return settings_[line.place]; });
  return table;
}

hdf5::Table Tables::aggregates() const {
  constexpr std::array kNames = {"dataset", "protocol", "representation",
                                 "case",    "method",   "metric"};
  using Key = std::array<std::string, kNames.size() + 1>;  // and the variant
  std::vector<Key> order;
  std::map<Key, std::vector<double>> values;
  std::map<Key, Settings> settings;
  for (const auto& [member, metric, place] : lines_of(members_)) {
    const store::RunInfo& info = member->info;
    const Key key = {info.dataset,   info.protocol,  info.representation,          info.case_name,
                     metric->method, metric->metric, config::variant_of(info.cell)};
    if (!values.contains(key)) {
      order.push_back(key);
    }
    values[key].push_back(metric->value);
    join_settings(settings[key], settings_[place]);
  }
  hdf5::Table table;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    add(table, kNames[i], order, [i](const Key& key) { return key[i]; });
  }
  const auto add_of = [&](const char* name, auto get) {
    add(table, name, order, [&](const Key& key) { return get(values.at(key)); });
  };
  using Values = std::vector<double>;
  add_of("n", [](const Values& v) { return static_cast<std::int64_t>(v.size()); });
  add_of("mean", [](const Values& v) { return stats::summarise(v).mean; });
  add_of("deviation", [](const Values& v) { return stats::summarise(v).deviation; });
  add_of("low", [](const Values& v) { return stats::bootstrap_mean(v).low; });
  add_of("high", [](const Values& v) { return stats::bootstrap_mean(v).high; });
  add_settings(table, order, [&](const Key& key) -> const Settings& { return settings.at(key); });
  return table;
}

std::vector<Member> members_of(const hdf5::Table& cells, const hdf5::Table& metrics) {
  std::vector<Member> members(cells.rows());
  std::map<std::string, std::size_t> places;
  for (std::size_t row = 0; row < members.size(); ++row) {
    Member& member = members[row];
    for (const auto& [name, field] : info_fields()) {
      std::visit(
          [&, title = name](auto f) {
            member.info.*f = values(cells, title, std::decay_t<decltype(member.info.*f)>())[row];
          },
          field);
    }
    member.normals = cells.integers("normals")[row];
    member.anomalies = cells.integers("anomalies")[row];
    member.file = cells.texts("file")[row];
    member.file_sha256 = cells.texts("file_sha256")[row];
    member.sha256 = cells.texts("sha256")[row];
    require(places.emplace(member.info.cell, row).second, "/cells has the cell {} twice",
            member.info.cell);
  }
  for (std::size_t row = 0; row < metrics.rows(); ++row) {
    const std::string& cell = metrics.texts("cell")[row];
    const auto place = places.find(cell);
    require(place != places.end(), "/table has a metric of {}, which /cells does not have", cell);
    members[place->second].metrics.push_back({metrics.texts("method")[row],
                                              metrics.texts("metric")[row],
                                              metrics.numbers("value")[row]});
  }
  return members;
}

}  // namespace cance::archive
