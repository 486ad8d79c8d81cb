#include "density/game.hpp"

#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/matmul.h>

#include "base/error.hpp"

namespace cance::density {

using at::Tensor;

NoiseMode noise_mode(const std::string& word) {
  if (word == "fixed") {
    return NoiseMode::fixed;
  }
  if (word == "naive") {
    return NoiseMode::naive;
  }
  require(word == "regularised", "noise mode '{}': expected fixed, naive or regularised", word);
  return NoiseMode::regularised;
}

Tensor nce_loss(const Tensor& f, std::int64_t own_data, double noise_ratio, const GameRows& rows) {
  const auto filled = [&f](std::int64_t count, double value) {
    return at::full({count}, value, f.options());
  };
  const Tensor weight =
      at::cat({filled(own_data, 1 / static_cast<double>(rows.data)),
               filled(f.size(-1) - own_data, -noise_ratio / static_cast<double>(rows.noise))});
  return -at::matmul(at::log_sigmoid(weight.sign() * f), weight.abs());
}

Tensor anchor_data(const Tensor& phi, const Tensor& mean, const Tensor& a, NoiseMode mode) {
  return mode == NoiseMode::regularised ? mean + a * ((phi - mean) / a).detach() : phi;
}

}  // namespace cance::density
