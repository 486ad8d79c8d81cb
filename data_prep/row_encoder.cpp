#include "data_prep/row_encoder.hpp"

#include <cassert>
#include <cmath>
#include <limits>

#include "base/cast.hpp"
#include "base/text.hpp"

namespace cance::prep {

double number_of(std::string_view field, const std::string& where, const std::string& column) {
  const auto first = field.find_first_not_of(' ');
  std::string_view text = first == std::string_view::npos ? "" : field.substr(first);
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  const auto value = parse_number<double>(text);
  require(value.has_value(), "{}, column {}: '{}' is not a number", where, column, field);
  require(std::abs(*value) <= std::numeric_limits<float>::max(),
          "{}, column {}: {} is not a finite number of 32 bits", where, column, field);
  return *value;
}

void add_text(Texts& texts, std::string_view text) {
  if (texts.find(text) == texts.end()) {
    texts.emplace(text);
  }
}

RowEncoder::RowEncoder(std::vector<RawColumn> columns) : columns_(std::move(columns)) {
  for (const RawColumn& column : columns_) {
    std::map<std::string, std::size_t, std::less<>> places;
    if (column.use == ColumnUse::number) {
      names_.push_back(column.name);
    } else if (column.use == ColumnUse::one_hot) {
      for (const std::string& category : column.categories) {
        places.emplace(category, places.size());
        names_.push_back(column.name + "=" + category);
      }
    }
    places_.push_back(std::move(places));
  }
}

void RowEncoder::append(std::span<const std::string_view> fields, const std::string& where,
                        std::vector<float>& out) const {
  assert(fields.size() == columns_.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const RawColumn& column = columns_[i];
    if (column.use == ColumnUse::number) {
      out.push_back(static_cast<float>(number_of(fields[i], where, column.name)));
    } else if (column.use == ColumnUse::one_hot) {
      const auto place = places_[i].find(fields[i]);
      require(place != places_[i].end(), "{}, column {}: '{}' is not one of its {} categories",
              where, column.name, fields[i], places_[i].size());
      out.resize(out.size() + places_[i].size());
      out[out.size() - places_[i].size() + place->second] = 1.0F;
    }
  }
}

}  // namespace cance::prep
