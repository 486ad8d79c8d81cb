#include "data_prep/readers/named_arrays.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "data_prep/readers/mat.hpp"
#include "data_prep/readers/npy.hpp"
#include "hdf5/group.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

std::map<std::string, NumberArray> read_hdf5(const fs::path& path,
                                             const std::vector<std::string>& wanted) {
  const hdf5::Group root = hdf5::open_file(path);
  std::map<std::string, NumberArray> arrays;
  for (const std::string& name : wanted) {
    if (root.has(name) && !root.is_group(name)) {
      auto array = root.read<double>(name);
      arrays[name] = {array.shape, std::move(array.values)};
    }
  }
  return arrays;
}

}  // namespace

std::map<std::string, NumberArray> read_arrays(const fs::path& path,
                                               const std::vector<std::string>& wanted) {
  const std::string kind = path.extension().string();
  if (kind == ".npz") {
    return read_npz(path, wanted);
  }
  if (kind == ".mat") {
    return read_mat(path, std::ranges::find(wanted, "y") == wanted.end()
                              ? std::vector<std::string>{"X"}
                              : std::vector<std::string>{"X", "y"});
  }
  require(kind == ".h5" || kind == ".hdf5" || kind == ".hdf",
          "{}: unknown kind of file; expected .csv or .csv.gz, .npy, .npz, .mat, .h5 or .hdf5",
          path.string());
  return read_hdf5(path, wanted);
}

NamedArray read_named_array(const fs::path& path, const std::string& part) {
  if (path.extension() == ".npy") {
    return {path.string(), read_npy(path)};
  }
  const std::string of_part = part == "train" ? "X_train" : "X_test";
  auto arrays = read_arrays(path, {"X", of_part});
  for (const std::string& name : {std::string("X"), of_part}) {
    if (arrays.contains(name)) {
      return {path.string() + ":" + name, std::move(arrays.at(name))};
    }
  }
  fail("{}: expected an array X (or {}) of rows", path.string(), of_part);
}

}  // namespace cance::prep
