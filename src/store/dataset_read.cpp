// Rows of an open dataset file.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/cast.hpp"
#include "store/dataset_file.hpp"

namespace cance::store {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 22U;

}  // namespace

void DatasetFile::check_indices(const std::string& part,
                                std::span<const std::int64_t> indices) const {
  for (const std::int64_t index : indices) {
    require(index >= 0 && static_cast<std::size_t>(index) < rows(part), "{}: row {} of {}",
            root_.where(part), index, rows(part));
  }
}

void DatasetFile::require_numbers() const {
  require(!encoded_,
          "{}: encoded pictures of differing sizes; make features of them with 'cance extract', or "
          "prepare the folder with --size N",
          path_.string());
}

std::vector<float> DatasetFile::read(const std::string& part,
                                     std::span<const std::int64_t> indices) const {
  require_numbers();
  check_indices(part, indices);
  const std::size_t size = element_count(row_shape_);
  std::vector<std::size_t> order(indices.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return indices[i]; });
  const std::size_t step = std::max<std::size_t>(1, kReadBytes / (size * sizeof(float)));
  std::vector<float> result(indices.size() * size);
  std::vector<float> block;
  for (std::size_t next = 0; next < order.size();) {
    const auto row_of = [&](std::size_t i) { return static_cast<std::size_t>(indices[order[i]]); };
    const std::size_t first = row_of(next);
    std::size_t last = next;  // one behind the last wanted row of this block
    while (last < order.size() && row_of(last) < first + step) {
      ++last;
    }
    block.resize((row_of(last - 1) - first + 1) * size);
    root_.read_rows<float>(part + "/x", first, block.size() / size, block);
    for (; next < last; ++next) {
      const auto row = std::span(block).subspan((row_of(next) - first) * size, size);
      require(std::ranges::all_of(row, [](float value) { return std::isfinite(value); }),
              "{}: row {} holds a value that is not finite", root_.where(part + "/x"),
              row_of(next));
      std::ranges::copy(row, result.begin() + signed_size(order[next] * size));
    }
  }
  return result;
}

bool DatasetFile::has_bytes(const std::string& part) const {
  return root_.type_name(part + "/x") == "uint8";
}

template <class T>
void DatasetFile::read_all(const std::string& part, std::span<T> values) const {
  require_numbers();
  const std::size_t size = element_count(row_shape_);
  const std::size_t step = std::max<std::size_t>(1, kReadBytes / (size * sizeof(T)));
  for (std::size_t first = 0; first < rows(part); first += step) {
    const std::size_t count = std::min(step, rows(part) - first);
    root_.read_rows<T>(part + "/x", first, count, values.subspan(first * size, count * size));
  }
}
template void DatasetFile::read_all(const std::string&, std::span<float>) const;
template void DatasetFile::read_all(const std::string&, std::span<std::uint8_t>) const;

std::vector<std::vector<std::uint8_t>> DatasetFile::read_encoded(
    const std::string& part, std::span<const std::int64_t> indices) const {
  require(encoded_, "{}: the rows are numbers, not encoded pictures", path_.string());
  check_indices(part, indices);
  const auto& offsets = this->part(part).offsets;
  const auto offset = [&](std::int64_t row) {
    return static_cast<std::size_t>(offsets[static_cast<std::size_t>(row)]);
  };
  std::vector<std::vector<std::uint8_t>> files;
  std::vector<std::uint8_t> block;
  while (files.size() < indices.size()) {
    const std::int64_t first = indices[files.size()];
    std::int64_t end = first + 1;  // one behind the last of neighbouring files, read together
    for (std::size_t i = files.size() + 1; i < indices.size() && indices[i] == end; ++i, ++end) {
      if (offset(end) - offset(first) > kReadBytes) {
        break;
      }
    }
    block.resize(offset(end) - offset(first));
    root_.read_rows<std::uint8_t>(part + "/encoded", offset(first), block.size(), block);
    for (std::int64_t row = first; row < end; ++row) {
      const auto begin = block.begin() + signed_size(offset(row) - offset(first));
      files.emplace_back(begin, begin + signed_size(offset(row + 1) - offset(row)));
    }
  }
  return files;
}

}  // namespace cance::store
