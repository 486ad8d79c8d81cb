// How the networks of the comparison methods train: AdamW on batches of normal rows, at a constant
// rate that falls to a tenth at given places, the checkpoint with the lowest validation loss kept.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "detectors/detector.hpp"
#include "nn/work.hpp"

namespace cance::detectors {

struct NetworkStage {
  std::string name;          ///< "goad"; names its checkpoint
  nn::Rows* rows = nullptr;  ///< that it trains on
  nn::NamedTensors state;    ///< that is kept and restored; the leaves with a gradient learn
  /// What a step reads, this rank's part; by default the batch's rows alone.
  std::function<std::vector<at::Tensor>(const nn::Batch&)> inputs;
  /// This rank's part of the loss of a global batch of `rows` rows; tied to nothing but its inputs
  /// and the state.
  std::function<at::Tensor(const std::vector<at::Tensor>& inputs, std::int64_t rows)> loss;
  /// This rank's part of the validation loss, a scalar of float64.
  std::function<at::Tensor()> validate;
  /// Rows that it goes through, where else it reads nothing but tensors that stay: it can then be
  /// captured where these rows are `in_place`.
  const nn::Rows* validation = nullptr;
  double beta1 = 0.9;             ///< of AdamW
  double from = 0, fraction = 1;  ///< of the method's time, for progress
};

/// Collective. Leaves the best weights in `stage.state` and the curve with `data`.
void train_network(const NetworkStage& stage, const config::TrainingOptions& options,
                   const TrainingData& data);

/// Seconds that this takes where a row costs `work` (CellSize), and then to score the other rows.
[[nodiscard]] double seconds_of(const config::TrainingOptions& options, const nn::Work& work,
                                const CellSize& cell);

/// This rank's part of the sum of f over the rows, f of a block (B, row...) on the way: for
/// validation losses. A scalar of float64 on the device.
[[nodiscard]] at::Tensor sum_over(nn::Rows& rows, const nn::Team& team,
                                  const std::function<at::Tensor(const at::Tensor&)>& f);

/// The shape of a row; as a tensor that a method saves, "shape"; and back.
[[nodiscard]] Shape row_shape(nn::Rows& rows);
[[nodiscard]] at::Tensor shape_tensor(const Shape& shape);
[[nodiscard]] Shape saved_shape(const SavedMethod& saved);

/// Weight of a dense layer (out, in), normal with deviation sqrt(4 / (in + out)) (He's rule by
/// Glorot's sizes), from (seed, stream) alone, on the device of `compute`.
[[nodiscard]] at::Tensor normal_weight(std::int64_t out, std::int64_t in, std::uint64_t seed,
                                       std::uint64_t stream, const nn::Compute& compute);

}  // namespace cance::detectors
