#include "represent/row_moments.hpp"

#include <ATen/ops/linalg_eigh.h>

#include <limits>

#include "base/cast.hpp"
#include "nn/convert.hpp"

namespace cance::represent {

using at::Tensor;

namespace {

/// How many eigenvalues (descending) stand above rounding.
std::int64_t rank_of(const Tensor& values) {
  const double limit = values[0].item<double>() * static_cast<double>(values.size(0)) *
                       std::numeric_limits<double>::epsilon();
  return (values > limit).sum().item<std::int64_t>();
}

}  // namespace

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

std::string fitting_transform(const stats::Moments& composite) {
  const std::vector<double> mean = composite.mean();
  const Matrix<double> covariance = composite.covariance();
  bool heavy = false;
  for (std::size_t i = mean.size() - 2; i < mean.size(); ++i) {
    if (mean[i] <= 0) {
      return "raw";  // which log refuses
    }
    heavy = heavy || covariance.row(i)[i] > mean[i] * mean[i];
  }
  return heavy ? "log" : "raw";
}

FeatureTransform transform_for(const std::string& kind, const stats::Moments& composite) {
  const std::vector<double> means = composite.mean();
  return {kind, {means[means.size() - 2], means.back()}};
}

PrincipalComponents principal_components(nn::Rows& rows, const nn::Team& team) {
  const at::NoGradGuard no_grad;
  const stats::Moments moments = moments_of(rows, team);
  const Matrix<double> covariance = moments.covariance();
  const auto [ascending, vectors] = at::linalg_eigh(nn::to_tensor(covariance.view()));
  const Tensor values = ascending.flip(0);
  const std::int64_t rank = rank_of(values);
  Tensor components = vectors.flip(1).slice(1, 0, rank).t();
  const Tensor largest = components.gather(1, components.abs().argmax(1, /*keepdim=*/true));
  components = (components * largest.sign()).contiguous();
  const Tensor variance = values.slice(0, 0, rank);
  return {moments.count(), nn::to_tensor(std::span<const double>(moments.mean())), components,
          variance, variance.cumsum(0) / values.clamp_min(0).sum()};
}

}  // namespace cance::represent
