// Rows as models see them: normalised, and with mirrored copies where the settings ask for them.
#pragma once

#include "represent/normaliser.hpp"

namespace cance::represent {

class PreparedRows final : public nn::Rows {
 public:
  /// Views, which must outlive this. With `flips` there are 2 N rows: row N + i is row i mirrored
  /// from left to right.
  PreparedRows(nn::Rows& rows, const Normaliser& normaliser, bool flips)
      : rows_(rows), normaliser_(normaliser), flips_(flips) {}

  [[nodiscard]] std::int64_t size() const override { return rows_.size() * (flips_ ? 2 : 1); }
  [[nodiscard]] at::Tensor select(std::span<const std::int64_t> rows) override;
  [[nodiscard]] at::Tensor range(std::int64_t first, std::int64_t count) override;
  [[nodiscard]] std::vector<std::int64_t> order(std::uint64_t seed, std::int64_t epoch) override;

 private:
  nn::Rows& rows_;
  const Normaliser& normaliser_;
  bool flips_;
};

}  // namespace cance::represent
