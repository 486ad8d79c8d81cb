// The estimation network f(phi): the log-odds that phi is data rather than noise.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/export/graph_builder.hpp"

namespace cance::density {

class EstimationNetwork {
 public:
  /// Sees (phi - mean) / deviation; hidden layers of these widths with SiLU, one output. Weights
  /// from `seed`.
  EstimationNetwork(const at::Tensor& mean, const at::Tensor& deviation,
                    const std::vector<int>& hidden, std::uint64_t seed);
  /// K networks as one, with their `stacked` state; mean and deviation (K, 1, n), phi (K, B, n), f
  /// (K, B).
  EstimationNetwork(const at::Tensor& mean, const at::Tensor& deviation,
                    const nn::NamedTensors& stacked);

  /// f (B) of phi (B, n). With `frozen` the weights take no gradient, phi still does.
  [[nodiscard]] at::Tensor forward(const at::Tensor& phi, bool frozen = false) const;

  /// The same of a graph's value (n, columns), in the networks' precision: (n, 1).
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& phi) const;

  [[nodiscard]] std::vector<at::Tensor> parameters() const;
  /// "0.weight", "0.bias", ...
  [[nodiscard]] nn::NamedTensors state() const;

 private:
  at::Tensor mean_, inverse_deviation_;
  std::vector<at::Tensor> weights_, biases_;
};

}  // namespace cance::density
