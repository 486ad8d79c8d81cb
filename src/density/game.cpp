#include "density/game.hpp"

#include "base/error.hpp"

namespace cance::density {

using torch::Tensor;

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

Tensor nce_loss(const Tensor& f_data, const Tensor& f_noise, double noise_ratio,
                const GameRows& rows) {
  return -torch::log_sigmoid(f_data).sum() / static_cast<double>(rows.data) -
         torch::log_sigmoid(-f_noise).sum() * (noise_ratio / static_cast<double>(rows.noise));
}

Tensor anchor_data(const Tensor& phi, const Tensor& mean, const Tensor& a, NoiseMode mode) {
  return mode == NoiseMode::regularised ? mean + a * ((phi - mean) / a).detach() : phi;
}

}  // namespace cance::density
