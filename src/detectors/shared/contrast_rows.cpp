#include "detectors/shared/contrast_rows.hpp"

namespace cance::detectors {

using at::Tensor;

namespace {

constexpr double kFlat = 1e-5;  // least mean absolute deviation of an image, above rounding's

Tensor normalised(const Tensor& x) {
  const Tensor centred = x - x.mean({1, 2, 3}, /*keepdim=*/true);
  return centred / centred.abs().mean({1, 2, 3}, /*keepdim=*/true).clamp_min(kFlat);
}

}  // namespace

Contrast::Contrast(nn::Rows& train, const nn::Team& team) {
  const Tensor ends = nn::map_rows(train, team, [](const Tensor& x) {
    const Tensor flat = normalised(x).flatten(1);
    return at::stack({flat.amin(1), flat.amax(1)}, 1);
  });
  const Tensor low = ends.select(1, 0).amin();
  scale_ = at::stack({low, (ends.select(1, 1).amax() - low).clamp_min(kFlat)});
}

Tensor Contrast::apply(const Tensor& x) const {
  return !scale_.defined() || x.size(0) == 0 ? x : (normalised(x) - scale_[0]) / scale_[1];
}

std::string Contrast::graph(nn::GraphBuilder& g, const std::string& x) const {
  const std::vector<std::int64_t> image{1, 2, 3};
  const std::string centred = g.add("Sub", {x, g.mean(x, image)});
  const std::string deviation = g.at_least(g.mean(g.add("Abs", {centred}), image), kFlat, g.type());
  const std::string low = g.constant("contrast.low", scale_[0], g.type());
  return g.add("Div", {g.add("Sub", {g.add("Div", {centred, deviation}), low}),
                       g.constant("contrast.range", scale_[1], g.type())});
}

}  // namespace cance::detectors
