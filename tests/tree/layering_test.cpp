// The layers of the program (src/README.md, "Layers") against what the files include: a layer sees
// those that its CMakeLists.txt names behind USES and nothing else, and a foreign library is seen
// only in the folders that own it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const fs::path kSource = CANCE_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Names words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// What the first group of the pattern matches, or "".
std::string first_match(const std::string& text, const std::string& pattern) {
  std::smatch match;
  return std::regex_search(text, match, std::regex(pattern)) ? match[1].str() : "";
}

std::string folder_of(const std::string& layer) { return layer == "prep" ? "data_prep" : layer; }

fs::path path_of(const std::string& folder) {
  return folder == "data_prep" ? kSource / folder : kSource / "src" / folder;
}

/// The folders that a layer's CMakeLists.txt names behind USES.
Names uses(const std::string& folder) {
  const std::string text = text_of(path_of(folder) / "CMakeLists.txt");
  return words_of(first_match(text, R"re(cance_layer\(\w+ USES ([a-z0-9 ]+))re"));
}

/// The folders of the libraries that the target of `src/cli` links to that has the source
/// `stem`.cpp (as "doctor/slurm"); headers without a source are for `cance`.
Names cli_uses(const std::string& stem) {
  const std::string text = text_of(path_of("cli") / "CMakeLists.txt");
  std::string owner = "cance";
  for (const char* target : {"cance_cli", "cance-engine"}) {
    const auto name = std::string(target);
    if (words_of(first_match(text, R"re(add_\w+\()re" + name + R"re(\s([^)]+))re"))
            .contains(stem + ".cpp")) {
      owner = name;
    }
  }
  Names folders;
  for (const std::string& word :
       words_of(first_match(text, R"re(target_link_libraries\()re" + owner + R"re(\s([^)]+))re"))) {
    if (word.starts_with("cance_")) {
      folders.insert(folder_of(word.substr(std::string("cance_").size())));
    }
  }
  return folders;
}

/// Folders that files of `folder` may include from; `file`, a path inside it, matters for cli,
/// whose sources make up two programs and what they share.
Names allowed(const std::string& folder, const std::string& file) {
  static std::map<std::string, Names> known;
  const std::string stem = folder == "cli" ? fs::path(file).replace_extension().string() : "";
  const auto [found, is_new] = known.try_emplace(folder + " " + stem);
  if (is_new) {
    found->second = folder == "cli" ? cli_uses(stem) : uses(folder);
    found->second.insert(folder);
  }
  return found->second;
}

/// The folders of the list "Layers" in src/README.md, in its order.
std::vector<std::string> list_of_readme() {
  std::vector<std::string> folders;
  std::istringstream lines(
      first_match(text_of(kSource / "src/README.md"), R"re(\n## Layers\n([^#]*))re"));
  for (std::string line; std::getline(lines, line);) {
    const std::string name = first_match(line, R"re(^- \*\*([a-z0-9_]+)\*\*:)re");
    if (!name.empty()) {
      folders.push_back(name);
    }
  }
  return folders;
}

/// Owners of foreign headers, by how the name in the angle brackets begins.
const std::map<std::string, Names> kForeign = {
    {"torch/", {"nn", "represent", "density", "detectors", "pipeline"}},
    {"ATen/", {"nn", "represent", "density", "detectors", "pipeline"}},
    {"c10/", {"nn", "represent", "density", "detectors", "pipeline"}},
    {"oneapi/", {"nn"}},
    {"dnnl", {"nn"}},
    {"mpi.h", {"comm"}},
    {"nccl", {"comm"}},
    {"cuda", {"comm"}},
    {"hdf5", {"hdf5"}},
    {"H5", {"hdf5"}},
    {"archive", {"data_prep", "models"}},
    {"spdlog/", {"base"}},
    {"openssl/", {"base", "report"}},
    {"boost/math", {"stats"}},
    {"boost/program_options", {"cli"}},
    {"turbojpeg.h", {"image"}},
    {"png", {"image", "report"}},
    {"libsvm/", {"detectors"}},
    {"zlib.h", {"data_prep", "hdf5"}},
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

TEST(Layering, IncludesFollowTheLists) {
  std::size_t checked = 0;
  auto files = sources(kSource / "src");
  std::ranges::copy(sources(kSource / "data_prep"), std::back_inserter(files));
  for (const fs::path& path : files) {
    const fs::path relative = path.lexically_relative(kSource);
    const bool prep = *relative.begin() == "data_prep";
    const std::string folder = prep ? "data_prep" : std::next(relative.begin())->string();
    const std::string file = path.lexically_relative(path_of(folder)).string();
    for (const std::string& include : includes(path)) {
      ++checked;
      const std::string wrong = fault(folder, file, include);
      EXPECT_TRUE(wrong.empty()) << relative.string() << " includes " << include << ": " << wrong;
    }
  }
  EXPECT_GT(checked, 100U) << "the files were not found below " << kSource;
}

TEST(Layering, TheListOfTheReadmeNamesEveryFolderBelowThoseItUses) {
  const std::vector<std::string> list = list_of_readme();
  for (const auto& entry : fs::directory_iterator(kSource / "src")) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(!entry.is_directory() || std::ranges::count(list, name) == 1) << name;
  }
  Names above;
  for (const std::string& folder : list) {
    for (const std::string& used : folder == "cli" ? Names() : uses(folder)) {
      EXPECT_TRUE(above.contains(used)) << folder << " uses " << used << ", which is not above it";
    }
    above.insert(folder);
  }
  EXPECT_TRUE(std::ranges::includes(above, uses("data_prep")));
}

TEST(Layering, FindsFaults) {
  EXPECT_EQ(fault("stats", "auroc.cpp", "\"base/error.hpp"), "");
  EXPECT_EQ(fault("cli", "run.cpp", "\"pipeline/grid.hpp"), "");
  EXPECT_NE(fault("cli", "report.cpp", "\"pipeline/grid.hpp"), "");
  EXPECT_EQ(fault("cli", "doctor/doctor.cpp", "\"image/decode.hpp"), "");
  EXPECT_NE(fault("cli", "doctor/slurm_facts.cpp", "\"image/decode.hpp"), "");
  EXPECT_NE(fault("store", "hdf5.cpp", "\"stats/moments.hpp"), "");
  EXPECT_NE(fault("report", "page.cpp", "\"nn/training.hpp"), "");
  EXPECT_NE(fault("base", "log.cpp", "\"log.hpp"), "");
  EXPECT_NE(fault("report", "page.cpp", "<torch/torch.h"), "");
  EXPECT_NE(fault("store", "table.cpp", "<mpi.h"), "");
  EXPECT_EQ(fault("hdf5", "file.cpp", "<hdf5.h"), "");
}

}  // namespace
