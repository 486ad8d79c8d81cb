// The rows a model learns from or judges, wherever they are stored.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "nn/compute.hpp"

namespace cance::nn {

/// Numbers of rows. Those of an epoch go to the device at once, a batch's are then a part of them.
struct Places {
  std::span<const std::int64_t> host;
  at::Tensor sent = {};  ///< the same (B) on the device of the model; undefined: not there yet

  [[nodiscard]] Places part(std::int64_t first, std::int64_t count) const;
  /// On this device.
  [[nodiscard]] at::Tensor on(at::Device device) const;
};

class Rows {
 public:
  virtual ~Rows() = default;

  [[nodiscard]] virtual std::int64_t size() const = 0;
  /// These rows in this order, (B, ...), in the precision and on the device of the model.
  [[nodiscard]] virtual at::Tensor select(const Places& places) = 0;
  /// Rows [first, first + count).
  [[nodiscard]] virtual at::Tensor range(std::int64_t first, std::int64_t count) = 0;
  /// Whether `range` is work of the device alone, on tensors that stay where they are.
  [[nodiscard]] virtual bool in_place() const { return false; }
  /// The order of an epoch, a permutation of all rows, from (seed, epoch) alone. Rows stored
  /// elsewhere are selected in the order that was asked for last.
  [[nodiscard]] virtual std::vector<std::int64_t> order(std::uint64_t seed, std::int64_t epoch);
};

/// Rows of a tensor.
class TensorRows final : public Rows {
 public:
  explicit TensorRows(at::Tensor rows) : rows_(std::move(rows)) {}
  [[nodiscard]] std::int64_t size() const override { return rows_.size(0); }
  [[nodiscard]] at::Tensor select(const Places& places) override;
  [[nodiscard]] at::Tensor range(std::int64_t first, std::int64_t count) override {
    return rows_.slice(0, first, first + count);
  }
  [[nodiscard]] bool in_place() const override { return true; }

 private:
  at::Tensor rows_;
};

/// Some of other rows, which must outlive this.
class SelectedRows final : public Rows {
 public:
  /// `indices`: ascending.
  SelectedRows(Rows& rows, std::vector<std::int64_t> indices)
      : rows_(rows), indices_(std::move(indices)) {}
  [[nodiscard]] std::int64_t size() const override {
    return static_cast<std::int64_t>(indices_.size());
  }
  [[nodiscard]] at::Tensor select(const Places& places) override;
  [[nodiscard]] at::Tensor range(std::int64_t first, std::int64_t count) override;

 private:
  Rows& rows_;
  std::vector<std::int64_t> indices_;
};

/// Rows of a block of the functions below.
inline constexpr std::int64_t kBlock = 512;

/// Calls f on this rank's share of the rows, a block at a time, without gradients: f(block, first
/// row of it). Shares are of whole blocks, so that blocks are the same in a team of any size.
/// Collective: all ranks throw Stopped where one was asked to stop before it was through.
void for_blocks(Rows& rows, const Team& team,
                const std::function<void(const at::Tensor&, std::int64_t)>& f);
/// The same whatever is asked of it, and not collective: for the validation of a stage, which may
/// be recorded as a graph; the stage stops between steps.
void for_blocks_to_the_end(Rows& rows, const Team& team,
                           const std::function<void(const at::Tensor&, std::int64_t)>& f);

/// f of all rows in blocks, without gradients, results joined in order: ranks share the work and
/// all get the result. Collective; stops as for_blocks.
[[nodiscard]] at::Tensor map_rows(Rows& rows, const Team& team,
                                  const std::function<at::Tensor(const at::Tensor&)>& f);

/// How many of the rows a team has gone through, as far as a rank knows that is at row `first` of
/// its share of a pass.
[[nodiscard]] std::int64_t rows_behind(const Rows& rows, const Team& team, std::int64_t first);

}  // namespace cance::nn
