// Puts a score graph together, a value after another.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "models/score_graph.hpp"
#include "nn/sequence.hpp"

namespace cance::nn {

/// Names of values in the graph stand for the values. What ends up in no score is left out.
class GraphBuilder {
 public:
  using Attributes = std::map<std::string, models::GraphAttribute>;

  /// In the precision of a run, and in that of its networks in the graph.
  GraphBuilder(models::GraphType type, models::GraphType network_type)
      : type_(type), network_type_(network_type) {}

  [[nodiscard]] models::GraphType type() const { return type_; }
  [[nodiscard]] models::GraphType network_type() const { return network_type_; }
  /// Constants are named behind this from here on.
  void name_behind(std::string prefix) { prefix_ = std::move(prefix); }

  /// The value of one more node.
  std::string add(const std::string& op, std::vector<std::string> inputs,
                  const Attributes& attributes = {});
  std::string cast(const std::string& value, models::GraphType type);
  /// As (n, elements of a row).
  std::string flat(const std::string& value) {
    return add("Flatten", {value}, {{"axis", std::int64_t{1}}});
  }
  std::string constant(const std::string& name, const at::Tensor& tensor, models::GraphType type);
  std::string number(double value, models::GraphType type);
  std::string reshaped(const std::string& value, const std::vector<std::int64_t>& shape) {
    return add("Reshape", {value, integers(shape)});
  }
  /// Images with rows and columns of 0 more: above, to the left, below, to the right.
  std::string padded(const std::string& value, const std::array<std::int64_t, 4>& sides);
  /// Numbers first, ..., last - 1 along an axis; negative ones count from its end.
  std::string sliced(const std::string& value, std::int64_t axis, std::int64_t first,
                     std::int64_t last);
  /// `columns` of value (n, c) from its end on: all but them, or them alone.
  std::string without_last(const std::string& value, std::int64_t columns) {
    return sliced(value, 1, 0, -columns);
  }
  std::string last(const std::string& value, std::int64_t columns) {
    return sliced(value, 1, -columns, std::int64_t{1} << 31U);  // beyond any axis
  }
  /// Over these axes, which stay with extent 1.
  std::string mean(const std::string& value, const std::vector<std::int64_t>& axes);
  std::string greatest(const std::string& value, const std::vector<std::int64_t>& axes);
  std::string sum(const std::string& value, const std::vector<std::int64_t>& axes);
  std::string log_sum_exp(const std::string& value, std::int64_t axis);
  std::string square(const std::string& value) { return add("Mul", {value, value}); }
  /// Value times a number, plus a number, or where it is at least one, in their type.
  std::string scaled(const std::string& value, double factor, models::GraphType type) {
    return add("Mul", {value, number(factor, type)});
  }
  std::string shifted(const std::string& value, double offset, models::GraphType type) {
    return add("Add", {value, number(offset, type)});
  }
  std::string at_least(const std::string& value, double least, models::GraphType type) {
    return add("Max", {value, number(least, type)});
  }
  /// The k least of each row (n, c), in any order: (n, k).
  std::string least(const std::string& value, std::int64_t k);
  /// Of a table (t, m) of `type`, row j at the index in column j of integers (n, t): (n, t).
  std::string looked_up(const std::string& name, const at::Tensor& table,
                        const std::string& indices, models::GraphType type);
  std::string joined(const std::vector<std::string>& values, std::int64_t axis = 1) {
    return add("Concat", values, {{"axis", axis}});
  }
  /// The value through all layers, in the networks' precision; tensors are named behind `prefix`.
  /// Error: a layer that has no form in a graph.
  std::string layers(const std::string& value, const std::vector<Layer>& layers,
                     const std::string& prefix) {
    return chain(cast(value, network_type_), layers, prefix);
  }

  /// Ends the graph with `scores`, one a row.
  [[nodiscard]] models::ScoreGraph finish(const std::string& scores);

 private:
  std::string integers(const std::vector<std::int64_t>& values);
  std::string chain(std::string value, const std::vector<Layer>& layers, const std::string& prefix);
  std::string layer(const std::string& value, const Layer& layer, const std::string& prefix);
  /// The value, then the layer's tensors as constants.
  std::vector<std::string> with_tensors(const std::string& value, const Layer& layer,
                                        const std::string& prefix);
  std::string convolution(const std::string& value, const Layer& layer, const std::string& prefix);
  std::string norm(const std::string& value, const Layer& layer, const std::string& prefix);
  std::string leaky(const std::string& value, double slope) {
    return slope == 1 ? value : add("LeakyRelu", {value}, {{"alpha", slope}});
  }

  models::GraphType type_, network_type_;
  std::string prefix_;
  models::ScoreGraph graph_;
};

}  // namespace cance::nn
