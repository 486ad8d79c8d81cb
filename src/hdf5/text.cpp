// Texts and attributes: UTF-8 of variable length; booleans as h5py's enum FALSE, TRUE of int8.
#include <cstring>

#include "base/expansion.hpp"
#include "base/ranges.hpp"
#include "hdf5/lock.hpp"
#include "hdf5/types.hpp"

namespace cance::hdf5 {
namespace {

constexpr std::size_t kMostTexts = std::size_t{1} << 26U;
constexpr std::size_t kLongestFixedText = std::size_t{1} << 20U;

/// An open attribute; none for an array.
AttributeHandle attribute_of(const TextSource& source, const std::string& where) {
  return source.array >= 0
             ? AttributeHandle()
             : AttributeHandle(check(H5Aopen(source.object, source.attribute.c_str(), H5P_DEFAULT),
                                     where, "open"));
}

void read_raw(const TextSource& source, const AttributeHandle& attribute, hid_t type, void* out,
              const std::string& where) {
  check(source.array >= 0 ? H5Dread(source.array, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out)
                          : H5Aread(attribute.get(), type, out),
        where, "read");
}

std::vector<std::string> read_variable(const TextSource& source, const AttributeHandle& attribute,
                                       hid_t space, std::size_t count, const std::string& where) {
  if (source.stored != nullptr) {
    return source.array >= 0
               ? source.stored->of_array(source.array, count, where)
               : source.stored->of_attribute(source.object, source.attribute, count, where);
  }
  std::vector<char*> raw(count, nullptr);
  const auto type = text_type();
  read_raw(source, attribute, type.get(), raw.data(), where);
  auto values =
      mapped(raw, [](const char* text) { return std::string(text == nullptr ? "" : text); });
  check(H5Dvlen_reclaim(type.get(), space, H5P_DEFAULT, raw.data()), where, "free");
  return values;
}

std::vector<std::string> read_fixed(const TextSource& source, const AttributeHandle& attribute,
                                    hid_t type, std::size_t count, const std::string& where) {
  const std::size_t size = H5Tget_size(type);
  require(size > 0 && size <= kLongestFixedText, "{}: texts of {} bytes", where, size);
  if (source.stored != nullptr) {
    require_unpacked(std::uintmax_t{count} * size, source.stored->file_size(), where);
  }
  std::vector<char> raw(count * size);
  read_raw(source, attribute, type, raw.data(), where);
  std::vector<std::string> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.emplace_back(&raw[i * size], strnlen(&raw[i * size], size));
  }
  return values;
}

}  // namespace

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
  const AttributeHandle attribute = attribute_of(source, where);
  const TypeHandle type(check(array ? H5Dget_type(source.array) : H5Aget_type(attribute.get()),
                              where, "read the type"));
  const SpaceHandle space(check(array ? H5Dget_space(source.array) : H5Aget_space(attribute.get()),
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
             ? read_variable(source, attribute, space.get(), count, where)
             : read_fixed(source, attribute, type.get(), count, where);
}

void Group::write_strings(const std::string& name, const std::vector<std::string>& values) const {
  const Lock lock;
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
  const Lock lock;
  require(has(name), "{}: the array is missing", where(name));
  const OpenArray array = open_array(impl_->group.get(), name, where(name));
  return read_texts({.stored = impl_->file->texts.get(), .array = array.array.get()}, where(name));
}

}  // namespace cance::hdf5
