#include "represent/normaliser.hpp"

#include <numeric>

#include "base/error.hpp"
#include "nn/convert.hpp"

namespace cance::represent {
namespace {

using at::Tensor;
using models::GraphType;

/// The least mean absolute deviation by which gcn divides.
constexpr double kSmallestContrast = 1e-3;

/// The least length by which unit divides.
constexpr double kSmallestLength = 1e-12;

/// Whether mean and scale come from the training rows.
bool learns(const std::string& kind) { return kind == "channel" || kind == "standardise"; }

/// Sums over the rows, and over the pixels of a channel, of f of the rows, over the team.
template <class F>
Tensor sums_of(nn::Rows& rows, const nn::Team& team, const F& f) {
  const auto dims = [](const Tensor& x) {
    return x.dim() == 4 ? std::vector<std::int64_t>{0, 2, 3} : std::vector<std::int64_t>{0};
  };
  Tensor total = f(rows.range(0, 1).to(at::kDouble)).sum(dims(rows.range(0, 1)), true).mul(0);
  nn::for_blocks(rows, team, [&](const Tensor& block, std::int64_t) {
    total += f(block.to(at::kDouble)).sum(dims(block), /*keepdim=*/true);
  });
  auto sums = nn::to_doubles(total.flatten());
  team.sum(sums);
  return nn::to_tensor(std::span<const double>(sums)).view(total.sizes()).to(total.device());
}

struct ScaleGraph {
  std::string mean, deviation;
};

/// What gcn takes from each image of a graph: its mean, and its mean absolute deviation.
ScaleGraph scale_graph(nn::GraphBuilder& g, const std::string& x, GraphType type) {
  const std::vector<std::int64_t> image{1, 2, 3};
  const std::string mean = g.mean(x, image);
  const std::string deviation = g.mean(g.add("Abs", {g.add("Sub", {x, mean})}), image);
  return {mean, g.at_least(deviation, kSmallestContrast, type)};
}

}  // namespace

Normaliser::Normaliser(std::string kind, nn::Rows& train, const std::vector<std::int64_t>& one_hot,
                       const nn::Compute& compute)
    : kind_(std::move(kind)) {
  if (!learns(kind_)) {
    return;
  }
  const Tensor first = train.range(0, 1);
  const auto values = static_cast<double>(train.size()) *
                      (first.dim() == 4 ? static_cast<double>(first.size(2) * first.size(3)) : 1.0);
  Tensor mean = sums_of(train, compute.team, [](const Tensor& x) { return x; }) / values;
  const Tensor square =
      sums_of(train, compute.team, [&](const Tensor& x) { return (x - mean).square(); });
  const Tensor deviation = (square / values).sqrt();
  for (const std::int64_t column : one_hot) {
    mean.select(1, column).zero_();
    deviation.select(1, column).fill_(1);
  }
  const Tensor usable = deviation > 1e-12 * mean.abs().clamp_min(1e-30);
  learned_ = {compute.to_device(mean),
              compute.to_device(at::where(usable, deviation, at::ones_like(deviation)))};
}

Normaliser::Normaliser(std::string kind, const store::TensorMap& saved, std::size_t dimensions,
                       const nn::Compute& compute)
    : kind_(std::move(kind)) {
  if (learns(kind_)) {
    std::vector<std::int64_t> shape(dimensions + 1, 1);
    shape[1] = -1;
    learned_ = {compute.to_device(nn::to_tensor(saved, "input.mean").view(shape)),
                compute.to_device(nn::to_tensor(saved, "input.scale").view(shape))};
  }
}

Normaliser::Scale Normaliser::scale_of(const Tensor& x) const {
  if (kind_ == "unit") {
    const Tensor near = x.clamp(-kFarthest, kFarthest);
    const Tensor length = near.square().mean(1, /*keepdim=*/true).sqrt();
    return {at::zeros_like(length), length.clamp_min(kSmallestLength)};
  }
  if (kind_ != "gcn") {
    return learned_;
  }
  const std::vector<std::int64_t> image{1, 2, 3};
  const Tensor mean = x.mean(image, /*keepdim=*/true);
  return {mean, (x - mean).abs().mean(image, true).clamp_min(kSmallestContrast)};
}

Tensor Normaliser::apply(const Tensor& x) const {
  if (x.size(0) == 0) {
    return x;
  }
  if (none()) {
    return x.dim() == 2 ? x.clamp(-kFarthest, kFarthest) : x;
  }
  const Scale by = scale_of(x);
  const Tensor normalised = (x - by.mean) / by.scale;
  return kind_ == "gcn" ? normalised : normalised.clamp(-kFarthest, kFarthest);
}

Tensor Normaliser::undo(const Tensor& normalised, const Tensor& x) const {
  if (none()) {
    return normalised;
  }
  const Scale by = scale_of(x);
  return normalised * by.scale + by.mean;
}

Tensor Normaliser::contrast(const Tensor& x) const {
  require(kind_ == "gcn", "{} takes no contrast away", kind_);
  const Scale by = scale_of(x.to(at::kDouble));
  return at::cat({by.mean.flatten(1), by.scale.log().flatten(1)}, 1);
}

std::string Normaliser::graph(nn::GraphBuilder& g, const std::string& x) const {
  if (none()) {
    return x;
  }
  if (kind_ == "gcn") {
    const auto [mean, deviation] = scale_graph(g, x, g.type());
    return g.add("Div", {g.add("Sub", {x, mean}), deviation});
  }
  const auto clamped = [&](const std::string& value) {
    return g.add("Min", {g.at_least(value, -kFarthest, g.type()), g.number(kFarthest, g.type())});
  };
  if (kind_ == "unit") {
    const std::string length = g.add("Sqrt", {g.mean(g.square(clamped(x)), {1})});
    return clamped(g.add("Div", {x, g.at_least(length, kSmallestLength, g.type())}));
  }
  const auto learned = [&](const char* name, const Tensor& values) {  // (1, c, 1, 1) or (d)
    return g.constant(name, values.dim() == 4 ? values : values.flatten(), g.type());
  };
  const std::string centred = g.add("Sub", {x, learned("input.mean", learned_.mean)});
  const std::string normalised = g.add("Div", {centred, learned("input.scale", learned_.scale)});
  return clamped(normalised);
}

std::string Normaliser::contrast_graph(nn::GraphBuilder& g, const std::string& x) const {
  const auto [mean, deviation] = scale_graph(g, g.cast(x, GraphType::float64), GraphType::float64);
  const std::string brightness = g.reshaped(mean, {-1, 1});
  return g.joined({brightness, g.reshaped(g.add("Log", {deviation}), {-1, 1})});
}

nn::NamedTensors Normaliser::state() const {
  if (!learned_.mean.defined()) {
    return {};
  }
  return {{"input.mean", learned_.mean.flatten()}, {"input.scale", learned_.scale.flatten()}};
}

Tensor PreparedRows::select(const nn::Places& places) {
  if (!flips_) {
    return normaliser_.apply(rows_.select(places));
  }
  const std::int64_t n = rows_.size();
  std::vector<std::int64_t> original(places.host.begin(), places.host.end());
  for (std::int64_t& row : original) {
    row %= n;
  }
  const Tensor all = places.sent;
  const Tensor x =
      normaliser_.apply(rows_.select({original, all.defined() ? all.remainder(n) : all}));
  return at::where((places.on(x.device()) >= n).view({-1, 1, 1, 1}), x.flip(3), x);
}

Tensor PreparedRows::range(std::int64_t first, std::int64_t count) {
  if (!flips_) {
    return normaliser_.apply(rows_.range(first, count));
  }
  std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), first);
  return select({rows});
}

std::vector<std::int64_t> PreparedRows::order(std::uint64_t seed, std::int64_t epoch) {
  return flips_ ? Rows::order(seed, epoch) : rows_.order(seed, epoch);
}

std::vector<double> farthest_values(nn::Rows& normalised, const nn::Team& team) {
  return nn::to_doubles(nn::map_rows(normalised, team, [](const Tensor& block) {
    return block.flatten(1).abs().amax(1).to(at::kCPU, at::kDouble);
  }));
}

}  // namespace cance::represent
