#include "data_prep/tables/row_encoder.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"

namespace cance::prep {

void add_text(Texts& texts, std::string_view text) {
  if (texts.find(text) == texts.end()) {
    texts.emplace(text);
  }
}

RowEncoder::RowEncoder(std::vector<RawColumn> columns) : columns_(std::move(columns)) {
  for (const RawColumn& column : columns_) {
    std::map<std::string, std::size_t, std::less<>> places;
    if (column.use == ColumnUse::number || column.use == ColumnUse::coded) {
      names_.push_back(column.name);
    } else if (column.use == ColumnUse::one_hot) {
      for (const std::string& category : column.categories) {
        places.emplace(category, places.size());
        names_.push_back(column.name + "=" + category);
        one_hot_names_.push_back(names_.back());
      }
    }
    places_.push_back(std::move(places));
    offsets_.resize(names_.size(), column.offset);
  }
}

bool RowEncoder::append_cell(std::size_t column, const RawCell& cell,
                             std::vector<float>& out) const {
  assert(column < columns_.size());
  if (columns_[column].use == ColumnUse::left_out) {
    return true;
  }
  if (columns_[column].use == ColumnUse::number) {
    const auto number = cell.missing ? columns_[column].fill : cell.number;
    const double kept = number.value_or(0) - columns_[column].offset;
    if (!number || std::abs(kept) > std::numeric_limits<float>::max()) {
      return false;
    }
    out.push_back(static_cast<float>(kept));
    return true;
  }
  if (columns_[column].use == ColumnUse::coded) {
    const auto& codes = columns_[column].codes;
    const auto code = std::ranges::find(codes, cell.text);
    out.push_back(static_cast<float>(code - codes.begin()));
    return code != codes.end();
  }
  const auto& places = places_[column];
  const auto place = places.find(cell.text);
  if (place == places.end() && !cell.missing) {
    return false;
  }
  out.resize(out.size() + places.size());
  if (place != places.end()) {
    out[out.size() - places.size() + place->second] = 1.0F;
  }
  return true;
}

void RowEncoder::refuse(std::size_t column, const RawCell& cell, const std::string& where) const {
  const RawColumn& raw = columns_[column];
  if (raw.use == ColumnUse::number) {
    static_cast<void>(number_of(cell, where, raw.name));
  }
  if (raw.use == ColumnUse::coded) {
    fail("{}, column {}: '{}', expected {}", where, raw.name, cell.text, join(raw.codes, ", "));
  }
  fail("{}, column {}: '{}' is not one of its {} categories", where, raw.name, cell.text,
       raw.categories.size());
}

}  // namespace cance::prep
