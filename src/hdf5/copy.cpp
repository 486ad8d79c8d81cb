// Copies of groups with all that is in them, chunks as they are packed. Not by H5Ocopy: that of
// HDF5 1.10 crashes where the disk is full, and where texts lie among many attributes.
#include <array>

#include "base/expansion.hpp"
#include "hdf5/lock.hpp"
#include "hdf5/types.hpp"

namespace cance::hdf5 {
namespace {

/// As many bytes as all elements of this type and these extents take; Error: none of texts, numbers
/// and booleans, or more bytes than may come of the file.
std::vector<char> buffer_of(hid_t type, hid_t space, const OpenFile& file,
                            const std::string& where) {
  const H5T_class_t kind = H5Tget_class(type);
  require(kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING || kind == H5T_ENUM,
          "{}: neither numbers nor texts", where);
  const hssize_t count = check(H5Sget_simple_extent_npoints(space), where, "read the extents");
  const std::size_t item = H5Tget_size(type);
  const std::uintmax_t most = most_unpacked(file.size());
  require(item > 0 && static_cast<std::uintmax_t>(count) <= most / item,
          "{}: damaged: {} values of {} bytes in a file of {}", where, count, item, file.size());
  return std::vector<char>(item * static_cast<std::size_t>(count));
}

void copy_attribute(hid_t from, hid_t to, const std::string& name, const OpenFile& file,
                    const std::string& where) {
  const AttributeHandle old(check(H5Aopen(from, name.c_str(), H5P_DEFAULT), where, "open"));
  const TypeHandle type(check(H5Aget_type(old.get()), where, "read the type"));
  const SpaceHandle space(check(H5Aget_space(old.get()), where, "read the extents"));
  const bool texts = check(H5Tis_variable_str(type.get()), where, "read the type") > 0;
  std::vector<char> bytes =
      texts ? std::vector<char>() : buffer_of(type.get(), space.get(), file, where);
  const AttributeHandle made(
      check(H5Acreate2(to, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), where,
            "create"));
  if (texts) {
    const auto values =
        read_texts({.stored = file.texts.get(), .object = from, .attribute = name}, where);
    const auto pointers = text_pointers(values, where);
    if (!pointers.empty()) {
      check(H5Awrite(made.get(), text_type().get(), pointers.data()), where, "write");
    }
  } else if (!bytes.empty()) {
    check(H5Aread(old.get(), type.get(), bytes.data()), where, "read");
    check(H5Awrite(made.get(), type.get(), bytes.data()), where, "write");
  }
}

void copy_attributes(hid_t from, hid_t to, const OpenFile& file, const std::string& where) {
  for (const std::string& name : names_of_attributes(from, where)) {
    copy_attribute(from, to, name, file, where + "@" + name);
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

void copy_values(const OpenArray& from, hid_t to, bool texts, const OpenFile& file,
                 const std::string& where) {
  if (texts) {
    const auto values = read_texts({.stored = file.texts.get(), .array = from.array.get()}, where);
    const auto pointers = text_pointers(values, where);
    if (!pointers.empty()) {
      check(H5Dwrite(to, text_type().get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), where,
            "write");
    }
    return;
  }
  std::vector<char> bytes = buffer_of(from.type.get(), from.space.get(), file, where);
  if (!bytes.empty()) {
    check(H5Dread(from.array.get(), from.type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()),
          where, "read");
    check(H5Dwrite(to, from.type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), where,
          "write");
  }
}

/// How a copy is laid out: as its original, but never in a file that the original names.
PropertyHandle layout_of_copy(const OpenArray& old, const std::string& where) {
  auto made = creation_list(H5P_DATASET_CREATE);
  if (old.layout == H5D_COMPACT) {
    check(H5Pset_layout(made.get(), H5D_COMPACT), where, "set the layout");
  }
  if (old.layout != H5D_CHUNKED) {
    return made;
  }
  std::vector<hsize_t> chunk(old.shape.size());
  const int rank = static_cast<int>(chunk.size());
  require(
      check(H5Pget_chunk(old.creation.get(), rank, chunk.data()), where, "read the chunks") == rank,
      "{}: damaged: chunks of another rank", where);
  check(H5Pset_chunk(made.get(), rank, chunk.data()), where, "set chunks");
  const int filters = check(H5Pget_nfilters(old.creation.get()), where, "read the filters");
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0;
    std::array<unsigned, 8> values{};
    std::size_t count = values.size();
    const H5Z_filter_t filter = H5Pget_filter2(old.creation.get(), static_cast<unsigned>(i), &flags,
                                               &count, values.data(), 0, nullptr, nullptr);
    require(filter >= 0 && count <= values.size(), "{}: damaged: its filters", where);
    check(H5Pset_filter(made.get(), filter, flags, count, values.data()), where, "set a filter");
  }
  return made;
}

void copy_array(hid_t from, hid_t to, const std::string& name, const OpenFile& file,
                const std::string& where) {
  const OpenArray old = open_array(from, name, where);
  const bool texts = check(H5Tis_variable_str(old.type.get()), where, "read the type") > 0;
  const H5T_class_t kind = H5Tget_class(old.type.get());
  require(texts || kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING,
          "{}: neither numbers nor texts", where);
  const auto creation = layout_of_copy(old, where);
  const ArrayHandle made(check(H5Dcreate2(to, name.c_str(), old.type.get(), old.space.get(),
                                          H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                               where, "create"));
  copy_attributes(old.array.get(), made.get(), file, where);
  if (old.layout == H5D_CHUNKED && !texts) {
    copy_chunks(old, made.get(), file.size(), where);
  } else {
    copy_values(old, made.get(), texts, file, where);
  }
}

}  // namespace

void Group::copy_to(const Group& target, const std::string& name) const {
  const Lock lock;
  require_tree();
  const Group copy = target.create_group(name);
  copy_attributes(impl_->group.get(), copy.impl_->group.get(), *impl_->file, copy.where());
  for (const std::string& child : children()) {
    if (is_group(child)) {
      group(child).copy_to(copy, child);
    } else {
      copy_array(impl_->group.get(), copy.impl_->group.get(), child, *impl_->file, where(child));
    }
  }
}

}  // namespace cance::hdf5
