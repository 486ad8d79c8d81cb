#include "detectors/pixelcnn_network.hpp"

#include <ATen/ops/nll_loss.h>
#include <ATen/ops/relu.h>

#include <cmath>

#include "nn/fast/gate.hpp"
#include "nn/fast/patch_conv.hpp"

namespace cance::detectors {

using at::Tensor;

namespace {

constexpr std::int64_t kValues = 256;  // of a pixel of 8 bits

/// What the last column of a kernel may see of the pixel that it stands on.
enum class Own { all, earlier, earlier_and_same };

/// Of so many features each belongs to one of the channels of the image, in their order.
Tensor channel_of(std::int64_t features, std::int64_t channels) {
  return (at::arange(features) * channels).div(features, "floor");
}

/// 1 where an output may see an input: left of its pixel all, in its pixel those of earlier
/// channels, or of its own too. `repeats`: the outputs are so many runs of features. Shape (out,
/// in, 1, width).
Tensor mask_of(std::int64_t out, std::int64_t repeats, std::int64_t in, std::int64_t width,
               std::int64_t channels, Own own) {
  const Tensor to = channel_of(out / repeats, channels).repeat({repeats}).unsqueeze(1);
  const Tensor from = channel_of(in, channels);
  Tensor mask = at::ones({out, in, 1, width}, at::kBool);
  mask.select(3, width - 1).select(2, 0).copy_(own == Own::earlier ? from < to : from <= to);
  return mask;
}

}  // namespace

Tensor PixelCnn::Conv::operator()(const Tensor& x) const {
  const Tensor w = mask.defined() ? weight * mask : weight;
  return nn::conv_at(x, w, bias, top, left);
}

PixelCnn::PixelCnn(const config::PixelCnnOptions& options, std::int64_t channels,
                   std::uint64_t seed, const nn::Compute& compute)
    : levels_(options.levels), channels_(channels), reach_(options.reach) {
  std::uint64_t stream = 0;
  const auto leaf = [&](at::IntArrayRef shape, double bound) {
    const Tensor values =
        compute.to_device(nn::uniform_parameter(shape, bound, seed, stream++).detach());
    return (shape.size() == 4 ? values.contiguous(at::MemoryFormat::ChannelsLast) : values)
        .set_requires_grad(true);
  };
  const auto conv = [&](std::int64_t out, std::int64_t in, std::int64_t height, std::int64_t width,
                        Own own, std::int64_t repeats = 1) {
    const double bound = 1 / std::sqrt(static_cast<double>(in * height * width));
    Conv made{leaf({out, in, height, width}, bound), leaf({out}, bound)};
    made.top = height - 1;
    made.left = height > 1 ? width / 2 : width - 1;
    if (own == Own::earlier || (own == Own::earlier_and_same && channels > 1)) {
      made.mask = compute.to_device(mask_of(out, repeats, in, width, channels, own));
    }
    return made;
  };
  const std::int64_t f = options.features;
  std::int64_t in = channels;
  for (int layer = 0; layer < options.layers; ++layer) {
    const Own own = layer == 0 ? Own::earlier : Own::earlier_and_same;
    layers_.push_back({conv(2 * f, in, reach_ + 1, 2 * reach_ + 1, Own::all),
                       conv(2 * f, 2 * f, 1, 1, Own::all), conv(2 * f, in, 1, reach_ + 1, own, 2),
                       conv(f, f, 1, 1, Own::earlier_and_same)});
    in = f;
  }
  layers_.front().rows.top += 1;  // of the image the rows above alone
  head_ = conv(f, f, 1, 1, Own::earlier_and_same);
  last_ = conv(channels * levels_, f, 1, 1, Own::earlier_and_same);
}

Tensor PixelCnn::levels(const Tensor& x) const {
  const Tensor value = (x * (kValues - 1)).round().clamp(0, kValues - 1).to(at::kLong);
  return (value * levels_).div(kValues, "floor");
}

Tensor PixelCnn::logits(const Tensor& input) const {
  Tensor above = input;
  Tensor along = input;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const Tensor seen = layer.rows(above);
    const Tensor out = layer.out(nn::gate(layer.row(along) + layer.across(seen)));
    along = i == 0 ? out : along + out;
    above = nn::gate(seen);
  }
  const Tensor y = last_(at::relu(head_(at::relu(along))));
  return y.permute({0, 2, 3, 1})
      .reshape({input.size(0), input.size(2), input.size(3), channels_, levels_});
}

