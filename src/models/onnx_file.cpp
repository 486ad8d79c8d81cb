// ONNX files (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), written without the
// libraries onnx and protobuf: libtorch carries both, and their descriptions of messages may be
// registered only once in a process.
#include <cstring>

#include "base/atomic_file.hpp"
#include "base/build_info.hpp"
#include "base/cast.hpp"
#include "base/proto_message.hpp"
#include "models/score_graph.hpp"

namespace cance::models {
namespace {

constexpr int kIrVersion = 8;
constexpr int kOperatorSet = 17;

int data_type(GraphType type) {
  switch (type) {
    case GraphType::float32:
      return 1;
    case GraphType::int64:
      return 7;
    default:
      return 11;
  }
}

template <class T>
std::string raw(const std::vector<double>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<T>(values[i]);
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

ProtoMessage tensor(const std::string& name, const GraphTensor& t) {
  ProtoMessage message;
  for (const std::size_t extent : t.shape) {
    message.number(1, to<std::int64_t>(extent));
  }
  message.number(2, data_type(t.type)).bytes(8, name);
  message.bytes(9, t.type == GraphType::float32   ? raw<float>(t.values)
                   : t.type == GraphType::float64 ? raw<double>(t.values)
                                                  : raw<std::int64_t>(t.values));
  return message;
}

ProtoMessage attribute(const std::string& name, const GraphAttribute& value) {
  ProtoMessage message;
  message.bytes(1, name);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return message.number(3, *whole).number(20, 2);
  }
  if (const auto* number = std::get_if<double>(&value)) {
    return message.single(2, static_cast<float>(*number)).number(20, 1);
  }
  for (const std::int64_t whole : std::get<std::vector<std::int64_t>>(value)) {
    message.number(8, whole);
  }
  return message.number(20, 7);
}

ProtoMessage node(const GraphNode& n) {
  ProtoMessage message;
  for (const std::string& input : n.inputs) {
    message.bytes(1, input);
  }
  message.bytes(2, n.output);
  for (const std::string& output : n.unread) {
    message.bytes(2, output);
  }
  message.bytes(3, n.output).bytes(4, n.op);
  for (const auto& [name, value] : n.attributes) {
    message.message(5, attribute(name, value));
  }
  return message;
}

/// A value of `type` and shape (n, row...).
ProtoMessage value_info(const std::string& name, GraphType type, const Shape& row) {
  ProtoMessage shape;
  shape.message(1, ProtoMessage().bytes(2, "n"));
  for (const std::size_t extent : row) {
    shape.message(1, ProtoMessage().number(1, to<std::int64_t>(extent)));
  }
  const auto tensor_type = ProtoMessage().number(1, data_type(type)).message(2, shape);
  return ProtoMessage().bytes(1, name).message(2, ProtoMessage().message(1, tensor_type));
}

}  // namespace

void write_onnx(const std::filesystem::path& path, const ScoreGraph& graph) {
  ProtoMessage body;
  for (const GraphNode& n : graph.nodes) {
    body.message(1, node(n));
  }
  body.bytes(2, "cance");
  for (const auto& [name, t] : graph.constants) {
    body.message(5, tensor(name, t));
  }
  body.message(11, value_info(ScoreGraph::kInput, GraphType::float32, graph.row));
  body.message(12, value_info(ScoreGraph::kOutput, GraphType::float64, {}));
  ProtoMessage model;
  model.number(1, kIrVersion).bytes(2, "cance").bytes(3, build_info().version).message(7, body);
  model.message(8, ProtoMessage().bytes(1, "").number(2, kOperatorSet));
  for (const auto& [key, value] : graph.metadata) {
    model.message(14, ProtoMessage().bytes(1, key).bytes(2, value));
  }
  write_text_file(path, model.text());
}

}  // namespace cance::models
