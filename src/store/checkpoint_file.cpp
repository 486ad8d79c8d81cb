#include "store/checkpoint_file.hpp"

#include "store/dataset_file.hpp"
#include "store/hdf5_lock.hpp"
#include "store/schema.hpp"

namespace cance::store {
namespace {

constexpr const char* kCheckpointSchema = "cance-checkpoint";

void write_tensors(const Group& root, const std::string& name, const TensorMap& tensors,
                   bool single) {
  const Group group = root.create_group(name);
  for (const auto& [tensor, array] : tensors) {
    if (single) {
      const std::vector<float> values(array.values.begin(), array.values.end());
      group.write<float>(tensor, values, array.shape);
    } else {
      group.write<double>(tensor, array.values, array.shape);
    }
  }
}

TensorMap read_tensors(const Group& root, const std::string& name) {
  const Group group = root.group(name);
  TensorMap tensors;
  for (const std::string& tensor : group.children()) {
    tensors[tensor] = group.read<double>(tensor);
  }
  return tensors;
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& c) {
  const Hdf5Lock lock;
  AtomicFile file(path);
  std::optional<Group> root = create_file(file.temporary());
  root->set("schema", kCheckpointSchema);
  root->set("schema_version", kSchemaVersion);
  root->set("key", c.key);
  root->set("finished", c.finished);
  root->set("single", c.single);
  root->set("epoch", c.epoch);
  root->set("step", c.step);
  root->set("loss_sum", c.loss_sum);
  root->set("seconds", c.seconds);
  root->set("best_loss", c.best_loss);
  write_history(*root, "history", c.history);
  write_tensors(*root, "state", c.state, c.single);
  write_tensors(*root, "best", c.best, c.single);
  write_tensors(*root, "optimiser", c.optimiser, c.single);
  root->set("complete", true);
  finish_file(root, file, "checkpoint");
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const Hdf5Lock lock;
  const Group root = open_file(path);
  check_schema(root, kCheckpointSchema);
  return {root.text("key"),
          root.boolean("finished"),
          root.boolean("single"),
          root.integer("epoch"),
          root.integer("step"),
          root.number("loss_sum"),
          root.number("seconds"),
          root.number("best_loss"),
          read_history(root, "history"),
          read_tensors(root, "state"),
          read_tensors(root, "best"),
          read_tensors(root, "optimiser")};
}

}  // namespace cance::store
