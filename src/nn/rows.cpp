#include "nn/rows.hpp"

#include <algorithm>

#include "base/random.hpp"
#include "nn/convert.hpp"

namespace cance::nn {

using torch::Tensor;

namespace {

constexpr std::int64_t kBlock = 512;  // rows of an evaluation pass

}  // namespace

std::vector<std::int64_t> Rows::order(std::uint64_t seed, std::int64_t epoch) {
  return Random(seed, Purpose::shuffle, static_cast<std::uint64_t>(epoch))
      .permutation(static_cast<std::size_t>(size()));
}

Tensor TensorRows::select(std::span<const std::int64_t> rows) {
  return rows_.index_select(0, index_view(rows).to(rows_.device()));
}

void for_blocks(Rows& rows, const Team& team,
                const std::function<void(const Tensor&, std::int64_t)>& f) {
  const torch::NoGradGuard no_grad;
  const Share share = team.share(rows.size());
  for (std::int64_t done = 0; done < share.count; done += kBlock) {
    const std::int64_t first = share.first + done;
    f(rows.range(first, std::min(kBlock, share.count - done)), first);
  }
}

Tensor map_rows(Rows& rows, const Team& team, const std::function<Tensor(const Tensor&)>& f) {
  std::vector<Tensor> parts;
  for_blocks(rows, team, [&](const Tensor& block, std::int64_t) { parts.push_back(f(block)); });
  if (parts.empty()) {  // no row of ours, but the shape of a result
    const torch::NoGradGuard no_grad;
    parts.push_back(f(rows.range(0, 1)).slice(0, 0, 0));
  }
  return team.gather_rows(torch::cat(parts));
}

}  // namespace cance::nn
