// What the densities see of the reconstruction features e and c: the values, or their logarithms,
// for data whose errors have heavy tails (src/method.md, section 11, tables).
#pragma once

#include <array>
#include <string>

#include "nn/checkpoints.hpp"
#include "nn/export/graph_builder.hpp"

namespace cance::represent {

class FeatureTransform {
 public:
  /// The values as they are.
  FeatureTransform() = default;
  /// "raw", or "log": log(r + .01 mean r), with the means of e and c over the training rows. Error:
  /// a mean that is not positive.
  FeatureTransform(const std::string& kind, std::array<double, 2> means);
  /// As it was when `state` gave these.
  [[nodiscard]] static FeatureTransform restored(const std::string& kind,
                                                 const store::TensorMap& saved);

  /// phi (B, m + 2), its last two columns transformed, in the type of phi.
  [[nodiscard]] at::Tensor apply(const at::Tensor& phi) const;
  /// The same of a graph's value (n, m + 2), in the graph's precision.
  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const std::string& phi) const;
  /// One value of e (feature 0) or c (feature 1).
  [[nodiscard]] double apply(std::size_t feature, double value) const;
  /// The value that `apply` makes this one of.
  [[nodiscard]] double undo(std::size_t feature, double transformed) const;
  /// "feature.offset" (2) of log.
  [[nodiscard]] nn::NamedTensors state() const;

 private:
  bool log_ = false;
  std::array<double, 2> offsets_{};
};

}  // namespace cance::represent
