#include "nn/export/graph_builder.hpp"

#include <set>

#include "base/error.hpp"
#include "nn/batch_norm.hpp"
#include "nn/convert.hpp"

namespace cance::nn {

using at::Tensor;
using models::GraphType;

namespace {

const Tensor* find(const Layer& layer, const std::string& name) {
  for (const auto& [tensor, values] : layer.tensors) {
    if (tensor == name) {
      return &values;
    }
  }
  return nullptr;
}

}  // namespace

std::string GraphBuilder::add(const std::string& op, std::vector<std::string> inputs,
                              const Attributes& attributes) {
  std::string output = fmt::format("v{}", graph_.nodes.size());
  graph_.nodes.push_back({op, std::move(inputs), output, attributes});
  return output;
}

std::string GraphBuilder::cast(const std::string& value, GraphType type) {
  constexpr std::int64_t kFloat = 1;
  constexpr std::int64_t kWhole = 7;
  constexpr std::int64_t kDouble = 11;
  return add("Cast", {value},
             {{"to", type == GraphType::float32 ? kFloat
                     : type == GraphType::int64 ? kWhole
                                                : kDouble}});
}

std::string GraphBuilder::constant(const std::string& name, const Tensor& tensor, GraphType type) {
  graph_.constants[prefix_ + name] = {type, shape_of(tensor.sizes()), to_doubles(tensor)};
  return prefix_ + name;
}

std::string GraphBuilder::number(double value, GraphType type) {
  const std::string name = fmt::format("number.{}", graph_.constants.size());
  graph_.constants[name] = {type, {}, {value}};
  return name;
}

std::string GraphBuilder::integers(const std::vector<std::int64_t>& values) {
  const std::string name = fmt::format("whole.{}", graph_.constants.size());
  graph_.constants[name] = {GraphType::int64, {values.size()}, {values.begin(), values.end()}};
  return name;
}

std::string GraphBuilder::padded(const std::string& value,
                                 const std::array<std::int64_t, 4>& sides) {
  return add("Pad", {value, integers({0, 0, sides[0], sides[1], 0, 0, sides[2], sides[3]})});
}

std::string GraphBuilder::sliced(const std::string& value, std::int64_t axis, std::int64_t first,
                                 std::int64_t last) {
  return add("Slice", {value, integers({first}), integers({last}), integers({axis})});
}

std::string GraphBuilder::mean(const std::string& value, const std::vector<std::int64_t>& axes) {
  return add("ReduceMean", {value}, {{"axes", axes}, {"keepdims", std::int64_t{1}}});
}

std::string GraphBuilder::greatest(const std::string& value,
                                   const std::vector<std::int64_t>& axes) {
  return add("ReduceMax", {value}, {{"axes", axes}, {"keepdims", std::int64_t{1}}});
}

std::string GraphBuilder::sum(const std::string& value, const std::vector<std::int64_t>& axes) {
  return add("ReduceSum", {value, integers(axes)}, {{"keepdims", std::int64_t{1}}});
}

std::string GraphBuilder::log_sum_exp(const std::string& value, std::int64_t axis) {
  return add("ReduceLogSumExp", {value},
             {{"axes", std::vector<std::int64_t>{axis}}, {"keepdims", std::int64_t{1}}});
}

std::string GraphBuilder::least(const std::string& value, std::int64_t k) {
  const std::string least = add("TopK", {value, integers({k})},
                                {{"axis", std::int64_t{1}}, {"largest", std::int64_t{0}}});
  graph_.nodes.back().unread = {least + ".places"};
  return least;
}

std::string GraphBuilder::looked_up(const std::string& name, const Tensor& table,
                                    const std::string& indices, GraphType type) {
  const std::int64_t rows = table.size(0);
  const std::string first =
      constant(name + ".first", at::arange(rows, at::kLong) * table.size(1), GraphType::int64);
  const std::string flat_indices = reshaped(add("Add", {indices, first}), {-1});
  return reshaped(add("GatherElements", {constant(name, table.flatten(), type), flat_indices},
                      {{"axis", std::int64_t{0}}}),
                  {-1, rows});
}

std::vector<std::string> GraphBuilder::with_tensors(const std::string& value, const Layer& layer,
                                                    const std::string& prefix) {
  std::vector<std::string> inputs{value};
  for (const auto& [name, tensor] : layer.tensors) {
    inputs.push_back(constant(prefix + name, tensor, network_type_));
  }
  return inputs;
}

std::string GraphBuilder::convolution(const std::string& value, const Layer& layer,
                                      const std::string& prefix) {
  const auto both = [](std::int64_t number) { return std::vector<std::int64_t>(2, number); };
  Attributes attributes{{"strides", both(layer.stride)},
                        {"pads", std::vector<std::int64_t>(4, layer.padding)}};
  if (layer.extra != 0) {
    attributes["output_padding"] = both(layer.extra);
  }
  return add(layer.kind == LayerKind::conv ? "Conv" : "ConvTranspose",
             with_tensors(value, layer, prefix), attributes);
}

std::string GraphBuilder::norm(const std::string& value, const Layer& layer,
                               const std::string& prefix) {
  const Tensor& running_mean = *find(layer, "running_mean");
  const Tensor* const weight = find(layer, "weight");
  const Tensor* const bias = find(layer, "bias");
  const auto part = [&](const char* name, const Tensor& tensor) {
    return constant(prefix + name, tensor, network_type_);
  };
  const std::string result =
      add("BatchNormalization",
          {value, part("weight", weight != nullptr ? *weight : at::ones_like(running_mean)),
           part("bias", bias != nullptr ? *bias : at::zeros_like(running_mean)),
           part("running_mean", running_mean),
           part("running_variance", *find(layer, "running_variance"))},
          {{"epsilon", kBatchNormEpsilon}});
  return leaky(result, layer.slope);
}

std::string GraphBuilder::layer(const std::string& value, const Layer& layer,
                                const std::string& prefix) {
  static const std::vector<std::int64_t> kPoolSides{2, 2};
  switch (layer.kind) {
    case LayerKind::conv:
    case LayerKind::conv_transpose:
      return convolution(value, layer, prefix);
    case LayerKind::dense:
      return add("Gemm", with_tensors(value, layer, prefix), {{"transB", std::int64_t{1}}});
    case LayerKind::norm:
      return norm(value, layer, prefix);
    case LayerKind::residual:
      return leaky(add("Add", {chain(value, layer.body, prefix + "body."),
                               chain(value, layer.shortcut, prefix + "shortcut.")}),
                   layer.slope);
    case LayerKind::flatten:
      return flat(value);
    case LayerKind::unflatten:
      return reshaped(value, sizes_of(-1, layer.shape));
    case LayerKind::sigmoid:
      return add("Sigmoid", {value});
    case LayerKind::leaky:
      return leaky(value, layer.slope);
    case LayerKind::tanh:
      return add("Tanh", {value});
    case LayerKind::pool:
      return add("MaxPool", {value}, {{"kernel_shape", kPoolSides}, {"strides", kPoolSides}});
    case LayerKind::upsample:
      break;
  }
  fail("a layer of the network has no form in other formats");
}

std::string GraphBuilder::chain(std::string value, const std::vector<Layer>& layers,
                                const std::string& prefix) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    value = layer(value, layers[i], fmt::format("{}{}.", prefix, i));
  }
  return value;
}

models::ScoreGraph GraphBuilder::finish(const std::string& scores) {
  std::set<std::string> wanted{reshaped(scores, {-1})};
  graph_.nodes.back().output = models::ScoreGraph::kOutput;
  wanted.insert(models::ScoreGraph::kOutput);
  for (auto node = graph_.nodes.rbegin(); node != graph_.nodes.rend(); ++node) {
    if (wanted.contains(node->output)) {
      wanted.insert(node->inputs.begin(), node->inputs.end());
    }
  }
  std::erase_if(graph_.nodes,
                [&](const models::GraphNode& node) { return !wanted.contains(node.output); });
  std::erase_if(graph_.constants, [&](const auto& named) { return !wanted.contains(named.first); });
  return std::move(graph_);
}

}  // namespace cance::nn
