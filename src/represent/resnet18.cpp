#include "represent/resnet18.hpp"

#include <ATen/ops/max_pool2d.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "nn/convert.hpp"

namespace cance::represent {
namespace {

constexpr std::array<const char*, 5> kTaps = {"layer1", "layer2", "layer3", "layer4", "avgpool"};
constexpr double kEpsilon = 1e-5;  // of torch's batch norm
constexpr std::array kMean = {0.485F, 0.456F, 0.406F};
constexpr std::array kDeviation = {0.229F, 0.224F, 0.225F};

/// A convolution and the batch norm behind it.
struct ConvShape {
  std::string name, norm;
  std::size_t in, out, kernel;
  std::int64_t stride;
};

struct BlockShape {
  ConvShape first, second;
  std::vector<ConvShape> shortcut;
};

const ConvShape kStem = {"conv1", "bn1", 3, 64, 7, 2};

int stages(Tap tap) { return std::min(static_cast<int>(tap), 4); }

std::vector<BlockShape> block_shapes(Tap tap) {
  std::vector<BlockShape> blocks;
  std::size_t in = 64;
  for (int stage = 1; stage <= stages(tap); ++stage) {
    const std::size_t out = std::size_t{32} << static_cast<unsigned>(stage);
    for (int block = 0; block < 2; ++block) {
      const std::string name = fmt::format("layer{}.{}.", stage, block);
      const std::int64_t stride = in == out ? 1 : 2;
      BlockShape shape = {{name + "conv1", name + "bn1", in, out, 3, stride},
                          {name + "conv2", name + "bn2", out, out, 3, 1},
                          {}};
      if (in != out) {
        shape.shortcut.push_back({name + "downsample.0", name + "downsample.1", in, out, 1, 2});
      }
      blocks.push_back(std::move(shape));
      in = out;
    }
  }
  return blocks;
}

/// Arrays of a weight file, by name and shape.
class Source {
 public:
  Source(const models::WeightMap& weights, const std::string& where)
      : weights_(weights), where_(where) {}

  [[nodiscard]] bool has(const std::string& name) const { return weights_.contains(name); }
  [[nodiscard]] const std::vector<float>& get(const std::string& name, const Shape& shape) const {
    const auto found = weights_.find(name);
    if (found == weights_.end()) {
      const auto names = mapped(weights_, [](const auto& weight) { return weight.first; });
      fail("{}: there is no '{}' of torchvision's resnet18{}", where_, name,
           did_you_mean(name, names));
    }
    require(found->second.shape == shape, "{}: '{}' has the shape ({}), expected ({})", where_,
            name, fmt::join(found->second.shape, ", "), fmt::join(shape, ", "));
    require(std::ranges::all_of(found->second.values, [](float v) { return std::isfinite(v); }),
            "{}: '{}' holds a value that is not finite", where_, name);
    return found->second.values;
  }
  /// A stage whose every tensor is absent is named as such, in files that are a ResNet.
  void require_stages(Tap tap) const {
    for (int stage = has("conv1.weight") ? 2 : stages(tap) + 1; stage <= stages(tap); ++stage) {
      const std::string prefix = fmt::format("layer{}.", stage);
      const bool there = std::ranges::any_of(
          weights_, [&](const auto& item) { return item.first.starts_with(prefix); });
      require(there,
              "{}: holds nothing of layer{}, so --tap {} cannot be computed; expected --tap "
              "layer{}, or a complete file",
              where_, stage, kTaps[static_cast<std::size_t>(tap) - 1], stage - 1);
    }
  }

