// Groups of an HDF5 file: children, links, copies; and what all of this folder shares.
#include <algorithm>

#include "base/text.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/lock.hpp"

namespace cance::hdf5 {

PropertyHandle creation_list(hid_t kind) {
  PropertyHandle list(check(H5Pcreate(kind), "HDF5", "prepare an object"));
  check(H5Pset_obj_track_times(list.get(), false), "HDF5", "leave object times out");
  // HDF5 1.10 crashes when it copies texts among more attributes than fit the object's header.
  check(H5Pset_attr_phase_change(list.get(), 65535, 0), "HDF5", "keep attributes together");
  return list;
}

std::string Group::where(const std::string& name) const {
  return fmt::format("{}:{}/{}", impl_->file->name, impl_->path, name);
}

void Group::require_tree() const {
  require(impl_->file->tree, "{}: a group of it has two names; write it again without hard links",
          file_name());
}

const std::string& Group::file_name() const { return impl_->file->name; }

bool Group::has(const std::string& path) const {
  const Lock lock;
  std::string prefix;
  for (const std::string& step : split(path, '/')) {
    prefix += (prefix.empty() ? "" : "/") + step;
    if (check(H5Lexists(impl_->group.get(), prefix.c_str(), H5P_DEFAULT), where(path), "look") ==
        0) {
      return false;
    }
    H5L_info_t link{};
    check(H5Lget_info(impl_->group.get(), prefix.c_str(), &link, H5P_DEFAULT), where(path), "look");
    require(link.type == H5L_TYPE_HARD,
            "{}: a link to another place or file, which is not followed; copy what it names here",
            where(prefix));
  }
  return true;
}

bool Group::is_group(const std::string& path) const {
  const Lock lock;
  if (!has(path)) {
    return false;
  }
  const hid_t id =
      check(H5Oopen(impl_->group.get(), path.c_str(), H5P_DEFAULT), where(path), "open");
  const Handle<H5Oclose> object(id);
  return H5Iget_type(id) == H5I_GROUP;
}

Group Group::group(const std::string& path) const {
  const Lock lock;
  require(has(path), "{}: there is no such group", where(path));
  require(is_group(path), "{}: not a group", where(path));
  GroupHandle id(
      check(H5Gopen2(impl_->group.get(), path.c_str(), H5P_DEFAULT), where(path), "open"));
  return Group(Impl::shared({impl_->file, std::move(id), impl_->path + "/" + path}));
}

Group Group::create_group(const std::string& path) const {
  const Lock lock;
  std::string prefix;
  for (const std::string& step : split(path, '/')) {
    require(!step.empty(), "{}: a group needs a name", where(path));
    prefix += (prefix.empty() ? "" : "/") + step;
    if (!has(prefix)) {
      const auto creation = creation_list(H5P_GROUP_CREATE);
      const GroupHandle made(check(
          H5Gcreate2(impl_->group.get(), prefix.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
          where(prefix), "create the group"));
    }
  }
  return group(path);
}

std::vector<std::string> Group::children() const {
  const Lock lock;
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  // In no order, as HDF5 1.10 crashes where the table that it would sort is damaged.
  check(H5Literate(impl_->group.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &names),
        where(), "list the group");
  std::ranges::sort(names);
  return names;
}

void Group::link_file(const std::string& name, const std::string& file) const {
  const Lock lock;
  const auto parent = name.rfind('/');
  if (parent != std::string::npos) {
    static_cast<void>(create_group(name.substr(0, parent)));
  }
  check(H5Lcreate_external(file.c_str(), "/", impl_->group.get(), name.c_str(), H5P_DEFAULT,
                           H5P_DEFAULT),
        where(name), "link another file here");
}

}  // namespace cance::hdf5
