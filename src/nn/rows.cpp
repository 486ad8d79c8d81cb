#include "nn/rows.hpp"

#include <algorithm>

#include "base/random.hpp"
#include "base/stop_flag.hpp"
#include "nn/convert.hpp"

namespace cance::nn {

using at::Tensor;

std::vector<std::int64_t> Rows::order(std::uint64_t seed, std::int64_t epoch) {
  return Random(seed, Purpose::shuffle, static_cast<std::uint64_t>(epoch))
      .permutation(static_cast<std::size_t>(size()));
}

Places Places::part(std::int64_t first, std::int64_t count) const {
  return {host.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)),
          sent.defined() ? sent.narrow(0, first, count) : sent};
}

Tensor Places::on(at::Device device) const {
  return sent.defined() ? sent : nn::sent(index_view(host), device);
}

Tensor TensorRows::select(const Places& places) {
  return rows_.index_select(0, places.on(rows_.device()));
}

Tensor SelectedRows::select(const Places& places) {
  std::vector<std::int64_t> indices;
  for (const std::int64_t row : places.host) {
    indices.push_back(indices_[static_cast<std::size_t>(row)]);
  }
  return rows_.select({indices});
}

Tensor SelectedRows::range(std::int64_t first, std::int64_t count) {
  if (count == 0) {
    return rows_.range(0, 0);
  }
  std::vector<std::int64_t> indices(indices_.begin() + first, indices_.begin() + first + count);
  const std::int64_t begin = indices.front();
  const Tensor all = rows_.range(begin, indices.back() + 1 - begin);
  for (std::int64_t& index : indices) {
    index -= begin;
  }
  return all.index_select(0, index_view(indices).to(all.device()));
}

namespace {

Share share_of_blocks(const Rows& rows, const Team& team) {
  return team.share((rows.size() + kBlock - 1) / kBlock);
}

/// Of the share of a rank as long as `go_on` says so; whether it is through.
template <class GoOn>
bool go_through(Rows& rows, const Team& team,
                const std::function<void(const Tensor&, std::int64_t)>& f, GoOn go_on) {
  const at::NoGradGuard no_grad;
  const Share blocks = share_of_blocks(rows, team);
  if (blocks.count == 0) {
    return go_on();
  }
  for (std::int64_t block = blocks.first; block < blocks.first + blocks.count; ++block) {
    if (!go_on()) {
      return false;
    }
    const std::int64_t first = block * kBlock;
    f(rows.range(first, std::min(kBlock, rows.size() - first)), first);
  }
  return true;
}

}  // namespace

void for_blocks(Rows& rows, const Team& team,
                const std::function<void(const Tensor&, std::int64_t)>& f) {
  team.stop_together(!go_through(rows, team, f, [] { return !stop_requested(); }));
}

void for_blocks_to_the_end(Rows& rows, const Team& team,
                           const std::function<void(const Tensor&, std::int64_t)>& f) {
  (void)go_through(rows, team, f, [] { return true; });
}

Tensor map_rows(Rows& rows, const Team& team, const std::function<Tensor(const Tensor&)>& f) {
  // One tensor from the first block on: results of blocks that lived on among the large passing
  // tensors would keep malloc from giving memory back, up to hundreds of MiB.
  Tensor results;
  std::int64_t done = 0;
  for_blocks(rows, team, [&](const Tensor& block, std::int64_t) {
    const Tensor part = f(block);
    if (!results.defined()) {
      auto sizes = part.sizes().vec();
      sizes.front() = rows.size();
      results = at::empty(sizes, part.options(), part.suggest_memory_format());
    }
    results.narrow(0, done, part.size(0)).copy_(part);
    done += part.size(0);
  });
  if (!results.defined()) {  // no row of ours, but the shape of a result
    const at::NoGradGuard no_grad;
    results = f(rows.range(0, 1));
  }
  return team.gather_rows(results.narrow(0, 0, done));
}

std::int64_t rows_behind(const Rows& rows, const Team& team, std::int64_t first) {
  const std::int64_t own = first - share_of_blocks(rows, team).first * kBlock;
  return std::clamp<std::int64_t>(own * team.size(), 0, rows.size());
}

}  // namespace cance::nn
