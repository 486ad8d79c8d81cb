// Euclidean distances to the nearest of some rows. Neighbours are searched a block of rows at a
// time, so no distance matrix is held; the few nearest are measured again in float64, where the
// search by products has lost digits.
#pragma once

#include <cstdint>
#include <string>

#include "nn/export/graph_builder.hpp"

namespace cance::detectors {

class Neighbours {
 public:
  /// Among the rows (N, d).
  explicit Neighbours(const at::Tensor& rows);

  /// The k nearest rows of each of x (B, d), all of them where there are fewer, nearest first.
  struct Near {
    at::Tensor distances;  ///< (B, k), float64
    at::Tensor indices;    ///< (B, k), of the rows
  };
  [[nodiscard]] Near nearest(const at::Tensor& x, std::int64_t k) const;
  /// "mean" of the k distances, or the "kth". (B), float64.
  [[nodiscard]] at::Tensor distances(const at::Tensor& x, std::int64_t k,
                                     const std::string& distance) const;

  /// The same of a graph's value x (n, d): (n, 1), float64. There (n, N) numbers are held.
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& x, std::int64_t k,
                                  const std::string& distance) const;
  /// Distances of a graph's value x (n, d) from all rows: (n, N), float64.
  [[nodiscard]] std::string all_distances(nn::GraphBuilder& g, const std::string& x) const;

 private:
  [[nodiscard]] at::Tensor candidates(const at::Tensor& x, std::int64_t k) const;

  at::Tensor centre_;   // (d): small numbers lose fewer digits
  at::Tensor rows_;     // (N, d), centred
  at::Tensor squares_;  // (N)
};

}  // namespace cance::detectors
