#include "archive/export.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "archive/tables.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"

namespace cance::archive {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string csv_value(const std::string& text) { return csv_field(text); }
std::string csv_value(std::int64_t value) { return std::to_string(value); }
std::string csv_value(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

OrderedJson json_value(const std::string& text) { return text; }
OrderedJson json_value(std::int64_t value) { return value; }
OrderedJson json_value(double value) {
  return std::isfinite(value) ? OrderedJson(value) : OrderedJson();
}

OrderedJson json_row(const hdf5::Table& table, std::size_t row) {
  OrderedJson object = OrderedJson::object();
  for (const auto& [name, column] : table.columns) {
    object[name] =
        std::visit([row](const auto& values) { return json_value(values[row]); }, column);
  }
  return object;
}

}  // namespace

std::string to_csv(const hdf5::Table& table) {
  const auto titles =
      mapped(table.columns, [](const auto& column) { return csv_field(column.first); });
  std::string text = join(titles, ",") + '\n';
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const char* separator = "";
    for (const auto& [name, column] : table.columns) {
      text += separator;
      text += std::visit([row](const auto& values) { return csv_value(values[row]); }, column);
      separator = ",";
    }
    text += '\n';
  }
  return text;
}

std::string to_json(const std::vector<Member>& members) {
  OrderedJson json = {{"cells", OrderedJson::array()}, {"aggregates", OrderedJson::array()}};
  const Tables tables(members);
  const hdf5::Table cells = tables.cells();
  for (std::size_t i = 0; i < members.size(); ++i) {
    json["cells"].push_back(json_row(cells, i));
    for (const store::Metric& metric : members[i].metrics) {
      json["cells"].back()["metrics"][metric.method][metric.metric] = json_value(metric.value);
    }
  }
  const hdf5::Table aggregates = tables.aggregates();
  for (std::size_t i = 0; i < aggregates.rows(); ++i) {
    json["aggregates"].push_back(json_row(aggregates, i));
  }
  return json.dump(1) + "\n";
}

}  // namespace cance::archive
