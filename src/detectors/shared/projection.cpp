#include "detectors/shared/projection.hpp"

#include <algorithm>
#include <numeric>

#include "base/random.hpp"
#include "nn/convert.hpp"
#include "represent/row_moments.hpp"

namespace cance::detectors {

using at::Tensor;

namespace {

constexpr double kRounding = 1e-12;  // of a share of the variance

bool are_images(nn::Rows& rows) { return rows.range(0, 1).dim() == 4; }

}  // namespace

Projection::Projection(const config::ProjectionOptions& options, const CellRows& train,
                       const nn::Compute& compute)
    : input_(options.input), compute_(compute) {
  std::string kind = options.projection;
  if (kind == "auto") {
    kind = are_images(input(train)) ? "whiten" : "none";
  }
  if (kind == "none") {
    return;
  }
  const auto found = represent::principal_components(input(train), compute.team);
  const std::int64_t all = found.variance.size(0);
  const std::int64_t short_of =
      (found.explained < options.explained - kRounding).sum().item<std::int64_t>();
  const std::int64_t m = options.explained < 1 ? std::min(short_of + 1, all) : all;
  Tensor map = found.components.slice(0, 0, m).t();
  if (kind == "whiten") {
    map = map / found.variance.slice(0, 0, m).sqrt();
  }
  mean_ = found.mean.to(compute.device);
  map_ = map.contiguous().to(compute.device);
}

double Projection::seconds(const CellSize& cell, bool components) {
  const double d = cell.elements();
  return components ? d * d * (2e-10 * (cell.rows + cell.scored) + 4e-10 * d) : 0;
}

nn::Rows& Projection::input(const CellRows& rows) const { return rows_of(input_, rows); }

Tensor Projection::apply(const Tensor& x) const {
  const Tensor flat = x.flatten(1).to(at::kDouble);
  return map_.defined() ? at::mm(flat - mean_, map_) : flat;
}

std::string Projection::graph(nn::GraphBuilder& g, const GraphRows& rows) const {
  constexpr auto kWide = models::GraphType::float64;
  const std::string flat = g.cast(rows_of(input_, g, rows), kWide);
  return map_.defined() ? g.add("MatMul", {g.add("Sub", {flat, g.constant("mean", mean_, kWide)}),
                                           g.constant("map", map_, kWide)})
                        : flat;
}

Tensor Projection::sample(const CellRows& rows, std::int64_t count, std::uint64_t seed) const {
  nn::Rows& all = input(rows);
  const Tensor vectors =
      nn::map_rows(all, compute_.team, [this](const Tensor& x) { return apply(x); });
  const auto chosen = sampled(all.size(), count, seed);
  return static_cast<std::int64_t>(chosen.size()) == all.size()
             ? vectors
             : vectors.index_select(0, nn::index_view(chosen).to(vectors.device()));
}

nn::NamedTensors Projection::state() const {
  return map_.defined() ? nn::NamedTensors{{"mean", mean_}, {"map", map_}} : nn::NamedTensors{};
}

Projection Projection::restored(const config::ProjectionOptions& options,
                                const SavedMethod& saved) {
  Projection projection;
  projection.input_ = options.input;
  projection.compute_ = saved.compute;
  if (saved.state.contains("map")) {
    projection.mean_ = nn::to_tensor(saved.state, "mean").to(saved.compute.device);
    projection.map_ = nn::to_tensor(saved.state, "map").to(saved.compute.device);
  }
  return projection;
}

nn::Rows& rows_of(const std::string& input, const CellRows& rows) {
  return input == "raw" ? *rows.raw : *rows.normalised;
}

std::string rows_of(const std::string& input, nn::GraphBuilder& g, const GraphRows& rows) {
  return g.flat(input == "raw" ? rows.raw : rows.normalised);
}

Tensor kept_rows(const std::string& input, const CellRows& rows, std::int64_t count,
                 std::uint64_t seed) {
  nn::Rows& all = rows_of(input, rows);
  const auto kept = sampled(all.size(), count, seed);
  const Tensor flat = all.range(0, all.size()).flatten(1);
  return static_cast<std::int64_t>(kept.size()) == all.size()
             ? flat
             : flat.index_select(0, nn::index_view(kept).to(flat.device()));
}

std::vector<std::int64_t> sampled(std::int64_t rows, std::int64_t count, std::uint64_t seed) {
  if (count == 0 || count >= rows) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(rows));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  auto order = Random(seed, Purpose::neighbours).permutation(static_cast<std::size_t>(rows));
  order.resize(static_cast<std::size_t>(count));
  std::ranges::sort(order);
  return order;
}

}  // namespace cance::detectors
