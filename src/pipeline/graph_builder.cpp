#include "pipeline/graph_builder.hpp"

#include "base/cast.hpp"
#include "nn/batch_norm.hpp"
#include "nn/convert.hpp"

namespace cance::pipeline {

using store::GraphType;
using torch::Tensor;

namespace {

const Tensor* find(const nn::LayerFacts& facts, const std::string& name) {
  for (const auto& [tensor, values] : facts.tensors) {
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
  constexpr std::int64_t kDouble = 11;
  return add("Cast", {value}, {{"to", type == GraphType::float32 ? kFloat : kDouble}});
}

std::string GraphBuilder::constant(const std::string& name, const Tensor& tensor, GraphType type) {
  store::GraphTensor& made = graph_.constants[name];
  made = {type, {}, nn::to_doubles(tensor)};
  for (const std::int64_t extent : tensor.sizes()) {
    made.shape.push_back(to<std::size_t>(extent));
  }
  return name;
}

std::string GraphBuilder::number(double value, GraphType type) {
  const std::string name = fmt::format("number.{}", graph_.constants.size());
  graph_.constants[name] = {type, {}, {value}};
  return name;
}

std::string GraphBuilder::numbers(const std::string& name, std::span<const double> values,
                                  GraphType type) {
  graph_.constants[name] = {type, {values.size()}, {values.begin(), values.end()}};
  return name;
}

std::string GraphBuilder::reshaped(const std::string& value,
                                   const std::vector<std::int64_t>& shape) {
  const std::string name = fmt::format("shape.{}", graph_.constants.size());
  graph_.constants[name] = {GraphType::int64, {shape.size()}, {shape.begin(), shape.end()}};
  return add("Reshape", {value, name});
}

std::string GraphBuilder::mean(const std::string& value, const std::vector<std::int64_t>& axes) {
  return add("ReduceMean", {value}, {{"axes", axes}, {"keepdims", std::int64_t{1}}});
}

std::string GraphBuilder::joined(const std::vector<std::string>& columns) {
  return add("Concat", columns, {{"axis", std::int64_t{1}}});
}

std::string GraphBuilder::convolution(const std::string& value, const nn::LayerFacts& facts,
                                      std::vector<std::string> inputs) {
  inputs.insert(inputs.begin(), value);
  const std::vector<std::int64_t> pads(4, facts.padding);
  return add(facts.kind == "conv" ? "Conv" : "ConvTranspose", std::move(inputs),
             {{"strides", std::vector<std::int64_t>(2, facts.stride)}, {"pads", pads}});
}

std::string GraphBuilder::norm(const std::string& value, const nn::LayerFacts& facts,
                               const std::string& prefix, GraphType type) {
  const Tensor& running_mean = *find(facts, "running_mean");
  const Tensor* const weight = find(facts, "weight");
  const Tensor* const bias = find(facts, "bias");
  const auto part = [&](const char* name, const Tensor& tensor) {
    return constant(prefix + name, tensor, type);
  };
  std::string result =
      add("BatchNormalization",
          {value, part("weight", weight != nullptr ? *weight : torch::ones_like(running_mean)),
           part("bias", bias != nullptr ? *bias : torch::zeros_like(running_mean)),
           part("running_mean", running_mean),
           part("running_variance", *find(facts, "running_variance"))},
          {{"epsilon", nn::kBatchNormEpsilon}});
  return facts.slope == 1 ? result : add("LeakyRelu", {result}, {{"alpha", facts.slope}});
}

std::string GraphBuilder::layer(const std::string& value, const nn::LayerFacts& facts,
                                const std::string& prefix, GraphType type) {
  if (facts.kind == "norm") {
    return norm(value, facts, prefix, type);
  }
  if (facts.kind == "flatten") {
    return add("Flatten", {value}, {{"axis", std::int64_t{1}}});
  }
  if (facts.kind == "unflatten") {
    return reshaped(value, facts.shape);
  }
  if (facts.kind == "sigmoid") {
    return add("Sigmoid", {value});
  }
  std::vector<std::string> weights;
  for (const auto& [name, tensor] : facts.tensors) {
    weights.push_back(constant(prefix + name, tensor, type));
  }
  if (facts.kind == "dense") {
    weights.insert(weights.begin(), value);
    return add("Gemm", std::move(weights), {{"transB", std::int64_t{1}}});
  }
  return convolution(value, facts, std::move(weights));
}

std::string GraphBuilder::layers(std::string value, const std::vector<nn::LayerFacts>& layers,
                                 const std::string& prefix, GraphType type) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    value = layer(value, layers[i], fmt::format("{}{}.", prefix, i), type);
  }
  return value;
}

store::ScoreGraph GraphBuilder::finish(const std::string& scores) {
  static_cast<void>(reshaped(scores, {-1}));
  graph_.nodes.back().output = store::ScoreGraph::kOutput;
  return std::move(graph_);
}

}  // namespace cance::pipeline
