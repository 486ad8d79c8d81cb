#include "hdf5/table.hpp"

#include <algorithm>
#include <set>

namespace cance::hdf5 {
namespace {

std::size_t length(const Column& column) {
  return std::visit([](const auto& values) { return values.size(); }, column);
}

template <class T>
const std::vector<T>& values_of(const Table& table, const std::string& name, const char* kind) {
  const Column* const column = table.find(name);
  require(column != nullptr, "the table has no column '{}'", name);
  const auto* values = std::get_if<std::vector<T>>(column);
  require(values != nullptr, "the column '{}' does not hold {}", name, kind);
  return *values;
}

Column read_column(const Group& group, const std::string& name) {
  require(group.has(name), "{}: 'column-order' names a column that is absent", group.where(name));
  switch (group.kind(name)) {
    case Kind::text:
      return group.read_strings(name);
    case Kind::whole:
      return group.read_shaped<std::int64_t>(name, {0});
    case Kind::number:
      return group.read_shaped<double>(name, {0});
    default:
      fail("{}: a column holds numbers or texts", group.where(name));
  }
}

}  // namespace

std::size_t Table::rows() const { return columns.empty() ? 0 : length(columns.front().second); }

const Column* Table::find(const std::string& name) const {
  const auto place = std::ranges::find(columns, name, &std::pair<std::string, Column>::first);
  return place == columns.end() ? nullptr : &place->second;
}

const std::vector<double>& Table::numbers(const std::string& name) const {
  return values_of<double>(*this, name, "numbers");
}
const std::vector<std::int64_t>& Table::integers(const std::string& name) const {
  return values_of<std::int64_t>(*this, name, "whole numbers");
}
const std::vector<std::string>& Table::texts(const std::string& name) const {
  return values_of<std::string>(*this, name, "texts");
}

void write_table(const Group& parent, const std::string& name, const Table& table) {
  const Group group = parent.create_group(name);
  require(!table.columns.empty(), "{}: a table needs a column", group.where());
  std::vector<std::string> order;
  for (const auto& [title, column] : table.columns) {
    require(length(column) == table.rows(), "{}: {} rows, but '{}' has {}", group.where(title),
            length(column), table.columns.front().first, table.rows());
    if (const auto* numbers = std::get_if<std::vector<double>>(&column)) {
      group.write(title, *numbers);
    } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&column)) {
      group.write(title, *integers);
    } else {
      group.write_strings(title, std::get<std::vector<std::string>>(column));
    }
    order.push_back(title);
  }
  group.set("_index", order.front());
  group.set("column-order", order);
}

Table read_table(const Group& parent, const std::string& name) {
  const Group group = parent.group(name);
  const auto order = group.texts("column-order");
  require(!order.empty() && std::set(order.begin(), order.end()).size() == order.size(),
          "{}: 'column-order' is empty or names a column twice", group.where());
  Table table;
  for (const std::string& title : order) {
    Column column = read_column(group, title);
    require(table.columns.empty() || length(column) == table.rows(), "{}: {} rows, but '{}' has {}",
            group.where(title), length(column), order.front(), table.rows());
    table.columns.emplace_back(title, std::move(column));
  }
  return table;
}

}  // namespace cance::hdf5
