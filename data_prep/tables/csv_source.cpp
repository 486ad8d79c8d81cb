#include "data_prep/tables/csv_source.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"

namespace cance::prep {

bool is_csv(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return std::ranges::any_of(std::array{".csv", ".csv.gz", ".txt", ".txt.gz", ".data", ".data.gz"},
                             [&](const char* end) { return name.ends_with(end); });
}

CsvSource::CsvSource(const std::filesystem::path& path, const IsRow& first_is_row) : reader_(path) {
  require(reader_.next(), "{}: empty, expected the rows of a table", reader_.name());
  cells_.resize(reader_.fields().size());
  take_fields();
  first_is_row_ = first_is_row(cells_);
  if (!first_is_row_) {
    reader_.require_commas();
    for (const RawCell& cell : cells_) {
      names_.emplace_back(cell.text);
    }
  }
}

bool CsvSource::next() {
  if (!first_is_row_ && !reader_.next(cells_.size())) {
    return false;
  }
  first_is_row_ = false;
  take_fields();
  return true;
}

void CsvSource::take_fields() { std::ranges::transform(reader_.fields(), cells_.begin(), cell_of); }

}  // namespace cance::prep
