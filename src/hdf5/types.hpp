// Private to this folder: element types, open arrays, selections of rows, for reading and writing.
#pragma once

#include <type_traits>

#include "hdf5/handle.hpp"

namespace cance::hdf5 {

/// T in this machine's memory, and in a file: little-endian.
template <class T>
std::pair<hid_t, hid_t> types() {
  if constexpr (std::is_same_v<T, float>) {
    return {H5T_NATIVE_FLOAT, H5T_IEEE_F32LE};
  } else if constexpr (std::is_same_v<T, double>) {
    return {H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE};
  } else if constexpr (std::is_same_v<T, std::uint8_t>) {
    return {H5T_NATIVE_UINT8, H5T_STD_U8LE};
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    return {H5T_NATIVE_INT32, H5T_STD_I32LE};
  } else {
    return {H5T_NATIVE_INT64, H5T_STD_I64LE};
  }
}
template <class T>
hid_t memory_type() {
  return types<T>().first;
}
template <class T>
hid_t file_type() {
  return types<T>().second;
}

/// An array with what every access asks for.
struct OpenArray {
  ArrayHandle array;
  SpaceHandle space;
  TypeHandle type;
  Shape shape;
  PropertyHandle creation;
  H5D_layout_t layout = H5D_LAYOUT_ERROR;
};

/// Error: values kept outside this file (external storage, views of other arrays), or packed by
/// other filters than shuffle, deflate and fletcher32.
[[nodiscard]] OpenArray open_array(hid_t group, const std::string& name, const std::string& where);
/// Numbers of the filters of a creation list, in the order of writing, and whether this program
/// reads what such a one packed.
[[nodiscard]] std::vector<H5Z_filter_t> filters_of(hid_t creation, const std::string& where);
[[nodiscard]] bool is_known_filter(H5Z_filter_t filter);
[[nodiscard]] std::vector<hsize_t> extents(const Shape& shape);
/// The dataspace with rows [first, first + count) selected.
[[nodiscard]] SpaceHandle select_rows(hid_t space, const Shape& shape, std::size_t first,
                                      std::size_t count, const std::string& where);
/// The dataspace of `count` rows in memory; of the same rank as the file, else HDF5 copies element
/// by element.
[[nodiscard]] SpaceHandle block_space(const Shape& shape, std::size_t count,
                                      const std::string& where);

}  // namespace cance::hdf5
