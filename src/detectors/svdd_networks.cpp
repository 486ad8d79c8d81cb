#include "detectors/svdd_networks.hpp"

#include <fmt/ranges.h>

#include "base/error.hpp"

namespace cance::detectors {
namespace {

constexpr double kSlope = 0.01;  // of the leaky ReLU
constexpr std::int64_t kKernel = 5;
constexpr std::int64_t kSide = 4;  // of the planes that the decoder starts from
constexpr std::uint64_t kDecoderStream = 0x9E3779B97F4A7C15ULL;

/// Paddings of the decoder's transposed convolutions and, after each, whether the plane doubles.
/// 28 = 2 (2 (2 x 4) - 2): the published decoder for MNIST takes two pixels off in the middle.
struct DecoderLayout {
  bool doubles_first;
  std::vector<std::int64_t> paddings;
};

DecoderLayout layout_for(std::int64_t side, std::size_t convolutions, torch::IntArrayRef shape) {
  if (side == 28 && convolutions == 2) {
    return {true, {2, 3, 2}};
  }
  require(side == kSide << convolutions && shape[2] == shape[1],
          "the networks of deep_svdd take images of 28x28 with two channels and of 32x32 with "
          "three, the dataset has {}; set deep_svdd.channels (deep_sad.channels), or bring the "
          "images to one of these sizes",
          fmt::join(shape, "x"));
  return {false, std::vector<std::int64_t>(convolutions + 1, 2)};
}

SvddNetworks of_images(const config::DeepSvddOptions& options, torch::IntArrayRef shape,
                       std::uint64_t seed) {
  const auto layout = layout_for(shape[1], options.channels.size(), shape);
  require(options.latent % (kSide * kSide) == 0,
          "deep_svdd.latent = {}: expected a multiple of {} for images", options.latent,
          kSide * kSide);
  nn::Sequence encoder(seed);
  std::int64_t in = shape[0];
  for (const int out : options.channels) {
    encoder.conv(in, out, kKernel, 1, 2, /*bias=*/false).norm(out, /*affine=*/false, kSlope).pool();
    in = out;
  }
  const std::int64_t top = shape[1] >> options.channels.size();
  encoder.flatten().dense(in * top * top, options.latent, /*bias=*/false);

  nn::Sequence decoder(seed ^ kDecoderStream);
  in = options.latent / (kSide * kSide);
  decoder.unflatten(in, kSide, kSide).leaky(kSlope);
  if (layout.doubles_first) {
    decoder.upsample();
  }
  for (std::size_t i = 0; i < options.channels.size(); ++i) {
    const std::int64_t out = options.channels[options.channels.size() - 1 - i];
    decoder.conv_transpose(in, out, kKernel, 1, layout.paddings[i], /*bias=*/false)
        .norm(out, /*affine=*/false, kSlope)
        .upsample();
    in = out;
  }
  decoder.conv_transpose(in, shape[0], kKernel, 1, layout.paddings.back(), /*bias=*/false)
      .sigmoid();
  return {std::move(encoder), std::move(decoder)};
}

SvddNetworks of_tables(const config::DeepSvddOptions& options, std::int64_t columns,
                       std::uint64_t seed) {
  nn::Sequence encoder(seed);
  std::int64_t in = columns;
  for (const int out : options.hidden) {
    encoder.dense(in, out, /*bias=*/false).norm(out, /*affine=*/false, kSlope);
    in = out;
  }
  encoder.dense(in, options.latent, /*bias=*/false);
  nn::Sequence decoder(seed ^ kDecoderStream);
  in = options.latent;
  for (auto out = options.hidden.rbegin(); out != options.hidden.rend(); ++out) {
    decoder.dense(in, *out, /*bias=*/false).norm(*out, /*affine=*/false, kSlope);
    in = *out;
  }
  decoder.dense(in, columns, /*bias=*/false);
  return {std::move(encoder), std::move(decoder)};
}

}  // namespace

SvddNetworks make_svdd_networks(const config::DeepSvddOptions& options, torch::IntArrayRef shape,
                                std::uint64_t seed, const nn::Compute& compute) {
  auto networks =
      shape.size() == 3 ? of_images(options, shape, seed) : of_tables(options, shape.front(), seed);
  networks.encoder.to(compute);
  networks.decoder.to(compute);
  return networks;
}

nn::Work svdd_work(const std::vector<int>& channels, const std::vector<int>& hidden, int latent,
                   const store::Shape& row) {
  nn::Work work;
  auto in = static_cast<double>(row[0]);
  if (row.size() == 1) {
    for (const int out : hidden) {
      work.dense(in, out);
      in = out;
    }
    return work.dense(in, latent);
  }
  auto pixels = static_cast<double>(row[1] * row[2]);
  for (const int out : channels) {
    work.conv(in, out, kKernel * kKernel, pixels);
    in = out;
    pixels /= 4;
  }
  return work.dense(in * pixels, latent);
}

}  // namespace cance::detectors
