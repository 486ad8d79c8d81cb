#include "nn/export/script_module.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"

namespace cance::nn {
namespace {

using models::GraphNode;
using models::GraphType;

std::string list(const std::vector<std::int64_t>& integers) {
  return fmt::format("{}", fmt::join(integers, ", "));
}

/// Operators that are calls of torch's of the same name.
constexpr std::array<std::string_view, 13> kCalls{"Abs",   "Sqrt",  "Log",   "Neg",   "IsNaN",
                                                  "Exp",   "Tanh",  "Relu",  "Floor", "Sigmoid",
                                                  "Round", "Where", "MatMul"};

/// Forms of the others. $0: that input, $*: all of them; #0: the integers that input holds;
/// @name: an attribute, ?name: one as True or False.
const std::map<std::string, std::string_view>& forms() {
  static const std::map<std::string, std::string_view> kForms{
      {"Add", "$0 + $1"},
      {"Sub", "$0 - $1"},
      {"Mul", "$0 * $1"},
      {"Div", "$0 / $1"},
      {"Greater", "torch.gt($*)"},
      {"Max", "torch.maximum($*)"},
      {"Min", "torch.minimum($*)"},
      {"Gemm", "torch.linear($*)"},
      {"Cast", "torch.to($0, @to)"},
      {"Concat", "torch.cat([$*], @axis)"},
      {"Flatten", "torch.flatten($0, 1)"},
      {"Reshape", "torch.reshape($0, [#1])"},
      {"Slice", "torch.slice($0, #3, #1, #2, 1)"},
      {"Transpose", "torch.permute($0, [@perm])"},
      {"GatherElements", "torch.gather($0, @axis, $1)"},
      {"ReduceMax", "torch.amax($0, [@axes], ?keepdims)"},
      {"ReduceMean", "torch.mean($0, [@axes], ?keepdims)"},
      {"ReduceLogSumExp", "torch.logsumexp($0, [@axes], ?keepdims)"},
      {"ReduceSum", "torch.sum($0, [#1], ?keepdims)"},
      {"LogSoftmax", "torch.log_softmax($0, @axis)"},
      {"TopK", "torch.topk($0, #1, @axis, ?largest)[0]"},
      {"LeakyRelu", "torch.leaky_relu($0, @alpha)"},
      {"BatchNormalization", "torch.batch_norm($*, False, 0.0, @epsilon, False)"},
      {"MaxPool", "torch.max_pool2d($0, [@kernel_shape])"}};
  return kForms;
}

/// Writes nodes as expressions.
class Source {
 public:
  explicit Source(const models::ScoreGraph& graph) : graph_(graph) {}

  [[nodiscard]] std::string expression(const GraphNode& node) const {
    if (node.op == "Conv" || node.op == "ConvTranspose") {
      return convolution(node);
    }
    if (node.op == "Pad") {  // of the last two of four axes
      const auto pads = held(node, 1);
      return fmt::format("torch.constant_pad_nd({}, [{}])", input(node, 0),
                         list({pads[3], pads[7], pads[2], pads[6]}));
    }
    if (contains(kCalls, node.op)) {
      return fmt::format("torch.{}({})", lower(node.op), inputs(node));
    }
    const auto form = forms().find(node.op);
    require(form != forms().end(), "operator {} has no TorchScript form here", node.op);
    std::string text;
    for (std::string_view rest = form->second; !rest.empty();) {
      const std::size_t begin = std::min(rest.find_first_of("$#@?"), rest.size());
      text += rest.substr(0, begin);
      const std::size_t end = std::min(rest.find_first_of(",)] ", begin), rest.size());
      text += begin == end
                  ? ""
                  : part(node, rest[begin], std::string(rest.substr(begin + 1, end - begin - 1)));
      rest.remove_prefix(end);
    }
    return text;
  }

 private:
  /// What stands for "@axis" and the like in a form.
  [[nodiscard]] std::string part(const GraphNode& node, char kind, const std::string& name) const {
    if (kind == '$') {
      return name == "*" ? inputs(node) : input(node, std::stoul(name));
    }
    if (kind == '#') {
      return list(held(node, std::stoul(name)));
    }
    if (kind == '?') {
      return std::get<std::int64_t>(node.attributes.at(name)) != 0 ? "True" : "False";
    }
    const models::GraphAttribute& value = node.attributes.at(name);
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value)) {
      return list(*integers);
    }
    if (const auto* number = std::get_if<double>(&value)) {
      return fmt::format("{}", *number);
    }
    const std::int64_t whole = std::get<std::int64_t>(value);
    static const std::map<std::int64_t, at::ScalarType> kTypes{
        {1, at::kFloat}, {7, at::kLong}, {11, at::kDouble}};
    return fmt::format("{}", name == "to" ? static_cast<int>(kTypes.at(whole)) : whole);
  }

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

  /// Integers that an input holds.
  [[nodiscard]] std::vector<std::int64_t> held(const GraphNode& node, std::size_t i) const {
    const auto& values = graph_.constants.at(node.inputs.at(i)).values;
    return {values.begin(), values.end()};
  }

  [[nodiscard]] std::string convolution(const GraphNode& node) const {
    const std::string pads = part(node, '@', "pads");  // four times the same
    const std::string extra = node.attributes.contains("output_padding")
                                  ? fmt::format(", [{}]", part(node, '@', "output_padding"))
                                  : "";
    return fmt::format("torch.{}({}{}, [{}], [{}]{})",
                       node.op == "Conv" ? "conv2d" : "conv_transpose2d", inputs(node),
                       node.inputs.size() == 2 ? ", None" : "", part(node, '@', "strides"),
                       pads.substr(pads.size() / 2 + 1), extra);
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
