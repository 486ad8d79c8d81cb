// Copies of groups with all that is in them, chunks as they are packed. Not by H5Ocopy: that of
// HDF5 1.10 crashes where the disk is full, and where texts lie among many attributes.
#include <algorithm>

#include "hdf5/types.hpp"

namespace cance::hdf5 {
namespace {

/// As many bytes as `count` elements of this type take in memory.
std::vector<char> buffer_of(hid_t type, hssize_t count) {
  return std::vector<char>(H5Tget_size(type) *
                           static_cast<std::size_t>(std::max<hssize_t>(count, 0)));
}

void copy_attribute(hid_t from, hid_t to, const std::string& name, const std::string& where) {
  const AttributeHandle old(check(H5Aopen(from, name.c_str(), H5P_DEFAULT), where, "open"));
  const TypeHandle type(check(H5Aget_type(old.get()), where, "read the type"));
  const SpaceHandle space(check(H5Aget_space(old.get()), where, "read the extents"));
  const AttributeHandle made(
      check(H5Acreate2(to, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), where,
            "create"));
  if (check(H5Tis_variable_str(type.get()), where, "read the type") > 0) {
    const auto texts = read_texts({.attribute = old.get()}, where);
    const auto pointers = text_pointers(texts, where);
    if (!pointers.empty()) {
      check(H5Awrite(made.get(), text_type().get(), pointers.data()), where, "write");
    }
    return;
  }
  std::vector<char> bytes = buffer_of(type.get(), H5Sget_simple_extent_npoints(space.get()));
  if (!bytes.empty()) {
    check(H5Aread(old.get(), type.get(), bytes.data()), where, "read");
    check(H5Awrite(made.get(), type.get(), bytes.data()), where, "write");
  }
}

void copy_attributes(hid_t from, hid_t to, const std::string& where) {
  for (const std::string& name : names_of_attributes(from, where)) {
    copy_attribute(from, to, name, where + "@" + name);
  }
}

/// Chunk by chunk, still deflated and with its checksum.
void copy_chunks(const OpenArray& array, hid_t to, std::uintmax_t file_size,
                 const std::string& where) {
  const hid_t from = array.array.get();
  const hid_t space = array.space.get();
  hsize_t count = 0;
  check(H5Dget_num_chunks(from, space, &count), where, "count chunks");
  std::vector<hsize_t> place(array.shape.size());
  std::vector<char> bytes;
  for (hsize_t i = 0; i < count; ++i) {
    unsigned mask = 0;
    haddr_t address = 0;
    hsize_t size = 0;
    check(H5Dget_chunk_info(from, space, i, place.data(), &mask, &address, &size), where,
          "find a chunk");
    require(file_size == 0 || size <= file_size, "{}: damaged: a chunk of {} bytes", where, size);
    bytes.resize(size);
    std::uint32_t read_mask = 0;
    check(H5Dread_chunk(from, H5P_DEFAULT, place.data(), &read_mask, bytes.data()), where, "read");
    check(H5Dwrite_chunk(to, H5P_DEFAULT, read_mask, place.data(), size, bytes.data()), where,
          "write");
  }
}

void copy_values(const OpenArray& from, hid_t to, const std::string& where) {
  if (check(H5Tis_variable_str(from.type.get()), where, "read the type") > 0) {
    const auto texts = read_texts({.array = from.array.get()}, where);
    const auto pointers = text_pointers(texts, where);
    if (!pointers.empty()) {
      check(H5Dwrite(to, text_type().get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), where,
            "write");
    }
    return;
  }
  std::vector<char> bytes =
      buffer_of(from.type.get(), H5Sget_simple_extent_npoints(from.space.get()));
  if (!bytes.empty()) {
    check(H5Dread(from.array.get(), from.type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()),
          where, "read");
    check(H5Dwrite(to, from.type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), where,
          "write");
  }
}

void copy_array(hid_t from, hid_t to, const std::string& name, std::uintmax_t file_size,
                const std::string& where) {
  const OpenArray old = open_array(from, name, where);
  const PropertyHandle creation(
      check(H5Dget_create_plist(old.array.get()), where, "read the layout"));
  check(H5Pset_obj_track_times(creation.get(), false), where, "leave object times out");
  const ArrayHandle made(check(H5Dcreate2(to, name.c_str(), old.type.get(), old.space.get(),
                                          H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                               where, "create"));
  copy_attributes(old.array.get(), made.get(), where);
  const bool chunks = H5Pget_layout(creation.get()) == H5D_CHUNKED;
  if (chunks && check(H5Tis_variable_str(old.type.get()), where, "read the type") == 0) {
    copy_chunks(old, made.get(), file_size, where);
  } else {
    copy_values(old, made.get(), where);
  }
}

}  // namespace

void Group::copy_to(const Group& target, const std::string& name) const {
  const Group copy = target.create_group(name);
  copy_attributes(impl_->group.get(), copy.impl_->group.get(), copy.where());
  for (const std::string& child : children()) {
    if (is_group(child)) {
      group(child).copy_to(copy, child);
    } else {
      copy_array(impl_->group.get(), copy.impl_->group.get(), child, impl_->file_size,
                 copy.where(child));
    }
  }
}

}  // namespace cance::hdf5
