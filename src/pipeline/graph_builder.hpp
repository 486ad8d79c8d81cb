// Puts a score graph together, a value after another.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nn/sequence.hpp"
#include "store/score_graph.hpp"

namespace cance::pipeline {

/// Names of values in the graph stand for the values.
class GraphBuilder {
 public:
  using Attributes = std::map<std::string, store::GraphAttribute>;

  /// The value of one more node.
  std::string add(const std::string& op, std::vector<std::string> inputs,
                  const Attributes& attributes = {});
  std::string cast(const std::string& value, store::GraphType type);
  std::string constant(const std::string& name, const torch::Tensor& tensor, store::GraphType type);
  std::string number(double value, store::GraphType type);
  std::string numbers(const std::string& name, std::span<const double> values,
                      store::GraphType type);
  std::string reshaped(const std::string& value, const std::vector<std::int64_t>& shape);
  std::string mean(const std::string& value, const std::vector<std::int64_t>& axes);
  std::string joined(const std::vector<std::string>& columns);
  /// The value through all layers, in float32 or float64; tensors are named behind `prefix`.
  std::string layers(std::string value, const std::vector<nn::LayerFacts>& layers,
                     const std::string& prefix, store::GraphType type);

  /// Ends the graph with `scores` (n, 1).
  [[nodiscard]] store::ScoreGraph finish(const std::string& scores);

 private:
  std::string layer(const std::string& value, const nn::LayerFacts& facts,
                    const std::string& prefix, store::GraphType type);
  std::string convolution(const std::string& value, const nn::LayerFacts& facts,
                          std::vector<std::string> inputs);
  std::string norm(const std::string& value, const nn::LayerFacts& facts, const std::string& prefix,
                   store::GraphType type);

  store::ScoreGraph graph_;
};

}  // namespace cance::pipeline