Tensor PixelCnn::nll(const Tensor& x) const {
  const Tensor level = levels(x);
  const Tensor input = (2 * level.to(x.scalar_type()) / (levels_ - 1) - 1)
                           .contiguous(at::MemoryFormat::ChannelsLast);
  const Tensor losses =
      at::nll_loss(at::log_softmax(logits(input).reshape({-1, levels_}), 1),
                   level.permute({0, 2, 3, 1}).reshape({-1}), {}, at::Reduction::None);
  return losses.view({x.size(0), c10::multiply_integers(x.sizes().slice(1))}).sum(1);
}

std::string PixelCnn::graph(nn::GraphBuilder& g, const std::string& x) const {
  const models::GraphType type = g.network_type();
  const std::string value =
      g.add("Min", {g.at_least(g.add("Round", {g.scaled(x, kValues - 1, type)}), 0, type),
                    g.number(kValues - 1, type)});
  const std::string level =
      g.add("Floor", {g.scaled(value, static_cast<double>(levels_) / kValues, type)});
  const double step = 2 / static_cast<double>(levels_ - 1);
  const std::string logits = logits_graph(g, g.shifted(g.scaled(level, step, type), -1, type));
  const std::string index = g.cast(level, models::GraphType::int64);
  std::vector<std::string> channels;
  for (std::int64_t c = 0; c < channels_; ++c) {
    const std::string logs =
        g.add("LogSoftmax", {g.sliced(logits, 1, c * levels_, (c + 1) * levels_)},
              {{"axis", std::int64_t{1}}});
    channels.push_back(
        g.add("GatherElements", {logs, g.sliced(index, 1, c, c + 1)}, {{"axis", std::int64_t{1}}}));
  }
  return g.add("Neg", {g.sum(g.flat(g.joined(channels)), {1})});
}

std::string PixelCnn::logits_graph(nn::GraphBuilder& g, const std::string& input) const {
  const auto gated = [&](const std::string& x, std::int64_t half) {
    return g.add("Mul", {g.add("Tanh", {g.sliced(x, 1, 0, half)}),
                         g.add("Sigmoid", {g.sliced(x, 1, half, 2 * half)})});
  };
  std::string above = g.sliced(g.padded(input, {1, 0, 0, 0}), 2, 0, -1);  // a row down
  std::string along = input;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const auto named = [i](const char* part) { return fmt::format("{}.{}.", i, part); };
    const std::int64_t half = layer.rows.bias.size(0) / 2;
    const std::string seen =
        layer.rows.graph(g, g.padded(above, {reach_, reach_, 0, reach_}), named("rows"));
    const std::string row = layer.row.graph(g, g.padded(along, {0, reach_, 0, 0}), named("row"));
    const std::string both = g.add("Add", {row, layer.across.graph(g, seen, named("across"))});
    const std::string out = layer.out.graph(g, gated(both, half), named("out"));
    along = i == 0 ? out : g.add("Add", {along, out});
    above = gated(seen, half);
  }
  const std::string head = head_.graph(g, g.add("Relu", {along}), "head.");
  return last_.graph(g, g.add("Relu", {head}), "last.");
}

std::string PixelCnn::Conv::graph(nn::GraphBuilder& g, const std::string& x,
                                  const std::string& name) const {
  const Tensor seen = mask.defined() ? weight * mask : weight;
  return g.add(
      "Conv",
      {x, g.constant(name + "weight", seen, g.network_type()),
       g.constant(name + "bias", bias, g.network_type())},
      {{"strides", std::vector<std::int64_t>(2, 1)}, {"pads", std::vector<std::int64_t>(4, 0)}});
}

nn::NamedTensors PixelCnn::state() const {
  nn::NamedTensors all;
  const auto add = [&all](const std::string& name, const Conv& conv) {
    all.emplace_back(name + ".weight", conv.weight);
    all.emplace_back(name + ".bias", conv.bias);
  };
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    add(fmt::format("{}.rows", i), layers_[i].rows);
    add(fmt::format("{}.across", i), layers_[i].across);
    add(fmt::format("{}.row", i), layers_[i].row);
    add(fmt::format("{}.out", i), layers_[i].out);
  }
  add("head", head_);
  add("last", last_);
  return all;
}

}  // namespace cance::detectors
