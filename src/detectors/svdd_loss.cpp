#include "detectors/svdd_loss.hpp"

#include <ATen/ops/quantile.h>

namespace cance::detectors {

using at::Tensor;

namespace {

constexpr double kLeastDistance = 1e-6;  // squared, of a labelled anomaly
constexpr double kLeastCentre = 0.1;     // of an entry

}  // namespace

Tensor one_class_loss(const Tensor& d, std::int64_t rows) {
  return d.sum() / static_cast<double>(rows);
}

Tensor labelled_loss(const Tensor& d, std::int64_t normal, double eta, std::int64_t rows) {
  const Tensor anomalous = d.slice(0, normal);
  return (d.slice(0, 0, normal).sum() + eta * (anomalous + kLeastDistance).reciprocal().sum()) /
         static_cast<double>(rows);
}

Tensor soft_boundary_loss(const Tensor& d, const Tensor& radius, double nu, std::int64_t rows) {
  const Tensor square = radius.square();
  return (square + (d - square).clamp_min(0) / nu).sum() / static_cast<double>(rows);
}

void move_radius(Tensor& radius, const Tensor& d, double nu, const Tensor& moves) {
  const at::NoGradGuard no_grad;
  radius.copy_(at::where(moves, at::quantile(d.sqrt(), 1 - nu), radius));
}

Tensor centre_of(const Tensor& outputs) {
  const at::NoGradGuard no_grad;
  const Tensor mean = outputs.mean(0);
  const Tensor away = at::where(mean < 0, -kLeastCentre, kLeastCentre).to(mean.scalar_type());
  return at::where(mean.abs() < kLeastCentre, away, mean);
}

}  // namespace cance::detectors
