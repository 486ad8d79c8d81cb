#include <algorithm>
#include <array>

#include "nn/fast/winograd.hpp"

namespace cance::nn::winograd {
namespace {

/// G g of three numbers `step` apart.
void filter_to_products(const double* g, std::size_t step, double* out, std::size_t out_step) {
  const double even = g[0] + g[2 * step], odd = g[step];
  const double even2 = g[0] + 4 * g[2 * step], odd2 = 2 * g[step];
  out[0] = g[0] / 4;
  out[out_step] = -(even + odd) / 6;
  out[2 * out_step] = -(even - odd) / 6;
  out[3 * out_step] = (even2 + odd2) / 24;
  out[4 * out_step] = (even2 - odd2) / 24;
  out[5 * out_step] = g[2 * step];
}

}  // namespace

std::vector<float> transform_weights(std::span<const float> weights, std::size_t out,
                                     std::size_t in) {
  std::vector<float> result(kPlanes * out * in);
  for (std::size_t pair = 0; pair < out * in; ++pair) {
    std::array<double, 9> g{};
    std::copy_n(weights.begin() + static_cast<std::ptrdiff_t>(9 * pair), 9, g.begin());
    std::array<double, 3 * kPatch> half{};
    for (std::size_t i = 0; i < 3; ++i) {
      filter_to_products(&g[i], 3, &half[i], 3);
    }
    std::array<double, kPlanes> u{};
    for (std::size_t i = 0; i < kPatch; ++i) {
      filter_to_products(&half[3 * i], 1, &u[kPatch * i], 1);
    }
    const std::size_t o = pair / in, c = pair % in;
    for (std::size_t i = 0; i < kPlanes; ++i) {
      result[(i * in + c) * out + o] = static_cast<float>(u[i]);
    }
  }
  return result;
}

}  // namespace cance::nn::winograd
