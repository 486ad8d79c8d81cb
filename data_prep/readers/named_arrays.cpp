#include "data_prep/readers/named_arrays.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/readers/foreign_file.hpp"
#include "data_prep/readers/mat.hpp"
#include "data_prep/readers/npy.hpp"
#include "hdf5/group.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

/// The .h5 is of MATLAB, which has columns first.
NumberArray transposed(NumberArray array) {
  if (array.shape.size() != 2) {
    return array;
  }
  std::swap(array.shape[0], array.shape[1]);
  to_row_major(array.shape, std::get<std::vector<double>>(array.values));
  return array;
}

std::map<std::string, NumberArray> read_hdf5(const fs::path& path, const Names& wanted,
                                             bool matlab) {
  const hdf5::Group root = hdf5::open_file(path);
  std::map<std::string, NumberArray> arrays;
  for (const std::string& name : wanted) {
    if (root.has(name) && !root.is_group(name)) {
      auto array = root.read<double>(name);
      NumberArray numbers{array.shape, std::move(array.values)};
      arrays[name] = matlab ? transposed(std::move(numbers)) : std::move(numbers);
    }
  }
  return arrays;
}

/// What the file is read as: .npz, .mat (of MATLAB 5), .mat73 or .h5.
std::string kind_of(const fs::path& path) {
  const std::string ending = lower(path.extension().string());
  if (ending == ".mat") {
    return is_matlab_73(path) ? ".mat73" : ending;
  }
  const bool known = ending == ".npz" || ending == ".h5" || ending == ".hdf5" || ending == ".hdf";
  const std::string foreign = known ? "" : foreign_advice(path);
  require(foreign.empty(), "{}: {}", path.string(), foreign);
  require(known,
          "{}: unknown kind of file; expected .csv, .txt, .dat, .tsv (also .gz), .npy, .npz, .mat, "
          ".h5 or .hdf5",
          path.string());
  return ending == ".npz" ? ending : ".h5";
}

Names names_of(const fs::path& path, const std::string& kind) {
  return kind == ".npz"   ? npz_names(path)
         : kind == ".mat" ? mat_names(path)
                          : hdf5::open_file(path).children();
}

}  // namespace

std::map<std::string, NumberArray> read_arrays(const fs::path& path, const Names& wanted) {
  const std::string kind = kind_of(path);
  if (kind == ".npz") {
    return read_npz(path, wanted);
  }
  if (kind == ".mat") {
    Names there = mat_names(path);
    std::erase_if(there, [&](const auto& name) { return !std::ranges::count(wanted, name); });
    return read_mat(path, there);
  }
  return read_hdf5(path, wanted, kind == ".mat73");
}

void refuse_names(const fs::path& path, const std::string& expected) {
  constexpr std::size_t kMost = 10;
  const Names names = names_of(path, kind_of(path));
  fail("{}: expected {}; it holds {}; write the file anew with these names", path.string(),
       expected, names.empty() ? "none" : join_first(names, kMost));
}

NamedArray read_named_array(const fs::path& path, const std::string& part) {
  if (is_npy(path)) {
    return {path.string(), read_npy(path)};
  }
  const std::string of_part = part == "train" ? "X_train" : "X_test";
  auto arrays = read_arrays(path, {"X", of_part});
  for (const std::string& name : {std::string("X"), of_part}) {
    if (arrays.contains(name)) {
      return {path.string() + ":" + name, std::move(arrays.at(name))};
    }
  }
  refuse_names(path, fmt::format("an array X (or {}) of rows", of_part));
}

bool is_npy(const fs::path& path) { return lower(path.extension().string()) == ".npy"; }

}  // namespace cance::prep