 private:
  const models::WeightMap& weights_;
  const std::string& where_;
};

struct Folded {
  at::Tensor weight, bias;
};

/// w' = w gamma / sqrt(var + eps), b' = beta - mean gamma / sqrt(var + eps), in float64.
Folded fold(const Source& source, const ConvShape& conv) {
  const Shape shape = {conv.out, conv.in, conv.kernel, conv.kernel};
  const auto tensor = [&](const std::string& name, const Shape& expected) {
    return at::tensor(at::ArrayRef<float>(source.get(name, expected)));
  };
  const auto weight = tensor(conv.name + ".weight", shape).view(nn::sizes_of(shape));
  if (source.has(conv.name + ".bias") && !source.has(conv.norm + ".weight")) {
    return {weight, tensor(conv.name + ".bias", {conv.out})};
  }
  const auto of_norm = [&](const char* what) {
    return tensor(conv.norm + what, {conv.out}).to(at::kDouble);
  };
  const auto scale = of_norm(".weight") / (of_norm(".running_var").clamp_min(0) + kEpsilon).sqrt();
  const auto bias = of_norm(".bias") - of_norm(".running_mean") * scale;
  return {(weight.to(at::kDouble) * scale.view({-1, 1, 1, 1})).to(at::kFloat), bias.to(at::kFloat)};
}

/// Values of one array, uniform in (from, to): number i of stream (seed, weights, array).
std::vector<float> uniforms(std::uint64_t seed, std::uint64_t array, std::size_t count, double from,
                            double to) {
  const Random random(seed, Purpose::weights, array);
  std::vector<double> draws(count);
  random.fill_uniform(draws);
  std::vector<float> values(count);
  std::ranges::transform(draws, values.begin(), [=](double draw) {
    return static_cast<float>(from + (to - from) * draw);
  });
  return values;
}

void add_random(models::WeightMap& weights, std::uint64_t seed, const ConvShape& conv) {
  const Shape shape = {conv.out, conv.in, conv.kernel, conv.kernel};
  const auto add = [&](const std::string& name, const Shape& sizes, double from, double to) {
    weights[name] = {sizes, uniforms(seed, weights.size(), element_count(sizes), from, to)};
  };
  const double bound = std::sqrt(6.0 / static_cast<double>(conv.in * conv.kernel * conv.kernel));
  add(conv.name + ".weight", shape, -bound, bound);
  add(conv.norm + ".weight", {conv.out}, 0.5, 1.5);
  add(conv.norm + ".bias", {conv.out}, -0.5, 0.5);
  add(conv.norm + ".running_mean", {conv.out}, -0.5, 0.5);
  add(conv.norm + ".running_var", {conv.out}, 0.5, 1.5);
}

}  // namespace

Tap tap_of(const std::string& name) {
  const auto found = std::ranges::find(kTaps, name);
  require(found != kTaps.end(), "--tap {}: expected avgpool or layer1 to layer4", name);
  return static_cast<Tap>(found - kTaps.begin() + 1);
}

std::size_t tap_width(Tap tap) { return std::size_t{32} << static_cast<unsigned>(stages(tap)); }

models::WeightMap random_resnet18(std::uint64_t seed) {
  models::WeightMap weights;
  add_random(weights, seed, kStem);
  for (const BlockShape& block : block_shapes(Tap::layer4)) {
    add_random(weights, seed, block.first);
    add_random(weights, seed, block.second);
    for (const ConvShape& shortcut : block.shortcut) {
      add_random(weights, seed, shortcut);
    }
  }
  return weights;
}

ResNet18::ResNet18(const models::WeightMap& weights, const std::string& where, Tap tap,
                   const nn::Compute& compute, std::int64_t batch, std::int64_t size)
    : type_(compute.type) {
  const Source source(weights, where);
  source.require_stages(tap);
  const auto conv = [&](const ConvShape& shape) {
    const Folded folded = fold(source, shape);
    const auto kernel = static_cast<std::int64_t>(shape.kernel);
    const std::int64_t input = size;
    size = (size + 2 * (kernel / 2) - kernel) / shape.stride + 1;
    return nn::FusedConv(compute.to_device(folded.weight), compute.to_device(folded.bias),
                         shape.stride, kernel / 2, batch, input);
  };
  const auto pixels = [](const auto& values) {
    return at::tensor(at::ArrayRef<float>(values)).view({1, 3, 1, 1});
  };
  scale_ = (1 / (255 * pixels(kDeviation))).to(compute.device);
  shift_ = (-pixels(kMean) / pixels(kDeviation)).to(compute.device);
  stem_.push_back(conv(kStem));
  size = (size - 1) / 2 + 1;  // of the max pooling
  for (const BlockShape& shape : block_shapes(tap)) {
    const std::int64_t input = size;
    std::vector<nn::FusedConv> shortcut;
    for (const ConvShape& one : shape.shortcut) {
      shortcut.push_back(conv(one));
      size = input;
    }
    auto first = conv(shape.first);
    blocks_.push_back({std::move(first), conv(shape.second), std::move(shortcut)});
  }
}

at::Tensor ResNet18::features(const at::Tensor& pixels) const {
  const at::InferenceMode no_gradients;
  auto x =
      nn::sent(pixels, scale_.device())  // bytes, a quarter of the numbers
          .expand({-1, 3, -1, -1})
          .to(at::kFloat, /*non_blocking=*/false, /*copy=*/false, at::MemoryFormat::ChannelsLast);
  x = (x * scale_).add_(shift_).to(type_);
  x = at::max_pool2d(stem_.front()(x, true), 3, 2, 1);
  for (const Block& block : blocks_) {
    const auto y = block.first(x, true);
    x = block.second.add_relu(y, block.shortcut.empty() ? x : block.shortcut.front()(x, false));
  }
  return x.to(at::kFloat).mean({2, 3});
}

}  // namespace cance::represent
