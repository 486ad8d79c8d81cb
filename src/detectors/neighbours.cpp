#include "detectors/neighbours.hpp"

#include <algorithm>

namespace cance::detectors {

using torch::Tensor;

namespace {

constexpr std::int64_t kBlock = 8192;  // rows that are searched at a time
constexpr std::int64_t kSpare = 8;     // candidates beyond k, against rounding in the search

}  // namespace

Neighbours::Neighbours(const Tensor& rows)
    : centre_(rows.mean(0)), rows_(rows - centre_), squares_(rows_.square().sum(1)) {}

/// Numbers of the nearest rows of centred x (B, d), k and some to spare: (B, k + spare).
Tensor Neighbours::candidates(const Tensor& x, std::int64_t k) const {
  const std::int64_t wanted = std::min(k + kSpare, rows_.size(0));
  Tensor nearest;
  Tensor numbers;
  for (std::int64_t first = 0; first < rows_.size(0); first += kBlock) {
    const std::int64_t last = std::min(first + kBlock, rows_.size(0));
    // ||b||^2 - 2 <a, b>: the part of the squared distance that ranks the rows
    const Tensor ranks =
        torch::addmm(squares_.slice(0, first, last), x, rows_.slice(0, first, last).t(), 1, -2);
    const auto [values, places] =
        ranks.topk(std::min(wanted, last - first), 1, /*largest=*/false, /*sorted=*/false);
    nearest = first == 0 ? values : torch::cat({nearest, values}, 1);
    numbers = first == 0 ? places : torch::cat({numbers, places + first}, 1);
  }
  const auto [values, places] = nearest.topk(wanted, 1, /*largest=*/false, /*sorted=*/false);
  return numbers.gather(1, places);
}

Tensor Neighbours::distances(const Tensor& rows, std::int64_t k,
                             const std::string& distance) const {
  const Tensor x = rows - centre_;
  const Tensor numbers = candidates(x, k);
  const Tensor near = rows_.index_select(0, numbers.flatten())
                          .view({x.size(0), numbers.size(1), x.size(1)})
                          .to(torch::kFloat64);
  const Tensor all = (near - x.to(torch::kFloat64).unsqueeze(1)).square().sum(2).sqrt();
  const std::int64_t count = std::min<std::int64_t>(k, all.size(1));
  const Tensor sorted = std::get<0>(all.sort(1)).slice(1, 0, count);
  return distance == "mean" ? sorted.mean(1) : sorted.select(1, count - 1);
}

}  // namespace cance::detectors
