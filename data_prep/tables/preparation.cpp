#include "data_prep/tables/preparation.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"

namespace cance::prep {
namespace {

using Json = nlohmann::json;

/// A number with an offset, under a name that builds which know of none refuse.
constexpr const char* kCentred = "centred";
constexpr std::array kUses{"number", "one_hot", "coded", "left_out"};  // by ColumnUse

Json json_of(const RawColumn& column) {
  Json json = {{"name", column.name}, {"use", kUses[static_cast<std::size_t>(column.use)]}};
  if (column.use == ColumnUse::one_hot) {
    json["categories"] = column.categories;
  }
  if (column.use == ColumnUse::coded) {
    json["codes"] = column.codes;
  }
  if (column.fill) {
    json["fill"] = *column.fill;
  }
  if (column.offset != 0) {
    json["use"] = kCentred;
    json["offset"] = column.offset;
  }
  return json;
}

RawColumn column_of(const Json& json) {
  RawColumn column{.name = json.at("name")};
  std::string use = json.at("use");
  if (use == kCentred) {
    column.offset = json.at("offset");
    use = kUses.front();
  }
  const auto place = std::find(kUses.begin(), kUses.end(), use);
  require(place != kUses.end(), "unknown use '{}' of column {}", use, column.name);
  column.use = static_cast<ColumnUse>(place - kUses.begin());
  for (const std::string text : json.value("categories", Json::array())) {
    column.categories.insert(text);
  }
  column.codes = json.value("codes", std::vector<std::string>());
  if (json.contains("fill")) {
    column.fill = json.at("fill").get<double>();
  }
  return column;
}

}  // namespace

std::string preparation_text(const Preparation& preparation) {
  if (preparation.pictures || preparation.range) {
    Json json;
    if (preparation.pictures) {
      json["pictures"] = "shorter side resized, then the middle";
    }
    if (preparation.range) {
      json["range"] = {preparation.range->low, preparation.range->high};
    }
    return json.dump();
  }
  Json columns = Json::array();
  for (const RawColumn& column : preparation.columns) {
    columns.push_back(json_of(column));
  }
  Json json{{"columns", columns}, {"label", preparation.label}, {"header", preparation.header}};
  if (preparation.decimal_commas) {
    json["decimal_commas"] = true;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Preparation parse_preparation(const std::string& text, const std::string& where) {
  Preparation preparation;
  if (text.empty()) {
    return preparation;
  }
  constexpr std::size_t kDeepest = 16;
  require(!nested_deeper(text, kDeepest),
          "{}: damaged: 'preparation' has brackets more than {} deep", where, kDeepest);
  try {
    const Json json = Json::parse(text);
    preparation.pictures = json.contains("pictures");
    if (json.contains("range")) {
      const auto range = json.at("range").get<std::array<std::uint16_t, 2>>();
      preparation.range = {range[0], range[1]};
      require(range[0] < range[1], "a range of {} to {}", range[0], range[1]);
    }
    for (const Json& column : json.value("columns", Json::array())) {
      preparation.columns.push_back(column_of(column));
    }
    preparation.label = json.value("label", "");
    preparation.header = json.value("header", true);
    preparation.decimal_commas = json.value("decimal_commas", false);
  } catch (const std::exception& error) {
    fail("{}: damaged: 'preparation' is no description of columns: {}", where, error.what());
  }
  return preparation;
}

TableWriter::Columns columns_of(const RowEncoder& encoder, const Preparation& preparation) {
  return {encoder.names(), encoder.one_hot_names(), encoder.names().size(),
          preparation_text(preparation)};
}

}  // namespace cance::prep
