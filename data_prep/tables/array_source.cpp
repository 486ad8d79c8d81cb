#include "data_prep/tables/array_source.hpp"

#include <cmath>
#include <type_traits>

#include "base/error.hpp"

namespace cance::prep {

namespace {

/// Whether float64 holds another number.
template <class T>
bool lost_digits(T value) {
  if constexpr (sizeof(T) == 8 && std::is_integral_v<T>) {
    constexpr auto kExact = T{1} << 53U;
    const bool far = value > kExact || (std::is_signed_v<T> && value < T{0} - kExact);
    return far && fmt::format("{:.0f}", static_cast<double>(value)) != fmt::format("{}", value);
  }
  return false;
}

}  // namespace

std::vector<std::string> column_names(const NamedArray& rows) {
  const NumberArray& numbers = rows.numbers;
  require(numbers.shape.size() == 2 && numbers.shape[0] > 0 && numbers.shape[1] > 0,
          "{}: {}, expected rows x columns", rows.where, numbers.shape_text());
  return numbered_columns(numbers.shape[1]);
}

ArraySource::ArraySource(std::shared_ptr<const LabelledArray> array, bool texts)
    : array_(std::move(array)),
      columns_(array_->rows.numbers.shape.at(1)),
      cells_(columns_ + (array_->labels.empty() ? 0 : 1)),
      words_(columns_),
      texts_(texts) {}

bool ArraySource::next() {
  const NumberArray& numbers = array_->rows.numbers;
  if (next_ == numbers.shape.front()) {
    return false;
  }
  std::visit(
      [&](const auto& values) {
        for (std::size_t i = 0; i < columns_; ++i) {
          const auto value = values[next_ * columns_ + i];
          set(i, static_cast<double>(value));
          cells_[i].rounded = lost_digits(value);
        }
      },
      numbers.values);
  if (!array_->labels.empty()) {
    cells_.back() = cell_of(array_->labels[next_]);
  }
  ++next_;
  return true;
}

void ArraySource::set(std::size_t column, double value) {
  RawCell& cell = cells_[column];
  const bool finite = std::isfinite(value);
  if (texts_ || !finite) {
    words_[column] = fmt::format("{}", value);
    cell.text = words_[column];
  }
  cell.missing = !finite;
  cell.number = finite ? std::optional(value) : std::nullopt;
}

std::string ArraySource::where() const {
  return fmt::format("{}: row {}", array_->rows.where, next_ - 1);
}

}  // namespace cance::prep
