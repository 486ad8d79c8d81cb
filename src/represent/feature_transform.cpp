#include "represent/feature_transform.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "nn/convert.hpp"

namespace cance::represent {

using at::Tensor;

namespace {

constexpr double kOffsetShare = 0.01;  // of the mean

}  // namespace

FeatureTransform::FeatureTransform(const std::string& kind, std::array<double, 2> means)
    : log_(kind == "log") {
  for (std::size_t k = 0; log_ && k < means.size(); ++k) {
    require(means[k] > 0,
            "feature.transform = log: the mean of {} over the training rows is {}, expected more "
            "than 0; take raw",
            k == 0 ? "e" : "c", means[k]);
    offsets_[k] = kOffsetShare * means[k];
  }
}

FeatureTransform FeatureTransform::restored(const std::string& kind,
                                            const store::TensorMap& saved) {
  FeatureTransform transform;
  if (kind == "log") {
    const std::vector<double> offsets = nn::to_doubles(nn::to_tensor(saved, "feature.offset"));
    require(offsets.size() == transform.offsets_.size(),
            "the saved model holds {} numbers of feature.offset, expected {}", offsets.size(),
            transform.offsets_.size());
    transform.log_ = true;
    std::ranges::copy(offsets, transform.offsets_.begin());
  }
  return transform;
}

Tensor FeatureTransform::apply(const Tensor& phi) const {
  if (!log_) {
    return phi;
  }
  const std::int64_t m = phi.size(1) - 2;
  const Tensor offsets = nn::to_tensor(std::span<const double>(offsets_)).to(phi.device());
  const Tensor logs = (phi.slice(1, m).to(at::kDouble) + offsets).log();
  return at::cat({phi.slice(1, 0, m), logs.to(phi.scalar_type())}, 1);
}

std::string FeatureTransform::graph(nn::GraphBuilder& g, const std::string& phi) const {
  if (!log_) {
    return phi;
  }
  constexpr auto kWide = models::GraphType::float64;
  const Tensor offsets = nn::to_tensor(std::span<const double>(offsets_));
  const std::string sum =
      g.add("Add", {g.cast(g.last(phi, 2), kWide), g.constant("feature.offset", offsets, kWide)});
  return g.joined({g.without_last(phi, 2), g.cast(g.add("Log", {sum}), g.type())});
}

double FeatureTransform::apply(std::size_t feature, double value) const {
  return log_ ? std::log(value + offsets_[feature]) : value;
}

double FeatureTransform::undo(std::size_t feature, double transformed) const {
  return log_ ? std::exp(transformed) - offsets_[feature] : transformed;
}

nn::NamedTensors FeatureTransform::state() const {
  if (!log_) {
    return {};
  }
  return {{"feature.offset", nn::to_tensor(std::span<const double>(offsets_))}};
}

}  // namespace cance::represent
