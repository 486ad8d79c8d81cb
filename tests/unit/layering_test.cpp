// The layers of the program (src/README.md, "Layers") against what the files include: a layer sees
// those below it and nothing else, and a foreign library is seen only in the folder that owns it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const std::vector<std::string> kOrder = {"base",    "image",     "config",   "comm",  "store",
                                         "data",    "stats",     "archive",  "nn",    "represent",
                                         "density", "detectors", "pipeline", "report"};

/// Folders that files of `folder` may include from; `file` matters for cli, where only run.*,
/// extract.*, score.*, export_model.* and engine.cpp may compute on torch.
Names allowed(const std::string& folder, const std::string& file) {
  static const Names kNoTraining = {"base", "image", "config", "store", "data", "stats"};
  Names names = {folder};
  if (folder == "report") {
    names.insert({"base", "config", "store", "stats", "archive"});
  } else if (folder == "data_prep") {
    names.insert(kNoTraining.begin(), kNoTraining.end());
  } else if (folder == "cli") {
    names.insert(kNoTraining.begin(), kNoTraining.end());
    names.insert({"archive", "report", "data_prep"});
    if (file.starts_with("run.") || file.starts_with("extract.") || file.starts_with("score.") ||
        file.starts_with("export_model.") || file == "engine.cpp") {
      names.insert({"comm", "nn", "pipeline"});
    }
  } else {
    const auto own = std::ranges::find(kOrder, folder);
    names.insert(kOrder.begin(), own);
  }
  return names;
}

/// Owners of foreign headers, by how the name in the angle brackets begins.
const std::map<std::string, Names> kForeign = {
    {"torch/", {"nn", "represent", "density", "detectors"}},
    {"ATen/", {"nn", "represent", "density", "detectors"}},
    {"c10/", {"nn", "represent", "density", "detectors"}},
    {"oneapi/", {"nn"}},
    {"dnnl", {"nn"}},
    {"mpi.h", {"comm"}},
    {"nccl", {"comm"}},
    {"cuda", {"comm"}},
    {"hdf5", {"store"}},
    {"H5", {"store"}},
    {"archive", {"data_prep", "store"}},
    {"spdlog/", {"base"}},
    {"openssl/", {"base", "report"}},
    {"boost/math", {"stats"}},
    {"boost/program_options", {"cli"}},
    {"turbojpeg.h", {"image"}},
    {"png", {"image", "report"}},
    {"libsvm/", {"detectors"}},
    {"zlib.h", {"data_prep"}},
    {"matio.h", {"data_prep"}},
    {"curl/", {"data_prep"}},
};

/// What is wrong with one include of one file; empty when nothing is.
std::string fault(const std::string& folder, const std::string& file, const std::string& include) {
  const auto slash = include.find('/');
  if (include.starts_with('"') && slash == std::string::npos) {
    return "write the folder too";
  }
  const std::string name = include.substr(1);
  if (include.starts_with('"')) {
    return allowed(folder, file).contains(name.substr(0, slash - 1))
               ? ""
               : "a layer that this one may not use";
  }
  for (const auto& [prefix, owners] : kForeign) {
    if (name.starts_with(prefix) && !owners.contains(folder)) {
      return "a library that belongs to another layer";
    }
  }
  return "";
}

/// The includes of a file, each with its opening quote or bracket.
std::vector<std::string> includes(const fs::path& path) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*(["<][^">]+))re");
  std::vector<std::string> found;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (std::regex_search(line, match, kInclude)) {
      found.push_back(match[1]);
    }
  }
  return found;
}

std::vector<fs::path> sources(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp") {
      found.push_back(entry.path());
    }
  }
  return found;
}

const fs::path kSource = CANCE_SOURCE_DIR;

TEST(Layering, IncludesFollowTheTable) {
  std::size_t checked = 0;
  auto files = sources(kSource / "src");
  std::ranges::copy(sources(kSource / "data_prep"), std::back_inserter(files));
  for (const fs::path& path : files) {
    const fs::path relative = path.lexically_relative(kSource);
    const bool prep = *relative.begin() == "data_prep";
    const std::string folder = prep ? "data_prep" : std::next(relative.begin())->string();
    for (const std::string& include : includes(path)) {
      ++checked;
      const std::string wrong = fault(folder, path.filename().string(), include);
      EXPECT_TRUE(wrong.empty()) << relative.string() << " includes " << include << ": " << wrong;
    }
  }
  EXPECT_GT(checked, 100U) << "the files were not found below " << kSource;
}

TEST(Layering, EveryFolderIsInTheTable) {
  for (const auto& entry : fs::directory_iterator(kSource / "src")) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name != "cli") {
      EXPECT_NE(std::ranges::find(kOrder, name), kOrder.end()) << name << " is no known layer";
    }
  }
}

TEST(Layering, FindsFaults) {
  EXPECT_EQ(fault("stats", "auroc.cpp", "\"base/error.hpp"), "");
  EXPECT_EQ(fault("cli", "run.cpp", "\"pipeline/grid.hpp"), "");
  EXPECT_NE(fault("cli", "report.cpp", "\"pipeline/grid.hpp"), "");
  EXPECT_NE(fault("store", "hdf5.cpp", "\"stats/moments.hpp"), "");
  EXPECT_NE(fault("report", "page.cpp", "\"nn/training.hpp"), "");
  EXPECT_NE(fault("base", "log.cpp", "\"log.hpp"), "");
  EXPECT_NE(fault("pipeline", "cell.cpp", "<torch/torch.h"), "");
  EXPECT_NE(fault("store", "table.cpp", "<mpi.h"), "");
  EXPECT_EQ(fault("store", "hdf5.cpp", "<hdf5.h"), "");
}

}  // namespace
