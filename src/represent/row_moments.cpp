#include "represent/row_moments.hpp"

#include <optional>

#include "base/cast.hpp"
#include "nn/convert.hpp"

namespace cance::represent {

using at::Tensor;

stats::Moments moments_of(nn::Rows& rows, const nn::Team& team) {
  const auto columns = to<std::size_t>(rows.range(0, 1).numel());
  stats::Moments own(columns);
  nn::for_blocks(rows, team, [&](const Tensor& block, std::int64_t) {
    const Tensor flat = block.flatten(1).to(at::kCPU, at::kDouble).contiguous();
    own.add_rows(MatrixView<const double>{flat.const_data_ptr<double>(),
                                          to<std::size_t>(flat.size(0)), columns});
  });
  if (team.alone()) {
    return own;
  }
  const Tensor packed =
      team.gather_rows(nn::to_tensor(std::span<const double>(own.pack())).unsqueeze(0));
  stats::Moments all(columns);
  for (std::int64_t rank = 0; rank < packed.size(0); ++rank) {
    all.merge(stats::Moments::unpack(nn::to_doubles(packed[rank]), columns));
  }
  return all;
}

stats::Moments moments_of(const Tensor& rows, const nn::Team& team) {
  nn::TensorRows all(rows);
  return moments_of(all, team);
}

FeatureTransform transform_for(const std::string& kind, const stats::Moments& composite) {
  const std::vector<double> means = composite.mean();
  return {kind, {means[means.size() - 2], means.back()}};
}

}  // namespace cance::represent
