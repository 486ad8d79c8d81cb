#include "data_prep/tables/column_facts.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/readers/csv_dialect.hpp"

namespace cance::prep {
namespace {

constexpr std::string_view kOld = "'OLD'";  // in the Python that reads a file

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
          "it out with --drop {}, or keep it with --categorical {}{}",
          file, name, different, facts.texts, name, name,
          facts.dates == facts.texts ? "; pandas.to_datetime makes numbers of its dates" : "");
}

/// Without percent, currency and thousands.
std::string without_marks(std::string_view text) {
  std::string rest(text);
  for (const std::string_view mark : {"%", "$", "\xE2\x82\xAC", "\xC2\xA3", "'", "\xE2\x80\x99",
                                      ",", " ", "\xC2\xA0", "\xE2\x80\xAF"}) {
    for (auto place = rest.find(mark); place != std::string::npos; place = rest.find(mark)) {
      rest.erase(place, mark.size());
    }
  }
  return trim(rest);
}

/// Whether the text is a number but for one comma, which does not stand for thousands.
bool has_decimal_comma(std::string_view text) {
  return text.find(',') != std::string_view::npos && !may_be_thousands(text, ',') &&
         cell_of(text, ',').number.has_value();
}

/// Whether points mark thousands and millions, as in 1.234.567.
bool is_grouped(std::string_view text) {
  text.remove_prefix(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
  const auto groups = split(text, '.');
  const auto digits = [](const std::string& group) {
    return group.size() <= 3 && !group.empty() &&
           group.find_first_not_of("0123456789") == std::string::npos;
  };
  return groups.size() > 2 && std::ranges::all_of(groups, digits) &&
         std::all_of(groups.begin() + 1, groups.end(),
                     [](const std::string& group) { return group.size() == 3; });
}

/// Whether the text begins with three groups of digits as those of a date, and only a time follows.
bool is_date(std::string_view text) {
  text = text.substr(0, text.find_first_of(" T"));
  const auto mark = text.find_first_of("-./");
  const auto parts = split(text, mark == std::string_view::npos ? '-' : text[mark]);
  const auto has_digits = [&](std::size_t part, std::size_t least, std::size_t most) {
    return parts[part].size() >= least && parts[part].size() <= most &&
           parts[part].find_first_not_of("0123456789") == std::string::npos;
  };
  return parts.size() == 3 && has_digits(1, 1, 2) &&
         ((has_digits(0, 4, 4) && has_digits(2, 1, 2)) ||
          (has_digits(0, 1, 2) && (has_digits(2, 4, 4) || has_digits(2, 2, 2))));
}

/// The Python that makes numbers of the texts of a column: of 1.234,50 where commas are decimal, of
/// 1,234.50 where they are not.
std::string without_signs(const std::string& python, const std::string& name, bool decimal_commas) {
  const bool nameless = python.find("header=None") != std::string::npos;  // x12 is column 12 then
  std::string read = python;
  read.insert(read.find(kOld) + kOld.size(),
              fmt::format(", dtype={{{}: str}}", nameless ? name.substr(1) : "'" + name + "'"));
  return fmt::format(
      "t = {}; t['{}'] = t['{}'].str.replace(r\"[%$\xE2\x82\xAC\xC2\xA3'\xE2\x80\x99{}\\s]\", '', "
      "regex=True){}.astype(float); t.to_csv('NEW', index=False)",
      read, name, name, decimal_commas ? "." : ",", decimal_commas ? ".str.replace(',', '.')" : "");
}

/// Error: the texts of the column are numbers with signs.
void check_marks(const std::string& name, const ColumnFacts& facts, const std::string& python) {
  if (facts.marked + facts.decimal_commas == 0 ||
      facts.marked + facts.decimal_commas < facts.texts) {
    return;
  }
  const bool decimal = python.find("decimal=") != std::string::npos || facts.grouped > 0;
  std::string commas = python;
  if (!decimal) {
    commas.insert(commas.find(kOld) + kOld.size(), ", decimal=','");
  }
  const bool unclear = !decimal && python.find("sep=") != std::string::npos &&
                       facts.first_text.find(',') != std::string::npos;
  fail(
      "{}: column {} holds numbers with signs; write plain ones, for example in Python: import "
      "pandas; {}{}; or keep them as texts by --categorical {}",
      facts.first_text, name,
      facts.marked == 0 ? commas + ".to_csv('NEW', index=False)"
                        : without_signs(python, name, decimal),
      facts.marked > 0 && unclear
          ? "; where its commas are decimal: " + without_signs(commas, name, true)
          : "",
      name);
}

}  // namespace

std::size_t merged_of(const std::unordered_set<double>& numbers, double offset) {
  std::unordered_set<float> kept;
  for (const double number : numbers) {
    kept.insert(static_cast<float>(number - offset));
  }
  return numbers.size() - kept.size();
}

double needed_offset(const std::unordered_set<double>& sample) {
  const std::size_t merged = merged_of(sample, 0);
  if (static_cast<double>(merged) <= kMergedUnsaid * static_cast<double>(sample.size())) {
    return 0;
  }
  std::vector<double> numbers(sample.begin(), sample.end());
  const auto middle = numbers.begin() + static_cast<long>(numbers.size() / 2);
  std::ranges::nth_element(numbers, middle);
  return merged_of(sample, *middle) < merged ? *middle : 0;
}

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
    dates += is_date(cell.text) ? 1 : 0;
    const bool comma = has_decimal_comma(cell.text);
    decimal_commas += comma ? 1 : 0;
    const bool groups = is_grouped(cell.text);
    grouped += groups ? 1 : 0;
    marked += groups || (!comma && parse_number<double>(without_marks(cell.text))) ? 1 : 0;
    return;
  }
  const bool point = cell.text.find('.') != std::string_view::npos;
  points += point ? 1 : 0;
  unclear_points += point && may_be_thousands(cell.text, '.') ? 1 : 0;
  comma_numbers += cell.text.find(',') != std::string_view::npos ? 1 : 0;
  const double number = *cell.number;
  const bool begins = numbers == 0 ? number == 0 || number == 1 : number == lowest;
  rising = rising && ((part_begins && begins) || number == last + 1);
  part_begins = false;
  last = number;
  ++numbers;
  rounded += cell.rounded ? 1 : 0;
  if (sample.size() < kSample) {
    sample.insert(number);
  }
  lowest = std::min(lowest, number);
  highest = std::max(highest, number);
  if (training_normal) {
    ++normal_numbers;
    normal_mean += (number - normal_mean) / static_cast<double>(normal_numbers);
  }
}

RawColumn plan_column(const std::string& file, const std::string& name, const ColumnFacts& facts,
                      const ColumnWishes& wishes) {
  RawColumn column{.name = name, .use = ColumnUse::left_out};
  if (wishes.dropped || facts.empty()) {
    return column;
  }
  if (!wishes.categorical && !wishes.python.empty()) {
    check_marks(name, facts, wishes.python);
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
  if (column.use == ColumnUse::number) {
    column.offset = needed_offset(facts.sample);
  }
  return column;
}

}  // namespace cance::prep
