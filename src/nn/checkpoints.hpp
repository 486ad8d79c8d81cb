// Where the stages of a cell leave their state, so that a stopped cell goes on with the same bits.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "nn/sequence.hpp"
#include "store/checkpoint_file.hpp"

namespace cance::nn {

class Checkpoints {
 public:
  /// Files FOLDER/STAGE.ckpt that belong to `key`. Only a rank that `writes` writes, every `period`
  /// seconds and when stopped.
  Checkpoints(std::filesystem::path folder, std::string key, double period, bool writes);

  /// The stage's checkpoint of this key. A damaged one is logged and counts as none.
  [[nodiscard]] std::optional<store::Checkpoint> load(const std::string& stage) const;
  /// A disk that takes no checkpoint is logged and does not end the training.
  void save(const std::string& stage, store::Checkpoint checkpoint);
  /// Whether this rank should save now.
  [[nodiscard]] bool due() const;

 private:
  [[nodiscard]] std::filesystem::path path(const std::string& stage) const;

  std::filesystem::path folder_;
  std::string key_;
  std::chrono::duration<double> period_;
  bool writes_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Named tensors as files hold them, and back into tensors of the same names and shapes. Error: one
/// is not there, or in another shape.
[[nodiscard]] store::TensorMap to_map(const NamedTensors& tensors);
void restore_map(const NamedTensors& tensors, const store::TensorMap& saved);
/// One of them as a float64 tensor. Error: it is not there.
[[nodiscard]] at::Tensor to_tensor(const store::TensorMap& saved, const std::string& name);

}  // namespace cance::nn
