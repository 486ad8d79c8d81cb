#include "data_prep/tables/csv_source.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace cance::prep {

Header header_of(const std::string& word) {
  require(word.empty() || word == "yes" || word == "no", "--header is '{}', expected yes or no",
          word);
  return word.empty() ? Header::ask : word == "yes" ? Header::yes : Header::no;
}

bool is_unnamed(const std::string& name) { return name.starts_with("Unnamed: "); }

CsvSource::CsvSource(const std::filesystem::path& path, const CsvForm& form,
                     const KnownColumns& known)
    : reader_(path, form.encoding, form.decimal_commas || known.decimal_commas) {
  require(reader_.next(), "{}: empty, expected the rows of a table", reader_.name());
  cells_.resize(reader_.fields().size());
  take_fields();
  first_is_row_ = first_is_row(form, known);
  if (!first_is_row_) {
    for (const RawCell& cell : cells_) {
      std::string name(cell.text);
      if (name.empty()) {
        name = fmt::format("Unnamed: {}", names_.size());
        while (std::ranges::count(cells_, name, &RawCell::text) > 0) {
          name += ".1";  // beside an index that was read and written again
        }
      }
      names_.push_back(std::move(name));
    }
  }
}

bool CsvSource::first_is_row(const CsvForm& form, const KnownColumns& known) const {
  if (form.header != Header::ask) {
    return form.header == Header::no;
  }
  const auto count = [this](const auto& is) {
    return static_cast<std::size_t>(std::ranges::count_if(cells_, is));
  };
  const std::size_t numbers = count([](const RawCell& cell) { return cell.number.has_value(); });
  const std::size_t texts =
      count([](const RawCell& cell) { return !cell.number && !cell.missing; });
  const auto named =
      static_cast<std::size_t>(std::ranges::count_if(known.names, [this](const auto& name) {
        return std::ranges::count(cells_, name, &RawCell::text) > 0;
      }));
  if (named > 0 && (texts > 0 || (known.trained && named >= known.names.size()))) {
    return false;
  }
  const bool open = named > 0 || (!known.trained && numbers > 0);
  require(
      !open,
      "{}: this line holds {}, so it may name the columns or be a row; say which by --header yes "
      "or --header no",
      reader_.where(), texts == 0 ? "numbers only" : "numbers");
  return known.trained && (texts == 0 || !known.header);
}

bool CsvSource::next() {
  if (!first_is_row_ && !reader_.next()) {
    return false;
  }
  first_is_row_ = false;
  whole_ = reader_.fields().size() == cells_.size();
  if (whole_) {
    take_fields();
  }
  return true;
}

std::span<const RawCell> CsvSource::cells() const {
  if (!whole_) {
    fail("{}: {} fields, expected {}", where(), reader_.fields().size(), cells_.size());
  }
  return cells_;
}

void CsvSource::take_fields() {
  const char decimal = reader_.dialect().decimal_comma ? ',' : '.';
  std::ranges::transform(reader_.fields(), cells_.begin(),
                         [decimal](std::string_view field) { return cell_of(field, decimal); });
}

}  // namespace cance::prep
