#include "nn/script_module.hpp"

#include <fmt/ranges.h>
#include <torch/script.h>

#include <algorithm>
#include <sstream>

#include "base/atomic_file.hpp"
#include "base/cast.hpp"
#include "nn/convert.hpp"

namespace cance::nn {
namespace {

using store::GraphNode;
using store::GraphType;

/// A name of the graph as one of the program.
std::string variable(std::string name) {
  std::ranges::replace(name, '.', '_');
  return name;
}

std::string list(const std::vector<std::int64_t>& numbers) {
  return fmt::format("[{}]", fmt::join(numbers, ", "));
}

/// Writes nodes as expressions.
class Source {
 public:
  explicit Source(const store::ScoreGraph& graph) : graph_(graph) {}

  [[nodiscard]] std::string expression(const GraphNode& node) const {
    static const std::map<std::string, std::string> kSigns{
        {"Add", "+"}, {"Sub", "-"}, {"Mul", "*"}, {"Div", "/"}};
    static const std::map<std::string, std::string> kFunctions{
        {"Abs", "abs"},         {"Sqrt", "sqrt"},  {"Log", "log"},     {"Neg", "neg"},
        {"Sigmoid", "sigmoid"}, {"Greater", "gt"}, {"Where", "where"}, {"Max", "maximum"},
        {"MatMul", "matmul"},   {"Gemm", "linear"}};
    if (const auto sign = kSigns.find(node.op); sign != kSigns.end()) {
      return fmt::format("{} {} {}", input(node, 0), sign->second, input(node, 1));
    }
    if (const auto function = kFunctions.find(node.op); function != kFunctions.end()) {
      return fmt::format("torch.{}({})", function->second, inputs(node));
    }
    return special(node);
  }

 private:
  [[nodiscard]] std::string input(const GraphNode& node, std::size_t i) const {
    const std::string& name = node.inputs.at(i);
    if (name.empty()) {
      return "None";
    }
    return (graph_.constants.contains(name) ? "self." : "") + variable(name);
  }
  [[nodiscard]] std::string inputs(const GraphNode& node) const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      all.push_back(input(node, i));
    }
    return fmt::format("{}", fmt::join(all, ", "));
  }

  [[nodiscard]] std::string special(const GraphNode& node) const {
    const auto whole = [&](const char* name) {
      return std::get<std::int64_t>(node.attributes.at(name));
    };
    const auto number = [&](const char* name) {
      return std::get<double>(node.attributes.at(name));
    };
    const auto numbers = [&](const char* name) {
      return std::get<std::vector<std::int64_t>>(node.attributes.at(name));
    };
    if (node.op == "Cast") {
      constexpr std::int64_t kOnnxFloat = 1;
      return fmt::format(
          "torch.to({}, {})", input(node, 0),
          static_cast<int>(whole("to") == kOnnxFloat ? torch::kFloat32 : torch::kFloat64));
    }
    if (node.op == "ReduceMean") {
      return fmt::format("torch.mean({}, {}, {})", input(node, 0), list(numbers("axes")),
                         whole("keepdims") != 0 ? "True" : "False");
    }
    if (node.op == "Concat") {
      return fmt::format("torch.cat([{}], {})", inputs(node), whole("axis"));
    }
    if (node.op == "Flatten") {
      return fmt::format("torch.flatten({}, 1)", input(node, 0));
    }
    if (node.op == "Reshape") {
      const auto& shape = graph_.constants.at(node.inputs.at(1)).values;
      return fmt::format("torch.reshape({}, {})", input(node, 0),
                         list({shape.begin(), shape.end()}));
    }
    if (node.op == "LeakyRelu") {
      return fmt::format("torch.leaky_relu({}, {})", input(node, 0), number("alpha"));
    }
    if (node.op == "BatchNormalization") {
      return fmt::format("torch.batch_norm({}, False, 0.0, {}, False)", inputs(node),
                         number("epsilon"));
    }
    require(node.op == "Conv" || node.op == "ConvTranspose",
            "operator {} has no TorchScript form here", node.op);
    const auto pads = numbers("pads");
    return fmt::format("torch.{}({}{}, {}, {})", node.op == "Conv" ? "conv2d" : "conv_transpose2d",
                       inputs(node), node.inputs.size() == 2 ? ", None" : "",
                       list(numbers("strides")), list({pads[0], pads[1]}));
  }

  const store::ScoreGraph& graph_;
};

torch::Tensor tensor_of(const store::GraphTensor& constant) {
  std::vector<std::int64_t> shape;
  for (const std::size_t extent : constant.shape) {
    shape.push_back(to<std::int64_t>(extent));
  }
  return to_tensor(std::span<const double>(constant.values))
      .view(shape)
      .to(constant.type == GraphType::float32 ? torch::kFloat32 : torch::kFloat64);
}

}  // namespace

std::string script_source(const store::ScoreGraph& graph) {
  const Source source(graph);
  std::string text = fmt::format("def forward(self, {}):\n", store::ScoreGraph::kInput);
  for (const GraphNode& node : graph.nodes) {
    text += fmt::format("    {} = {}\n", variable(node.output), source.expression(node));
  }
  return text + fmt::format("    return {}\n", store::ScoreGraph::kOutput);
}

void write_torch_script(const std::filesystem::path& path, const store::ScoreGraph& graph) {
  torch::jit::Module module("CanceScore");
  for (const auto& [name, constant] : graph.constants) {
    if (constant.type != GraphType::int64) {
      module.register_buffer(variable(name), tensor_of(constant));
    }
  }
  module.define(script_source(graph));
  module.eval();
  const torch::jit::ExtraFilesMap extra(graph.metadata.begin(), graph.metadata.end());
  std::ostringstream bytes;  // a writer of torch that cannot write ends the process
  module.save(bytes, extra);
  write_text_file(path, bytes.str());
}

}  // namespace cance::nn
