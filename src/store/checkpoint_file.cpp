#include "store/checkpoint_file.hpp"

#include "store/schema.hpp"

namespace cance::store {

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& c) {
  AtomicFile file(path);
  std::optional<hdf5::Group> root = hdf5::create_file(file.temporary(), file.target().string());
  root->set("schema", kCheckpointSchema);
  root->set("schema_version", kSchemaVersion);
  root->set("key", c.key);
  root->set("finished", c.finished);
  root->set("epoch", c.epoch);
  root->set("step", c.step);
  root->set("loss_sum", c.loss_sum);
  root->set("seconds", c.seconds);
  root->set("best_loss", c.best_loss);
  write_history(*root, "history", c.history);
  write_tensors(root->create_group("state"), c.state);
  write_tensors(root->create_group("best"), c.best);
  write_tensors(root->create_group("optimiser"), c.optimiser);
  root->set("complete", true);
  finish_file(root, file, "checkpoint");
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const hdf5::Group root = hdf5::open_file(path);
  check_schema(root, kCheckpointSchema);
  return {root.text("key"),
          root.boolean("finished"),
          root.integer("epoch"),
          root.integer("step"),
          root.number("loss_sum"),
          root.number("seconds"),
          root.number("best_loss"),
          read_history(root, "history"),
          read_tensors(root.group("state")),
          read_tensors(root.group("best")),
          read_tensors(root.group("optimiser"))};
}

}  // namespace cance::store
