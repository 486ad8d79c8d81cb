#include "represent/prepared_rows.hpp"

#include <algorithm>
#include <numeric>

#include "nn/convert.hpp"

namespace cance::represent {

using at::Tensor;

Tensor PreparedRows::select(std::span<const std::int64_t> rows) {
  if (!flips_) {
    return normaliser_.apply(rows_.select(rows));
  }
  const std::int64_t n = rows_.size();
  std::vector<std::int64_t> original(rows.begin(), rows.end());
  Tensor mirrored = at::zeros({static_cast<std::int64_t>(rows.size()), 1, 1, 1}, at::kBool);
  auto* const marks = mirrored.mutable_data_ptr<bool>();
  for (std::size_t i = 0; i < original.size(); ++i) {
    marks[i] = original[i] >= n;
    original[i] %= n;
  }
  const Tensor x = normaliser_.apply(rows_.select(original));
  return at::where(mirrored.to(x.device()), x.flip(3), x);
}

Tensor PreparedRows::range(std::int64_t first, std::int64_t count) {
  if (!flips_) {
    return normaliser_.apply(rows_.range(first, count));
  }
  std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), first);
  return select(rows);
}

std::vector<std::int64_t> PreparedRows::order(std::uint64_t seed, std::int64_t epoch) {
  return flips_ ? Rows::order(seed, epoch) : rows_.order(seed, epoch);
}

}  // namespace cance::represent
