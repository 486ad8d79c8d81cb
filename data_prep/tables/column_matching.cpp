#include "data_prep/tables/column_matching.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/tables/csv_source.hpp"

namespace cance::prep {
namespace {

using ColumnNames = std::vector<std::string>;

/// "'a' (is 'A' meant?), 'b'".
std::string list_with_nearest(const ColumnNames& names, const ColumnNames& candidates) {
  constexpr std::size_t kMost = 8;
  ColumnNames words;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    const auto nearest = nearest_name(names[i], candidates);
    words.push_back(nearest ? fmt::format("'{}' (is '{}' meant?)", names[i], *nearest)
                            : fmt::format("'{}'", names[i]));
  }
  return join(words, ", ") +
         (names.size() > kMost ? fmt::format(" and {} more", names.size() - kMost) : "");
}

std::size_t place_of(const ColumnNames& names, const std::string& name) {
  const auto place = std::ranges::find(names, name);
  return place == names.end() ? kNowhere : static_cast<std::size_t>(place - names.begin());
}

std::vector<std::size_t> by_place(const std::string& where, std::size_t found,
                                  const Preparation& preparation, const std::string& of) {
  const auto& columns = preparation.columns;
  const auto used = static_cast<std::size_t>(std::ranges::count_if(
      columns, [](const RawColumn& c) { return c.use != ColumnUse::left_out; }));
  const bool all = found == columns.size();
  const bool all_but_label = !preparation.label.empty() && found + 1 == columns.size();
  require(all || all_but_label || found == used,
          "{}: {} columns without names, expected the {} that are {}", where, found, used, of);
  std::vector<std::size_t> places;
  std::size_t next = 0;
  for (const RawColumn& column : columns) {
    const bool there = all || (all_but_label ? column.name != preparation.label
                                             : column.use != ColumnUse::left_out);
    places.push_back(there ? next++ : kNowhere);
  }
  return places;
}

std::vector<std::size_t> by_name(const std::string& where, const ColumnNames& names,
                                 const Preparation& preparation, const NamedColumns& named,
                                 const std::string& of) {
  ColumnNames missing;
  ColumnNames surplus = names;
  std::vector<std::size_t> places;
  for (const RawColumn& column : preparation.columns) {
    places.push_back(place_of(names, column.name));
    std::erase(surplus, column.name);
    if (places.back() == kNowhere && column.use != ColumnUse::left_out) {
      missing.push_back(column.name);
    }
  }
  std::erase(surplus, named.id);
  std::erase(surplus, named.label);
  std::erase_if(surplus, is_unnamed);
  ColumnNames faults;
  if (!missing.empty()) {
    faults.push_back("missing: " + list_with_nearest(missing, surplus));
  }
  if (!surplus.empty()) {
    const char* hint =
        missing.empty() && named.id.empty() ? " (a column of a CSV that names its rows: --id)" : "";
    faults.push_back("not known: " + list_with_nearest(surplus, {}) + hint);
  }
  require(faults.empty(), "{}: its columns are not {}; {}", where, of, join(faults, "; "));
  return places;
}

}  // namespace

ColumnPlaces match_columns(const std::string& where, const ColumnNames& names, std::size_t count,
                           const Preparation& preparation, const NamedColumns& named,
                           const std::string& of) {
  ColumnPlaces places;
  const auto find = [&](const std::string& name, const char* option) {
    const std::size_t place = name.empty() ? kNowhere : place_of(names, name);
    require(name.empty() || place != kNowhere, "{}: there is no column '{}' ({}){}", where, name,
            option, did_you_mean(name, names));
    return place;
  };
  places.id = find(named.id, "--id");
  places.label = find(named.label, "--label");
  const bool known = std::ranges::any_of(preparation.columns, [&](const auto& column) {
    return place_of(names, column.name) != kNowhere;
  });
  places.columns =
      names.empty() || (!known && !preparation.header && named.id.empty() && named.label.empty())
          ? by_place(where, count, preparation, of)
          : by_name(where, names, preparation, named, of);
  return places;
}

}  // namespace cance::prep
