#include "archive/tables.hpp"

#include <map>
#include <tuple>

#include "base/error.hpp"
#include "stats/bootstrap.hpp"
#include "stats/summary.hpp"

namespace cance::archive {
namespace {

/// These fields of RunInfo lead the rows of /table too.
constexpr std::size_t kLeading = 6;

template <class Values, class Get>
hdf5::Column column(const Values& values, Get get) {
  std::vector<std::decay_t<decltype(get(*std::begin(values)))>> result;
  result.reserve(std::size(values));
  for (const auto& value : values) {
    result.push_back(get(value));
  }
  return result;
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

struct Line {
  const Member* member = nullptr;
  const store::Metric* metric = nullptr;
};

std::vector<Line> lines_of(std::span<const Member> members) {
  std::vector<Line> lines;
  for (const Member& member : members) {
    for (const store::Metric& metric : member.metrics) {
      lines.push_back({&member, &metric});
    }
  }
  return lines;
}

}  // namespace

hdf5::Table cell_table(std::span<const Member> members) {
  hdf5::Table table;
  for (const auto& [name, field] : info_fields()) {
    std::visit(
        [&, title = name](auto f) {
          table.columns.emplace_back(
              title, column(members, [f](const Member& member) { return member.info.*f; }));
        },
        field);
  }
  const auto add = [&](const char* name, auto f) {
    table.columns.emplace_back(name,
                               column(members, [f](const Member& member) { return member.*f; }));
  };
  add("normals", &Member::normals);
  add("anomalies", &Member::anomalies);
  add("file", &Member::file);
  add("file_sha256", &Member::file_sha256);
  add("sha256", &Member::sha256);
  return table;
}

hdf5::Table metric_table(std::span<const Member> members) {
  const std::vector<Line> lines = lines_of(members);
  hdf5::Table table;
  for (const auto& [name, field] : info_fields().first(kLeading)) {
    std::visit(
        [&, title = name](auto f) {
          table.columns.emplace_back(
              title, column(lines, [f](const Line& line) { return line.member->info.*f; }));
        },
        field);
  }
  table.columns.emplace_back("method",
                             column(lines, [](const Line& l) { return l.metric->method; }));
  table.columns.emplace_back("metric",
                             column(lines, [](const Line& l) { return l.metric->metric; }));
  table.columns.emplace_back("value", column(lines, [](const Line& l) { return l.metric->value; }));
  return table;
}

hdf5::Table aggregate_table(std::span<const Member> members) {
  using Key =
      std::tuple<std::string, std::string, std::string, std::string, std::string, std::string>;
  std::vector<Key> order;
  std::map<Key, std::vector<double>> values;
  for (const auto& [member, metric] : lines_of(members)) {
    const store::RunInfo& info = member->info;
    const Key key = {info.dataset,   info.protocol,  info.representation,
                     info.case_name, metric->method, metric->metric};
    if (!values.contains(key)) {
      order.push_back(key);
    }
    values[key].push_back(metric->value);
  }
  hdf5::Table table;
  const auto add_key = [&]<std::size_t I>(const char* name) {
    table.columns.emplace_back(name,
                               column(order, [](const Key& key) { return std::get<I>(key); }));
  };
  add_key.template operator()<0>("dataset");
  add_key.template operator()<1>("protocol");
  add_key.template operator()<2>("representation");
  add_key.template operator()<3>("case");
  add_key.template operator()<4>("method");
  add_key.template operator()<5>("metric");
  const auto add = [&](const char* name, auto get) {
    table.columns.emplace_back(name,
                               column(order, [&](const Key& key) { return get(values.at(key)); }));
  };
  using Values = std::vector<double>;
  add("n", [](const Values& v) { return static_cast<std::int64_t>(v.size()); });
  add("mean", [](const Values& v) { return stats::summarise(v).mean; });
  add("deviation", [](const Values& v) { return stats::summarise(v).deviation; });
  add("low", [](const Values& v) { return stats::bootstrap_mean(v).low; });
  add("high", [](const Values& v) { return stats::bootstrap_mean(v).high; });
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
