// Texts and attributes: UTF-8 of variable length, booleans as h5py writes them (an enum FALSE, TRUE
// of int8).
#include <algorithm>
#include <cstring>
#include <fstream>

#include "hdf5/handle.hpp"

namespace cance::hdf5 {
namespace {

constexpr std::size_t kMostTexts = std::size_t{1} << 26U;
constexpr std::size_t kLongestFixedText = std::size_t{1} << 20U;

std::uint64_t user_block_size(hid_t object, const std::string& where) {
  const FileHandle file(check(H5Iget_file_id(object), where, "find the file"));
  const PropertyHandle creation(check(H5Fget_create_plist(file.get()), where, "read the format"));
  hsize_t size = 0;
  check(H5Pget_userblock(creation.get(), &size), where, "read the format");
  return size;
}

std::vector<std::string> read_variable(const TextSource& source, hid_t space, std::size_t count,
                                       const std::string& where) {
  std::vector<char*> raw(count, nullptr);
  const auto type = text_type();
  const herr_t status = source.array >= 0 ? H5Dread(source.array, type.get(), H5S_ALL, H5S_ALL,
                                                    H5P_DEFAULT, raw.data())
                                          : H5Aread(source.attribute, type.get(), raw.data());
  check(status, where, "read");
  std::vector<std::string> values;
  for (const char* text : raw) {
    values.emplace_back(text == nullptr ? "" : text);
  }
  check(H5Dvlen_reclaim(type.get(), space, H5P_DEFAULT, raw.data()), where, "free");
  return values;
}

std::vector<std::string> read_fixed(const TextSource& source, hid_t type, std::size_t count,
                                    const std::string& where) {
  const std::size_t size = H5Tget_size(type);
  require(size > 0 && size <= kLongestFixedText, "{}: texts of {} bytes", where, size);
  std::vector<char> raw(count * size);
  const herr_t status = source.array >= 0
                            ? H5Dread(source.array, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data())
                            : H5Aread(source.attribute, type, raw.data());
  check(status, where, "read");
  std::vector<std::string> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.emplace_back(&raw[i * size], strnlen(&raw[i * size], size));
  }
  return values;
}

}  // namespace

void check_text_references(hid_t array, const HeapSizes& heaps, const std::string& file,
                           const std::string& where) {
  const TypeHandle type(check(H5Dget_type(array), where, "read the type"));
  const SpaceHandle space(check(H5Dget_space(array), where, "read the extents"));
  const auto count = static_cast<std::size_t>(
      check(H5Sget_simple_extent_npoints(space.get()), where, "read the extents"));
  if (check(H5Tis_variable_str(type.get()), where, "read the type") == 0 || count == 0) {
    return;
  }
  const PropertyHandle creation(check(H5Dget_create_plist(array), where, "read the layout"));
  require(H5Pget_layout(creation.get()) == H5D_CONTIGUOUS && count <= kMostTexts,
          "{}: texts in chunks in a file without a checksum line; keep them contiguous", where);
  constexpr std::size_t kReference = 16;  // length (4 bytes), heap address (8), number in it (4)
  std::string bytes(count * kReference, '\0');
  std::ifstream in(file, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(H5Dget_offset(array)));
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  require(in.good(), "{}: damaged: the texts lie outside the file", where);
  const auto base = user_block_size(array, where);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t length = 0;
    std::uint64_t address = 0;
    std::uint32_t index = 0;
    std::memcpy(&length, &bytes[i * kReference], sizeof(length));
    std::memcpy(&address, &bytes[i * kReference + 4], sizeof(address));
    std::memcpy(&index, &bytes[i * kReference + 12], sizeof(index));
    const auto heap = heaps.find(address + base);
    const bool found =
        heap != heaps.end() && heap->second.contains(index) && heap->second.at(index) == length;
    require(found || (length == 0 && address == 0), "{}: damaged: text {} refers to nothing", where,
            i);
  }
}

std::vector<const char*> text_pointers(const std::vector<std::string>& values,
                                       const std::string& where) {
  std::vector<const char*> result;
  for (const std::string& value : values) {
    require(value.find('\0') == std::string::npos, "{}: a text with a zero byte cannot be stored",
            where);
    result.push_back(value.c_str());
  }
  return result;
}

TypeHandle text_type() {
  TypeHandle type(check(H5Tcopy(H5T_C_S1), "HDF5", "make the text type"));
  check(H5Tset_size(type.get(), H5T_VARIABLE), "HDF5", "make the text type");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "HDF5", "make the text type");
  return type;
}

std::vector<std::string> read_texts(const TextSource& source, const std::string& where) {
  const bool array = source.array >= 0;
  const TypeHandle type(check(array ? H5Dget_type(source.array) : H5Aget_type(source.attribute),
                              where, "read the type"));
  const SpaceHandle space(check(array ? H5Dget_space(source.array) : H5Aget_space(source.attribute),
                                where, "read the extents"));
  require(H5Tget_class(type.get()) == H5T_STRING, "{}: not a text", where);
  const hssize_t points =
      check(H5Sget_simple_extent_npoints(space.get()), where, "read the extents");
  const auto count = static_cast<std::size_t>(points);
  require(count <= kMostTexts, "{}: {} texts, more than {} at most", where, count, kMostTexts);
  if (count == 0) {
    return {};
  }
  return check(H5Tis_variable_str(type.get()), where, "read the type") > 0
             ? read_variable(source, space.get(), count, where)
             : read_fixed(source, type.get(), count, where);
}

void Group::write_strings(const std::string& name, const std::vector<std::string>& values) const {
  const std::string place = where(name);
  const hsize_t count = values.size();
  const SpaceHandle space(check(H5Screate_simple(1, &count, nullptr), place, "create"));
  const auto creation = creation_list(H5P_DATASET_CREATE);
  const auto type = text_type();
  const ArrayHandle array(check(H5Dcreate2(impl_->group.get(), name.c_str(), type.get(),
                                           space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                                place, "create"));
  if (count > 0) {
    const auto texts = text_pointers(values, place);
    check(H5Dwrite(array.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()), place,
          "write");
  }
}

std::vector<std::string> Group::read_strings(const std::string& name) const {
  require(has(name), "{}: the array is missing", where(name));
  const ArrayHandle array(
      check(H5Dopen2(impl_->group.get(), name.c_str(), H5P_DEFAULT), where(name), "open"));
  if (impl_->heaps != nullptr) {
    check_text_references(array.get(), *impl_->heaps, impl_->file_name, where(name));
  }
  return read_texts({.array = array.get()}, where(name));
}

}  // namespace cance::hdf5
