// A walk over all that describes a file. HDF5 1.10 crashes on some damaged files, so it is done in
// a child process before the file is used here (file.cpp).
#include <set>

#include "base/expansion.hpp"
#include "hdf5/types.hpp"

namespace cance::hdf5 {
namespace {

constexpr int kMostDepth = 64;
constexpr std::size_t kMostAttributes = 4096;     // of one object; HDF5 looks each up among all
constexpr std::uintmax_t kReadBytes = 1U << 22U;  // of an array that is read here anyway

class Walk {
 public:
  Walk(std::string file, std::uintmax_t most_bytes)
      : file_(std::move(file)), most_bytes_(most_bytes) {}

  void group(hid_t group, int depth) {
    require(depth <= kMostDepth, "{}: groups more than {} deep", file_, kMostDepth);
    attributes(group);
    for (const std::string& name : hard_links(group)) {
      const Handle<H5Oclose> object(
          check(H5Oopen(group, name.c_str(), H5P_DEFAULT), file_, "open an object"));
      if (!known_.insert(object_address(object.get(), file_)).second) {
        tree_ = tree_ && H5Iget_type(object.get()) != H5I_GROUP;
      } else if (H5Iget_type(object.get()) == H5I_GROUP) {
        this->group(object.get(), depth + 1);
      } else if (H5Iget_type(object.get()) == H5I_DATASET) {
        array(object.get());
      }
    }
  }
  void start(hid_t root) {
    known_.insert(object_address(root, file_));
    group(root, 0);
  }
  [[nodiscard]] bool tree() const { return tree_; }

 private:
  [[nodiscard]] std::vector<std::string> hard_links(hid_t group) const {
    std::vector<std::string> names;
    const auto add = [](hid_t, const char* name, const H5L_info_t* link, void* out) -> herr_t {
      if (link->type == H5L_TYPE_HARD) {
        static_cast<std::vector<std::string>*>(out)->emplace_back(name);
      }
      return 0;
    };
    check(H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &names), file_,
          "list a group");
    return names;
  }

  void attributes(hid_t object) const {
    const auto names = names_of_attributes(object, file_);
    require(names.size() <= kMostAttributes, "{}: {} attributes at one place, expected {} at most",
            file_, names.size(), kMostAttributes);
    for (const std::string& name : names) {
      const AttributeHandle attribute(
          check(H5Aopen(object, name.c_str(), H5P_DEFAULT), file_, "open an attribute"));
      const TypeHandle type(check(H5Aget_type(attribute.get()), file_, "read a type"));
      const SpaceHandle space(check(H5Aget_space(attribute.get()), file_, "read extents"));
    }
  }

  void array(hid_t array) {
    attributes(array);
    const PropertyHandle creation(check(H5Dget_create_plist(array), file_, "read a layout"));
    const H5D_layout_t layout = H5Pget_layout(creation.get());
    if (layout == H5D_VIRTUAL || H5Pget_external_count(creation.get()) != 0) {
      return;  // whoever asks for it is refused; its extents may open other files
    }
    const TypeHandle type(check(H5Dget_type(array), file_, "read a type"));
    const SpaceHandle space(check(H5Dget_space(array), file_, "read extents"));
    hsize_t chunks = 0;
    if (layout == H5D_CHUNKED) {
      check(H5Dget_num_chunks(array, space.get(), &chunks), file_, "count chunks");
    }
    const hssize_t count = H5Sget_simple_extent_npoints(space.get());
    const std::uintmax_t item = H5Tget_size(type.get());
    if (count <= 0 || item == 0) {
      return;
    }
    const auto numbers = static_cast<std::uintmax_t>(count);
    const bool small = numbers <= kReadBytes / item;
    if (layout == H5D_CHUNKED && (small || numbers <= most_bytes_ / item)) {
      require_whole_chunks(array, file_);
    }
    const H5T_class_t kind = H5Tget_class(type.get());
    if (small &&
        (kind == H5T_INTEGER ||
         kind == H5T_FLOAT)) {  // whoever reads it is told of an error; here it must not crash
      bytes_.resize(static_cast<std::size_t>(numbers * item));
      static_cast<void>(H5Dread(array, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes_.data()));
      H5Eclear2(H5E_DEFAULT);
    }
  }

  std::string file_;
  std::set<haddr_t> known_;
  std::uintmax_t most_bytes_;
  std::vector<char> bytes_;
  bool tree_ = true;
};

}  // namespace

haddr_t object_address(hid_t object, const std::string& where) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t info;
#else
  H5O_info_t info;
#endif
  check(H5Oget_info2(object, &info, H5O_INFO_BASIC), where, "find the object");
  return info.addr;
}

bool is_tree(hid_t root, const std::string& file, std::uintmax_t packed) {
  Walk walk(file, packed == 0 ? kReadBytes : most_unpacked(packed));
  walk.start(root);
  return walk.tree();
}

}  // namespace cance::hdf5
