#include "data_prep/tables/column_facts.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace cance::prep {
namespace {

ColumnUse use_of(const std::string& name, const ColumnFacts& facts, bool categorical) {
  const bool one_hot = categorical || facts.numbers == 0;
  require(one_hot || facts.texts == 0,
          "{} is not a finite number, but {} rows of column {} hold numbers; correct it, or say "
          "--categorical {}",
          facts.first_text, facts.numbers, name, name);
  return one_hot ? ColumnUse::one_hot : ColumnUse::number;
}

/// Errors: so many texts that a column for each makes no sense.
void check_texts(const std::string& file, const std::string& name, const ColumnFacts& facts,
                 bool categorical) {
  const std::size_t different = facts.categories.size();
  require(different <= kMostCategories,
          "{}: column {} has over {} different texts; is it an identifier? leave it out with "
          "--drop {}",
          file, name, kMostCategories, name);
  const double many = kMostTextsPerRow * static_cast<double>(facts.texts);
  require(categorical || different <= kFewTexts || static_cast<double>(different) <= many,
          "{}: column {} has {} different texts in {} rows and would become as many columns: leave "
          "it out with --drop {}, or keep it with --categorical {}",
          file, name, different, facts.texts, name, name);
}

}  // namespace

void ColumnFacts::add(const RawCell& cell, const RowSource& row, bool training_normal) {
  if (cell.missing) {
    first_missing = missing++ == 0 ? row.where() : first_missing;
    missing_word = missing_word.empty() ? cell.text : missing_word;
    return;
  }
  if (categories.size() <= kMostCategories) {
    add_text(categories, cell.text);
  }
  if (!cell.number) {
    first_text = texts++ == 0 ? fmt::format("{}: '{}'", row.where(), cell.text) : first_text;
    return;
  }
  ++numbers;
  lowest = std::min(lowest, *cell.number);
  highest = std::max(highest, *cell.number);
  if (training_normal) {
    ++normal_numbers;
    normal_mean += (*cell.number - normal_mean) / static_cast<double>(normal_numbers);
  }
}

RawColumn plan_column(const std::string& file, const std::string& name, const ColumnFacts& facts,
                      const ColumnWishes& wishes) {
  RawColumn column{.name = name, .use = ColumnUse::left_out};
  if (wishes.dropped || facts.empty()) {
    return column;
  }
  column.use = use_of(name, facts, wishes.categorical);
  if (column.use == ColumnUse::one_hot) {
    check_texts(file, name, facts, wishes.categorical);
    column.categories = facts.categories;
  }
  require(
      facts.missing == 0 || wishes.fills,
      "{}, column {}: a missing value, {} in that column{}; fill by --missing mean or median, or "
      "leave the column out by --drop {}",
      facts.first_missing, name, facts.missing,
      facts.missing_word.empty() ? "" : fmt::format(" (written as '{}')", facts.missing_word),
      name);
  if (column.use == ColumnUse::number && facts.missing > 0) {
    require(facts.normal_numbers > 0,
            "{}: column {}: no normal row has a number to fill the missing ones from; leave it out "
            "with --drop {}",
            file, name, name);
    column.fill = facts.normal_mean;
  }
  return column;
}

}  // namespace cance::prep
