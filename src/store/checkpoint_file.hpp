// A checkpoint: what a stopped stage needs to go on, one sealed file (src/files.md, section 6).
#pragma once

#include <filesystem>

#include "store/history.hpp"
#include "store/tensors.hpp"

namespace cance::store {

struct Checkpoint {
  std::string key;         ///< what it belongs to: settings, data, layout; another key, no use
  bool finished = false;   ///< the stage is over and `state` is its result
  std::int64_t epoch = 1;  ///< epoch under way, counted from 1
  std::int64_t step = 0;   ///< steps of that epoch that are done
  double loss_sum = 0;     ///< of those steps
  double seconds = 0;      ///< that the stage has taken so far
  double best_loss = 0;
  History history;
  TensorMap state, best, optimiser;
};

/// Whole under `path` or not at all.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);
/// Errors: missing, damaged, not a checkpoint.
[[nodiscard]] Checkpoint read_checkpoint(const std::filesystem::path& path);

}  // namespace cance::store
