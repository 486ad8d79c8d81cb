// Writing arrays: chunks of about 256 KiB, shuffled, deflated, checksummed.
#include <algorithm>
#include <array>

#include "hdf5/lock.hpp"
#include "hdf5/types.hpp"

namespace cance::hdf5 {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 18U;

Shape shape_of(hid_t space, const std::string& where) {
  require(H5Sget_simple_extent_type(space) != H5S_NULL, "{}: the array has no extents", where);
  std::array<hsize_t, H5S_MAX_RANK> dims{};
  const int rank =
      check(H5Sget_simple_extent_dims(space, dims.data(), nullptr), where, "read the extents");
  return {dims.begin(), dims.begin() + rank};
}

// Values of elsewhere would be files of whoever reads, and would be written where it is copied.
void require_own_values(const OpenArray& array, const std::string& where) {
  const hid_t creation = array.creation.get();
  require((array.layout == H5D_CHUNKED || array.layout == H5D_CONTIGUOUS ||
           array.layout == H5D_COMPACT) &&
              check(H5Pget_external_count(creation), where, "read the layout") == 0,
          "{}: the array is kept in another file; copy it into this one", where);
  for (const H5Z_filter_t filter : filters_of(creation, where)) {
    require(is_known_filter(filter),
            "{}: packed by the HDF5 filter {}; expected shuffle, deflate (gzip) or fletcher32: "
            "write it "
            "again (h5repack -f GZIP=4)",
            where, static_cast<int>(filter));
  }
}

// Chunks of whole rows. `rows` 0 (growing array): as many as fit.
void set_chunks(hid_t creation, const Shape& shape, std::size_t rows, std::size_t item,
                const std::string& where) {
  auto chunk = extents(shape);
  const std::size_t row = element_count({shape.begin() + 1, shape.end()}) * item;
  const std::size_t fitting = std::max<std::size_t>(1, kChunkBytes / std::max<std::size_t>(row, 1));
  chunk.front() = rows == 0 ? fitting : std::min(rows, fitting);
  check(H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data()), where, "set chunks");
  check(H5Pset_shuffle(creation), where, "set shuffling");
  check(H5Pset_deflate(creation, 4), where, "set compression");
  check(H5Pset_fletcher32(creation), where, "set the checksum");
}

}  // namespace

std::vector<hsize_t> extents(const Shape& shape) { return {shape.begin(), shape.end()}; }

OpenArray open_array(hid_t group, const std::string& name, const std::string& where) {
  OpenArray result;
  result.array = ArrayHandle(check(H5Dopen2(group, name.c_str(), H5P_DEFAULT), where, "open"));
  result.creation =
      PropertyHandle(check(H5Dget_create_plist(result.array.get()), where, "read the layout"));
  result.layout = H5Pget_layout(result.creation.get());
  require_own_values(result, where);  // before the extents, which open the files of a view
  result.space = SpaceHandle(check(H5Dget_space(result.array.get()), where, "read the extents"));
  result.type = TypeHandle(check(H5Dget_type(result.array.get()), where, "read the type"));
  result.shape = shape_of(result.space.get(), where);
  return result;
}

SpaceHandle select_rows(hid_t space, const Shape& shape, std::size_t first, std::size_t count,
                        const std::string& where) {
  SpaceHandle selection(check(H5Scopy(space), where, "select rows"));
  std::vector<hsize_t> start(shape.size(), 0);
  auto size = extents(shape);
  start.front() = first;
  size.front() = count;
  check(H5Sselect_hyperslab(selection.get(), H5S_SELECT_SET, start.data(), nullptr, size.data(),
                            nullptr),
        where, "select rows");
  return selection;
}

SpaceHandle block_space(const Shape& shape, std::size_t count, const std::string& where) {
  auto size = extents(shape);
  size.front() = count;
  return SpaceHandle(check(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr),
                           where, "prepare memory"));
}

template <class T>
void Group::write(const std::string& name, std::span<const T> values, const Shape& shape) const {
  const Lock lock;
  const std::string place = where(name);
  require(values.size() == element_count(shape), "{}: {} values for the shape ({})", place,
          values.size(), fmt::join(shape, ", "));
  const auto dims = extents(shape);
  const SpaceHandle space(
      check(shape.empty() ? H5Screate(H5S_SCALAR)
                          : H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr),
            place, "create"));
  const auto creation = creation_list(H5P_DATASET_CREATE);
  if (shape.empty()) {  // inside the object's header, which has a checksum
    check(H5Pset_layout(creation.get(), H5D_COMPACT), place, "set the layout");
  } else if (!values.empty()) {
    set_chunks(creation.get(), shape, shape.front(), sizeof(T), place);
  }
  const ArrayHandle array(check(H5Dcreate2(impl_->group.get(), name.c_str(), file_type<T>(),
                                           space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                                place, "create"));
  if (!values.empty()) {
    check(H5Dwrite(array.get(), memory_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
          place, "write");
  }
}

template <class T>
void Group::create_rows(const std::string& name, const Shape& row_shape) const {
  const Lock lock;
  const std::string place = where(name);
  Shape shape = {0};
  shape.insert(shape.end(), row_shape.begin(), row_shape.end());
  require(element_count(row_shape) > 0, "{}: rows of no elements", place);
  const auto dims = extents(shape);
  auto most = dims;
  most.front() = H5S_UNLIMITED;
  const SpaceHandle space(check(
      H5Screate_simple(static_cast<int>(dims.size()), dims.data(), most.data()), place, "create"));
  const auto creation = creation_list(H5P_DATASET_CREATE);
  set_chunks(creation.get(), shape, 0, sizeof(T), place);
  const ArrayHandle array(check(H5Dcreate2(impl_->group.get(), name.c_str(), file_type<T>(),
                                           space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                                place, "create"));
}

template <class T>
void Group::append_rows(const std::string& name, std::span<const T> values) const {
  const Lock lock;
  const std::string place = where(name);
  OpenArray array = open_array(impl_->group.get(), name, place);
  require(!array.shape.empty(), "{}: not an array of rows", place);
  const std::size_t row = element_count({array.shape.begin() + 1, array.shape.end()});
  require(row > 0 && values.size() % row == 0, "{}: {} values are no whole rows of {}", place,
          values.size(), row);
  if (values.empty()) {
    return;
  }
  const std::size_t before = array.shape.front();
  array.shape.front() += values.size() / row;
  const auto dims = extents(array.shape);
  check(H5Dset_extent(array.array.get(), dims.data()), place, "grow");
  const SpaceHandle grown(check(H5Dget_space(array.array.get()), place, "grow"));
  const auto selection = select_rows(grown.get(), array.shape, before, values.size() / row, place);
  const auto memory = block_space(array.shape, values.size() / row, place);
  check(H5Dwrite(array.array.get(), memory_type<T>(), memory.get(), selection.get(), H5P_DEFAULT,
                 values.data()),
        place, "write");
}

#define CANCE_STORE_ELEMENT(T)                                                               \
  template void Group::write<T>(const std::string&, std::span<const T>, const Shape&) const; \
  template void Group::create_rows<T>(const std::string&, const Shape&) const;               \
  template void Group::append_rows<T>(const std::string&, std::span<const T>) const;
CANCE_STORE_ELEMENT(float)
CANCE_STORE_ELEMENT(double)
CANCE_STORE_ELEMENT(std::uint8_t)
CANCE_STORE_ELEMENT(std::int32_t)
CANCE_STORE_ELEMENT(std::int64_t)
#undef CANCE_STORE_ELEMENT

}  // namespace cance::hdf5
