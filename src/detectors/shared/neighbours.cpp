#include "detectors/shared/neighbours.hpp"

#include <algorithm>

#include "detectors/shared/squared_distances.hpp"
#include "nn/fast/product.hpp"

namespace cance::detectors {

using at::Tensor;

namespace {

constexpr std::int64_t kBlock = 8192;  // rows that are searched at a time
constexpr std::int64_t kSpare = 8;     // candidates beyond k, against rounding in the search
/// Rows whose distances are computed in full at a time: few, whose candidates stay in the cache, or
/// on a GPU so many that launching them costs little.
std::int64_t exact_rows(const Tensor& x) { return x.is_cpu() ? 16 : 1024; }

}  // namespace

Neighbours::Neighbours(const Tensor& rows)
    : centre_(rows.mean(0)), rows_(rows - centre_), squares_(rows_.square().sum(1)) {}

/// Indices of the nearest rows of centred x (B, d), k and some to spare: (B, k + spare).
Tensor Neighbours::candidates(const Tensor& x, std::int64_t k) const {
  const std::int64_t wanted = std::min(k + kSpare, rows_.size(0));
  const Tensor twice = -2 * x;
  Tensor nearest;
  Tensor indices;
  for (std::int64_t first = 0; first < rows_.size(0); first += kBlock) {
    const std::int64_t last = std::min(first + kBlock, rows_.size(0));
    // ||b||^2 - 2 <a, b>: the part of the squared distance that ranks the rows
    const Tensor ranks = nn::product(twice, false, rows_.slice(0, first, last), true)
                             .add_(squares_.slice(0, first, last));
    const auto [values, found] =
        ranks.topk(std::min(wanted, last - first), 1, /*largest=*/false, /*sorted=*/false);
    nearest = first == 0 ? values : at::cat({nearest, values}, 1);
    indices = first == 0 ? found : at::cat({indices, found + first}, 1);
  }
  const auto [values, found] = nearest.topk(wanted, 1, /*largest=*/false, /*sorted=*/false);
  return indices.gather(1, found);
}

std::string Neighbours::all_distances(nn::GraphBuilder& g, const std::string& x) const {
  constexpr auto kWide = models::GraphType::float64;
  const std::string at =
      g.add("Sub", {g.cast(x, kWide), g.constant("neighbours.centre", centre_, kWide)});
  return g.add("Sqrt", {squared_distances(g, at, rows_.to(at::kDouble), "neighbours", kWide)});
}

std::string Neighbours::graph(nn::GraphBuilder& g, const std::string& x, std::int64_t k,
                              const std::string& distance) const {
  const std::string nearest = g.least(all_distances(g, x), std::min(k, rows_.size(0)));
  return distance == "mean" ? g.mean(nearest, {1}) : g.greatest(nearest, {1});
}

Neighbours::Near Neighbours::nearest(const Tensor& rows, std::int64_t k) const {
  const Tensor x = rows - centre_;
  const Tensor indices = candidates(x, k);
  const std::int64_t step = exact_rows(x);
  std::vector<Tensor> parts;
  for (std::int64_t first = 0; first < x.size(0); first += step) {
    const Tensor some = x.slice(0, first, first + step);
    const Tensor chosen = indices.slice(0, first, first + step);
    const Tensor near = rows_.index_select(0, chosen.flatten())
                            .view({some.size(0), chosen.size(1), x.size(1)})
                            .to(at::kDouble);
    parts.push_back((near - some.to(at::kDouble).unsqueeze(1)).square_().sum(2).sqrt_());
  }
  const auto [sorted, order] = at::cat(parts).sort(1);
  return {sorted.slice(1, 0, k), indices.gather(1, order).slice(1, 0, k)};
}

Tensor Neighbours::distances(const Tensor& x, std::int64_t k, const std::string& distance) const {
  const Tensor sorted = nearest(x, k).distances;
  return distance == "mean" ? sorted.mean(1) : sorted.select(1, sorted.size(1) - 1);
}

}  // namespace cance::detectors
