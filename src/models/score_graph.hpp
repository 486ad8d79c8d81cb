// A model as a graph of operators, from rows to scores: a part of ONNX (operator set 17), which
// other formats are written from too.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "hdf5/group.hpp"

namespace cance::models {

enum class GraphType { float32, float64, int64 };

struct GraphTensor {
  GraphType type = GraphType::float32;
  Shape shape;
  std::vector<double> values;
};

/// A number or a list of whole numbers.
using GraphAttribute = std::variant<std::int64_t, double, std::vector<std::int64_t>>;

/// output = op(inputs): names of the input, constants or earlier outputs; "": left out.
struct GraphNode {
  std::string op;
  std::vector<std::string> inputs;
  std::string output;
  std::map<std::string, GraphAttribute> attributes = {};
  std::vector<std::string> unread = {};  ///< further outputs that the operator has
};

struct ScoreGraph {
  static constexpr const char* kInput = "rows";     ///< float32 (n, row...)
  static constexpr const char* kOutput = "scores";  ///< float64 (n), that of the last node

  Shape row;
  std::vector<GraphNode> nodes;
  std::map<std::string, GraphTensor> constants;
  std::map<std::string, std::string> metadata;
};

/// Writes the graph as an ONNX file, whole or not at all.
void write_onnx(const std::filesystem::path& path, const ScoreGraph& graph);

}  // namespace cance::models
