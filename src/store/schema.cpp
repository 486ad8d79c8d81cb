#include "store/schema.hpp"

#include <charconv>
#include <map>

#include "hdf5/seal.hpp"

namespace cance::store {
namespace {

int major_version(const std::string& version, const std::string& where) {
  int major = 0;
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), major);
  require(
      error == std::errc() && end != version.data() + version.size() && *end == '.' && major >= 1,
      "{}: the schema version '{}' is no version", where, version);
  return major;
}

}  // namespace

std::string schema_of(const std::filesystem::path& path) {
  const hdf5::Group root = hdf5::open_file(path);
  return root.has_attribute("schema") ? root.text("schema") : "none";
}

void check_schema(const hdf5::Group& root, const std::string& schema) {
  root.require_tree();
  static const std::map<std::string, std::string> kKinds = {
      {kDatasetSchema, "a cance dataset file"},
      {kRunSchema, "a cance run file"},
      {kArchiveSchema, "a cance archive"},
      {kShardSchema, "a cance shard of features"}};
  const auto known_kind = kKinds.find(schema);
  const std::string kind = known_kind == kKinds.end() ? "a cance checkpoint" : known_kind->second;
  const std::string found = root.has_attribute("schema") ? root.text("schema") : "no schema";
  require(found == schema, "{}: not {}: it has {}", root.where(), kind,
          found == "no schema" ? "no attribute 'schema'" : "the schema '" + found + "'");
  const int major = major_version(root.text("schema_version"), root.where());
  const int known = major_version(kSchemaVersion, "cance");
  require(major <= known,
          "{}: schema version {}, but this program reads up to {}.x; use a newer cance",
          root.where(), root.text("schema_version"), known);
  require(root.has_attribute("complete") && root.boolean("complete"),
          "{}: incomplete: its writer did not finish; write it again", root.where());
}

void seal_temporary(std::optional<hdf5::Group>& root, const AtomicFile& file,
                    const std::string& kind) {
  hdf5::flush(*root);
  root.reset();
  hdf5::seal_file(file.temporary(), kind, file.target().string());
}

void finish_file(std::optional<hdf5::Group>& root, AtomicFile& file, const std::string& kind) {
  seal_temporary(root, file, kind);
  file.commit();
}

}  // namespace cance::store
