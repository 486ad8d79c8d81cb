// Curves of training as event files of TensorBoard: records with CRC-32C (TFRecord), each a message
// Event, of which the few fields used here are written by hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/run_file.hpp"

namespace cance::archive {

/// A point of a curve.
struct Scalar {
  std::string tag;  ///< names the curve, as "autoencoder/train_loss"
  std::int64_t step = 0;
  double value = 0;
  double time = 0;  ///< s since 1970, UTC
};

/// Losses of the stages, a step an epoch; `begin` is when training began, s since 1970.
[[nodiscard]] std::vector<Scalar> scalars_of(const store::Histories& history, double begin);
/// Those of a run, and its metrics as METHOD/METRIC at step 0.
[[nodiscard]] std::vector<Scalar> scalars_of(const store::RunRecord& run);

/// The bytes of an event file. Values that are no numbers are left out.
[[nodiscard]] std::string event_file(const std::vector<Scalar>& scalars);

/// CRC-32C (Castagnoli).
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes);

}  // namespace cance::archive
