#include "store/feature_shard.hpp"

#include "store/schema.hpp"

namespace cance::store {

void write_shard(const std::filesystem::path& path, const FeatureShard& shard) {
  require(shard.x.size() == shard.rows.size() * shard.columns, "{}: {} numbers for {} rows of {}",
          path.string(), shard.x.size(), shard.rows.size(), shard.columns);
  AtomicFile file(path);
  std::optional<hdf5::Group> root = hdf5::create_file(file.temporary(), file.target().string());
  root->set("schema", kShardSchema);
  root->set("schema_version", kSchemaVersion);
  root->set("complete", true);
  root->set("key", shard.key);
  root->set("undecoded", shard.undecoded);
  root->write("rows", shard.rows);
  root->write<float>("x", shard.x, {shard.rows.size(), shard.columns});
  finish_file(root, file, "shard");
}

bool shard_is_done(const std::filesystem::path& path, const std::string& key) {
  if (!std::filesystem::exists(path)) {
    return false;
  }
  try {
    const hdf5::Group root = hdf5::open_file(path);
    check_schema(root, kShardSchema);
    return root.text("key") == key;
  } catch (const Error&) {
    return false;  // damaged: it is made anew
  }
}

FeatureShard read_shard(const std::filesystem::path& path) {
  const hdf5::Group root = hdf5::open_file(path);
  check_schema(root, kShardSchema);
  FeatureShard shard;
  shard.key = root.text("key");
  shard.undecoded = root.texts("undecoded");
  shard.rows = root.read_shaped<std::int64_t>("rows", {0});
  auto x = root.read<float>("x");
  require(x.shape.size() == 2 && x.shape[0] == shard.rows.size(),
          "{}: damaged: features of shape ({}) for {} rows", root.where("x"),
          fmt::join(x.shape, ", "), shard.rows.size());
  shard.columns = x.shape[1];
  shard.x = std::move(x.values);
  return shard;
}

}  // namespace cance::store
