#include "represent/networks.hpp"

#include <fmt/ranges.h>

#include "base/error.hpp"

namespace cance::represent {
namespace {

constexpr double kSlope = 0.1;  // of the leaky ReLU
constexpr double kNoRelu = 1.0;
constexpr std::uint64_t kDecoderStream = 0x9E3779B97F4A7C15ULL;

AutoencoderNetwork conv28(std::int64_t m, std::uint64_t seed) {
  nn::Sequence encoder(seed);
  encoder.conv(1, 16, 4, 2, 1, /*bias=*/false).norm(16, /*affine=*/true, kSlope);
  encoder.conv(16, 32, 4, 2, 1, false).norm(32, true, kSlope);
  encoder.conv(32, 64, 3, 2, 1, false).norm(64, true, kSlope);
  encoder.flatten().dense(1024, m, false).norm(m, /*affine=*/false, kNoRelu);
  nn::Sequence decoder(seed ^ kDecoderStream);
  decoder.dense(m, 1024, false).norm(1024, true, kSlope).unflatten(64, 4, 4);
  decoder.conv_transpose(64, 32, 3, 2, 1, false).norm(32, true, kSlope);
  decoder.conv_transpose(32, 16, 4, 2, 1, false).norm(16, true, kSlope);
  decoder.conv_transpose(16, 1, 4, 2, 1, /*bias=*/true).sigmoid();
  return {std::move(encoder), std::move(decoder)};
}

}  // namespace

void require_network_shape(const std::string& name, const std::vector<std::size_t>& row_shape) {
  const std::vector<std::size_t> expected{1, 28, 28};
  require(row_shape == expected,
          "autoencoder.network = {} takes images of {}, the dataset has rows of {}", name,
          fmt::join(expected, "x"), fmt::join(row_shape, "x"));
}

AutoencoderNetwork make_network(const std::string& name, std::int64_t latent, std::uint64_t seed,
                                const nn::Compute& compute) {
  require(name == "conv28", "unknown autoencoder network '{}'; expected conv28", name);
  auto network = conv28(latent, seed);
  network.encoder.to(compute);
  network.decoder.to(compute);
  return network;
}

}  // namespace cance::represent
