#include "nn/export/script_module.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"

namespace cance::nn {
namespace {

using models::GraphNode;
using models::GraphType;

std::string list(const std::vector<std::int64_t>& numbers) {
  return fmt::format("[{}]", fmt::join(numbers, ", "));
}

/// Writes nodes as expressions.
class Source {
 public:
  explicit Source(const models::ScoreGraph& graph) : graph_(graph) {}

  [[nodiscard]] std::string expression(const GraphNode& node) const {
    static const std::map<std::string, std::string> kSigns{
        {"Add", "+"}, {"Sub", "-"}, {"Mul", "*"}, {"Div", "/"}};
    static const std::map<std::string, std::string> kFunctions{
        {"Abs", "abs"},         {"Sqrt", "sqrt"},   {"Log", "log"},       {"Neg", "neg"},
        {"Exp", "exp"},         {"Tanh", "tanh"},   {"Relu", "relu"},     {"Floor", "floor"},
        {"Sigmoid", "sigmoid"}, {"Round", "round"}, {"Greater", "gt"},    {"Where", "where"},
        {"Max", "maximum"},     {"Min", "minimum"}, {"MatMul", "matmul"}, {"Gemm", "linear"}};
    if (const auto sign = kSigns.find(node.op); sign != kSigns.end()) {
      return fmt::format("{} {} {}", input(node, 0), sign->second, input(node, 1));
    }
    if (const auto function = kFunctions.find(node.op); function != kFunctions.end()) {
      return fmt::format("torch.{}({})", function->second, inputs(node));
    }
    for (const auto& form : {&Source::shape, &Source::reduction, &Source::layer}) {
      if (const std::string text = (this->*form)(node); !text.empty()) {
        return text;
      }
    }
    fail("operator {} has no TorchScript form here", node.op);
  }

 private:
  [[nodiscard]] std::string input(const GraphNode& node, std::size_t i) const {
    const std::string& name = node.inputs.at(i);
    if (name.empty()) {
      return "None";
    }
    return (graph_.constants.contains(name) ? "self." : "") + script_name(name);
  }
  [[nodiscard]] std::string inputs(const GraphNode& node) const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      all.push_back(input(node, i));
    }
    return fmt::format("{}", fmt::join(all, ", "));
  }

  [[nodiscard]] static std::int64_t whole(const GraphNode& node, const char* name) {
    return std::get<std::int64_t>(node.attributes.at(name));
  }
  [[nodiscard]] static double number(const GraphNode& node, const char* name) {
    return std::get<double>(node.attributes.at(name));
  }
  [[nodiscard]] static std::vector<std::int64_t> numbers(const GraphNode& node, const char* name) {
    return std::get<std::vector<std::int64_t>>(node.attributes.at(name));
  }
  /// Whole numbers that an input holds.
  [[nodiscard]] std::vector<std::int64_t> held(const GraphNode& node, std::size_t i) const {
    const auto& values = graph_.constants.at(node.inputs.at(i)).values;
    return {values.begin(), values.end()};
  }

  /// Operators that move values, or "".
  [[nodiscard]] std::string shape(const GraphNode& node) const {
    if (node.op == "Cast") {
      static const std::map<std::int64_t, at::ScalarType> kTypes{
          {1, at::kFloat}, {7, at::kLong}, {11, at::kDouble}};
      return fmt::format("torch.to({}, {})", input(node, 0),
                         static_cast<int>(kTypes.at(whole(node, "to"))));
    }
    if (node.op == "Concat") {
      return fmt::format("torch.cat([{}], {})", inputs(node), whole(node, "axis"));
    }
    if (node.op == "Flatten") {
      return fmt::format("torch.flatten({}, 1)", input(node, 0));
    }
    if (node.op == "Reshape") {
      return fmt::format("torch.reshape({}, {})", input(node, 0), list(held(node, 1)));
    }
    if (node.op == "Slice") {
      return fmt::format("torch.slice({}, {}, {}, {}, 1)", input(node, 0), held(node, 3).front(),
                         held(node, 1).front(), held(node, 2).front());
    }
    if (node.op == "Transpose") {
      return fmt::format("torch.permute({}, {})", input(node, 0), list(numbers(node, "perm")));
    }
    if (node.op == "GatherElements") {
      return fmt::format("torch.gather({}, {}, {})", input(node, 0), whole(node, "axis"),
                         input(node, 1));
    }
    if (node.op == "Pad") {  // of the last two of four axes
      const auto pads = held(node, 1);
      return fmt::format("torch.constant_pad_nd({}, {})", input(node, 0),
                         list({pads[3], pads[7], pads[2], pads[6]}));
    }
    return "";
  }

  /// Operators along axes, or "".
  [[nodiscard]] std::string reduction(const GraphNode& node) const {
    const auto kept = [&] { return whole(node, "keepdims") != 0 ? "True" : "False"; };
    if (node.op == "ReduceMean" || node.op == "ReduceLogSumExp") {
      return fmt::format("torch.{}({}, {}, {})", node.op == "ReduceMean" ? "mean" : "logsumexp",
                         input(node, 0), list(numbers(node, "axes")), kept());
    }
    if (node.op == "ReduceSum") {
      return fmt::format("torch.sum({}, {}, {})", input(node, 0), list(held(node, 1)), kept());
    }
    if (node.op == "LogSoftmax") {
      return fmt::format("torch.log_softmax({}, {})", input(node, 0), whole(node, "axis"));
    }
    if (node.op == "TopK") {
      return fmt::format("torch.topk({}, {}, {}, {})[0]", input(node, 0), held(node, 1).front(),
                         whole(node, "axis"), whole(node, "largest") != 0 ? "True" : "False");
    }
    return "";
  }

  /// Layers of networks, or "".
  [[nodiscard]] std::string layer(const GraphNode& node) const {
    if (node.op == "LeakyRelu") {
      return fmt::format("torch.leaky_relu({}, {})", input(node, 0), number(node, "alpha"));
    }
    if (node.op == "BatchNormalization") {
      return fmt::format("torch.batch_norm({}, False, 0.0, {}, False)", inputs(node),
                         number(node, "epsilon"));
    }
    if (node.op == "MaxPool") {
      return fmt::format("torch.max_pool2d({}, {})", input(node, 0),
                         list(numbers(node, "kernel_shape")));
    }
    if (node.op != "Conv" && node.op != "ConvTranspose") {
      return "";
    }
    const auto pads = numbers(node, "pads");
    const std::string extra = node.attributes.contains("output_padding")
                                  ? ", " + list(numbers(node, "output_padding"))
                                  : "";
    return fmt::format("torch.{}({}{}, {}, {}{})",
                       node.op == "Conv" ? "conv2d" : "conv_transpose2d", inputs(node),
                       node.inputs.size() == 2 ? ", None" : "", list(numbers(node, "strides")),
                       list({pads[0], pads[1]}), extra);
  }

  const models::ScoreGraph& graph_;
};

}  // namespace

std::string script_name(std::string name) {
  std::ranges::replace(name, '.', '_');
  return name;
}

std::string script_source(const models::ScoreGraph& graph) {
  const Source source(graph);
  std::string text = fmt::format("def forward(self, {}):\n", models::ScoreGraph::kInput);
  for (const GraphNode& node : graph.nodes) {
    text += fmt::format("    {} = {}\n", script_name(node.output), source.expression(node));
  }
  return text + fmt::format("    return {}\n", models::ScoreGraph::kOutput);
}

}  // namespace cance::nn
