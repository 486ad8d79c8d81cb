#include "detectors/svdd_networks.hpp"

#include <fmt/ranges.h>

#include "base/error.hpp"

namespace cance::detectors {
namespace {

constexpr double kSlope = 0.01;  // of the leaky ReLU
constexpr std::int64_t kKernel = 5;
constexpr std::int64_t kSide = 4;  // of the planes that the decoder starts from
constexpr std::int64_t kPublishedSide = 28;
constexpr int kFirstWidth = 32, kLastWidth = 512;  // of the convolutions for other sides
constexpr std::uint64_t kDecoderStream = 0x9E3779B97F4A7C15ULL;

/// Paddings of the decoder's transposed convolutions and, after each, whether the plane doubles.
/// 28 = 2 (2 (2 x 4) - 2): the published decoder for MNIST takes two pixels off in the middle.
struct DecoderLayout {
  bool doubles_first;
  std::vector<std::int64_t> paddings;
};

/// The side is 28 and there are two convolutions, or it is halved down to planes of 4 x 4.
DecoderLayout layout_for(std::int64_t side, std::size_t convolutions) {
  if (side == kPublishedSide && convolutions == 2) {
    return {true, {2, 3, 2}};
  }
  return {false, std::vector<std::int64_t>(convolutions + 1, 2)};
}

/// `channels`, or where there are none those that suit images of this side.
std::vector<int> channels_for(std::vector<int> channels, std::int64_t side) {
  if (!channels.empty()) {
    return channels;
  }
  if (side == kPublishedSide) {
    return {8, 4};
  }
  for (int width = kFirstWidth; side >= 2 * kSide && width <= kLastWidth; side /= 2, width *= 2) {
    channels.push_back(width);
  }
  return channels;
}

void require_fitting(const std::string& method, const config::DeepSvddOptions& options,
                     const std::vector<int>& channels, torch::IntArrayRef shape) {
  const bool published = shape[1] == kPublishedSide && channels.size() == 2;
  require(shape[1] == shape[2] &&
              (published || (!channels.empty() && shape[1] == kSide << channels.size())),
          "{} takes squares of side 28 or 8, 16, 32, ..., the dataset has images of {}{}; bring "
          "them to one of these sizes",
          method, fmt::join(shape, "x"),
          options.channels.empty()
              ? ""
              : fmt::format(" and {}.channels = {}, a number for every halving down to 4 x 4",
                            method, fmt::join(channels, ",")));
  require(options.latent % (kSide * kSide) == 0,
          "{}.latent = {}: expected a multiple of {} for images", method, options.latent,
          kSide * kSide);
}

SvddNetworks of_images(const std::string& method, const config::DeepSvddOptions& options,
                       torch::IntArrayRef shape, std::uint64_t seed) {
  const std::vector<int> channels = channels_for(options.channels, shape[1]);
  require_fitting(method, options, channels, shape);
  const DecoderLayout layout = layout_for(shape[1], channels.size());
  nn::Sequence encoder(seed);
  std::int64_t in = shape[0];
  for (const int out : channels) {
    encoder.conv(in, out, kKernel, 1, 2, /*bias=*/false).norm(out, /*affine=*/false, kSlope).pool();
    in = out;
  }
  const std::int64_t top = shape[1] >> channels.size();
  encoder.flatten().dense(in * top * top, options.latent, /*bias=*/false);

  nn::Sequence decoder(seed ^ kDecoderStream);
  in = options.latent / (kSide * kSide);
  decoder.unflatten(in, kSide, kSide).leaky(kSlope);
  if (layout.doubles_first) {
    decoder.upsample();
  }
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const std::int64_t out = channels[channels.size() - 1 - i];
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

SvddNetworks make_svdd_networks(const std::string& method, const config::DeepSvddOptions& options,
                                torch::IntArrayRef shape, std::uint64_t seed,
                                const nn::Compute& compute) {
  auto networks = shape.size() == 3 ? of_images(method, options, shape, seed)
                                    : of_tables(options, shape.front(), seed);
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
  for (const int out : channels_for(channels, static_cast<std::int64_t>(row[1]))) {
    work.conv(in, out, kKernel * kKernel, pixels);
    in = out;
    pixels /= 4;
  }
  return work.dense(in * pixels, latent);
}

}  // namespace cance::detectors
