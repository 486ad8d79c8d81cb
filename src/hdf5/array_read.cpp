// Reading arrays. What a file declares is checked by its size and layout before memory is taken.
#include <algorithm>
#include <array>
#include <limits>

#include "base/expansion.hpp"
#include "base/ranges.hpp"
#include "hdf5/lock.hpp"
#include "hdf5/types.hpp"

namespace cance::hdf5 {
namespace {

constexpr std::uintmax_t kMostDeflation = 1100;  // zlib reaches 1032 : 1

// A missing chunk would read as zeros.
void require_all_chunks(const OpenArray& array, std::uintmax_t file_size,
                        const std::string& where) {
  std::array<hsize_t, H5S_MAX_RANK> chunk{};
  const auto rank = static_cast<std::size_t>(check(
      H5Pget_chunk(array.creation.get(), H5S_MAX_RANK, chunk.data()), where, "read the chunks"));
  require(rank == array.shape.size(), "{}: damaged: chunks of another rank", where);
  std::size_t expected = 1;
  std::uintmax_t chunk_bytes = H5Tget_size(array.type.get());
  for (std::size_t i = 0; i < rank; ++i) {
    require(chunk[i] > 0, "{}: damaged: empty chunks", where);
    expected *= (array.shape[i] + chunk[i] - 1) / chunk[i];
    chunk_bytes *= chunk[i];  // below 2^32, which HDF5 checks
  }
  require(
      chunk_bytes <= kMostChunkBytes,
      "{}: chunks of {} bytes, expected {} at most; write it again in smaller ones (h5repack -l "
      "CHUNK=ROWSxCOLUMNS)",
      where, chunk_bytes, kMostChunkBytes);
  if (file_size > 0) {
    require_unpacked(chunk_bytes, file_size, where);
  }
  hsize_t present = 0;
  check(H5Dget_num_chunks(array.array.get(), array.space.get(), &present), where, "count chunks");
  require(present == expected, "{}: damaged: {} of {} chunks are there", where, present, expected);
}

// Class, size and layout of what is about to be read.
template <class T>
void check_readable(const OpenArray& array, std::uintmax_t file_size, const std::string& where) {
  const H5T_class_t kind = H5Tget_class(array.type.get());
  const bool whole = kind == H5T_INTEGER;
  require(whole || (std::is_floating_point_v<T> && kind == H5T_FLOAT), "{}: the array holds no {}",
          where, std::is_floating_point_v<T> ? "numbers" : "whole numbers");
  const std::size_t count = element_count(array.shape);
  const std::size_t item = H5Tget_size(array.type.get());
  require(item > 0 && item <= 16, "{}: damaged: numbers of {} bytes", where, item);
  require(file_size == 0 || count / kMostDeflation <= file_size / item,
          "{}: damaged: {} numbers in a file of {} bytes", where, count, file_size);
  if (array.layout == H5D_CHUNKED && count > 0) {
    require_all_chunks(array, file_size, where);
  }
  if (array.layout == H5D_CONTIGUOUS && count > 0) {
    require(H5Dget_storage_size(array.array.get()) >= count * item,
            "{}: damaged: the array has no data", where);
  }
}

template <class T>
void read_block(const OpenArray& array, hid_t memory, hid_t selection, std::span<T> out,
                const std::string& where) {
  // HDF5 clips what does not fit; a clipped label or index would be a wrong number.
  const bool may_clip = std::is_integral_v<T> && !std::is_same_v<T, std::int64_t> &&
                        H5Tequal(array.type.get(), file_type<T>()) <= 0;
  if (!may_clip) {
    check(H5Dread(array.array.get(), memory_type<T>(), memory, selection, H5P_DEFAULT, out.data()),
          where, "read");
    return;
  }
  std::vector<std::int64_t> wide(out.size());
  check(H5Dread(array.array.get(), H5T_NATIVE_INT64, memory, selection, H5P_DEFAULT, wide.data()),
        where, "read");
  for (std::size_t i = 0; i < wide.size(); ++i) {
    const auto low = static_cast<std::int64_t>(std::numeric_limits<T>::lowest());
    const auto high = static_cast<std::int64_t>(std::numeric_limits<T>::max());
    require(wide[i] >= low && wide[i] <= high, "{}: element {} is {}, outside {}..{}", where, i,
            wide[i], low, high);
    out[i] = static_cast<T>(wide[i]);
  }
}

}  // namespace

Shape Group::shape(const std::string& name) const {
  const Lock lock;
  require(has(name), "{}: the array is missing", where(name));
  require(!is_group(name), "{}: a group where an array is expected", where(name));
  return open_array(impl_->group.get(), name, where(name)).shape;
}

Kind Group::kind(const std::string& name) const {
  const Lock lock;
  require(has(name), "{}: the array is missing", where(name));
  require(!is_group(name), "{}: a group where an array is expected", where(name));
  switch (H5Tget_class(open_array(impl_->group.get(), name, where(name)).type.get())) {
    case H5T_FLOAT:
      return Kind::number;
    case H5T_INTEGER:
      return Kind::whole;
    case H5T_STRING:
      return Kind::text;
    default:
      return Kind::other;
  }
}

std::string Group::type_name(const std::string& name) const {
  const Lock lock;
  require(has(name), "{}: the array is missing", where(name));
  return type_text(open_array(impl_->group.get(), name, where(name)).type.get());
}

template <class T>
Array<T> Group::read(const std::string& name, std::size_t limit) const {
  const Lock lock;
  Array<T> result;
  result.shape = shape(name);
  const std::string place = where(name);
  const OpenArray array = open_array(impl_->group.get(), name, place);
  const std::size_t count = element_count(array.shape);
  require(count <= limit, "{}: {} elements, more than the {} expected at most", place, count,
          limit);
  check_readable<T>(array, impl_->file->size(), place);
  impl_->file->take(place, std::uintmax_t{count} * sizeof(T));
  result.values.resize(count);
  if (count > 0) {
    read_block<T>(array, H5S_ALL, H5S_ALL, result.values, place);
  }
  return result;
}

template <class T>
std::vector<T> Group::read_shaped(const std::string& name, const Shape& expected) const {
  const Lock lock;
  const Shape actual = shape(name);
  const bool fits = actual.size() == expected.size() &&
                    std::ranges::equal(actual, expected, [](std::size_t have, std::size_t want) {
                      return want == 0 || have == want;
                    });
  require(fits, "{}: the shape is ({}), expected ({}){}", where(name), fmt::join(actual, ", "),
          fmt::join(expected, ", "), contains(expected, 0U) ? " where 0 is any" : "");
  return read<T>(name).values;
}

template <class T>
void Group::read_rows(const std::string& name, std::size_t first, std::size_t count,
                      std::span<T> out) const {
  const Lock lock;
  const std::string place = where(name);
  const OpenArray array = open_array(impl_->group.get(), name, place);
  require(!array.shape.empty(), "{}: not an array of rows", place);
  const std::size_t row = element_count({array.shape.begin() + 1, array.shape.end()});
  require(first <= array.shape.front() && count <= array.shape.front() - first,
          "{}: rows {} to {} of {}", place, first, first + count, array.shape.front());
  require(out.size() == count * row, "{}: a buffer of {} for {} rows of {}", place, out.size(),
          count, row);
  if (out.empty()) {
    return;
  }
  check_readable<T>(array, impl_->file->size(), place);
  const auto selection = select_rows(array.space.get(), array.shape, first, count, place);
  const auto memory = block_space(array.shape, count, place);
  read_block<T>(array, memory.get(), selection.get(), out, place);
}

#define CANCE_STORE_ELEMENT(T)                                                                  \
  template Array<T> Group::read<T>(const std::string&, std::size_t) const;                      \
  template std::vector<T> Group::read_shaped<T>(const std::string&, const Shape&) const;        \
  template void Group::read_rows<T>(const std::string&, std::size_t, std::size_t, std::span<T>) \
      const;
CANCE_STORE_ELEMENT(float)
CANCE_STORE_ELEMENT(double)
CANCE_STORE_ELEMENT(std::uint8_t)
CANCE_STORE_ELEMENT(std::int32_t)
CANCE_STORE_ELEMENT(std::int64_t)
#undef CANCE_STORE_ELEMENT

}  // namespace cance::hdf5
