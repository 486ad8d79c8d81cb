#include "data_prep/catalogue.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <system_error>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/ranges.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

std::string without_gz(const std::string& name) {
  return name.ends_with(".gz") ? name.substr(0, name.size() - 3) : name;
}

std::string names_of(const PublicSet& set) {
  const auto names = mapped(set.files, &PublicFile::name);
  return join(names, ", ");
}

}  // namespace

const PublicSet& public_set(const std::string& name) {
  const auto sets = catalogue();
  const auto place = std::ranges::find(sets, name, &PublicSet::name);
  assert(place != sets.end());
  return *place;
}

std::string making_line(const std::string& dataset, const std::string& out) {
  // What the same raw files make under another name.
  static const std::map<std::string, std::pair<std::string, std::string>> others{
      {"mnist-c", {"mnist-c", "mnist_c"}},
      {"mnist-c-generated", {"mnist-c", "mnist"}},
      {"cifar10-heldout", {"cifar10", "cifar10"}}};
  if (dataset == "glyphs") {
    return fmt::format("'cance prep glyphs --out {}'", out);
  }
  if (const auto other = others.find(dataset); other != others.end()) {
    return fmt::format("'cance prep {} --raw raw/{} --out {}'", other->second.first,
                       other->second.second, out);
  }
  const auto sets = catalogue();
  if (contains(sets, dataset, &PublicSet::name)) {
    return fmt::format("'cance prep {} --raw raw/{} --out {}'", dataset, dataset, out);
  }
  return fmt::format(
      "'cance prep' (--help names the sets and the ways for data of your own) and --out {}", out);
}

std::string address_of(const PublicSet& set, const PublicFile& file) {
  return file.address.empty() ? set.address + file.name : file.address;
}

fs::path find_published(const fs::path& folder, const PublicFile& file) {
  std::string dotted = file.name;
  if (const auto at = dotted.find("-idx"); at != std::string::npos) {
    dotted[at] = '.';
  }
  for (const std::string& name : {file.name, without_gz(file.name), dotted, without_gz(dotted)}) {
    std::error_code error;
    if (fs::is_regular_file(folder / name, error)) {
      return folder / name;
    }
  }
  return {};
}

fs::path find_source(const PublicSet& set, const fs::path& raw) {
  std::error_code error;
  if (fs::is_regular_file(raw, error)) {
    return raw;
  }
  require(fs::is_directory(raw, error),
          "{}: no such file or folder; it should hold {} of {} (cance prep {} --download fetches)",
          raw.string(), names_of(set), set.address, set.name);
  for (const PublicFile& file : set.files) {
    if (fs::path path = find_published(raw, file); !path.empty()) {
      return path;
    }
  }
  fail("{}: not found: {}; fetch from {} (cance prep {} --download), or name the file by --raw",
       raw.string(), names_of(set), set.address, set.name);
}

CheckedSource check_hash(const PublicFile& expected, const std::string& name,
                         const std::string& found) {
  const bool known = found == expected.sha256 || found == expected.unpacked_sha256;
  const bool unpacked = expected.name.ends_with(".gz") && !name.ends_with(".gz");
  const std::string& published = unpacked ? expected.unpacked_sha256 : expected.sha256;
  if (!known && !published.empty()) {
    log::warn("{}: not the published file: SHA-256 {}, the catalogue has {}", name, found,
              published);
  }
  return {{fs::path(name).filename().string(), found}, known};
}

CheckedSource check_source(const PublicFile& expected, const fs::path& path) {
  return check_hash(expected, path.string(), sha256_file(path));
}

CheckedSource check_source(const PublicSet& set, const fs::path& path) {
  for (const PublicFile& file : set.files) {
    if (find_published(path.parent_path(), file) == path) {
      return check_source(file, path);
    }
  }
  return check_source(PublicFile{}, path);
}

}  // namespace cance::prep
