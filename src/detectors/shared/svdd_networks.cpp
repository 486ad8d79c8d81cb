#include "detectors/shared/svdd_networks.hpp"

#include <fmt/ranges.h>

#include <ranges>

#include "base/error.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

constexpr double kSvddSlope = 0.01;  // of the leaky ReLU
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
                     const std::vector<int>& channels, at::IntArrayRef shape) {
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
}

nn::Sequence image_encoder(const std::vector<int>& channels, std::int64_t latent,
                           at::IntArrayRef shape, std::uint64_t seed) {
  nn::Sequence encoder(seed);
  std::int64_t in = shape[0];
  for (const int out : channels) {
    encoder.conv(in, out, kKernel, 1, 2, /*bias=*/false)
        .norm(out, /*affine=*/false, kSvddSlope)
        .pool();
    in = out;
  }
  const std::int64_t top = shape[1] >> channels.size();
  encoder.flatten().dense(in * top * top, latent, /*bias=*/false);
  return encoder;
}

nn::Sequence image_decoder(const std::vector<int>& channels, std::int64_t latent,
                           at::IntArrayRef shape, std::uint64_t seed) {
  const DecoderLayout layout = layout_for(shape[1], channels.size());
  nn::Sequence decoder(seed);
  std::int64_t in = latent / (kSide * kSide);
  decoder.unflatten(in, kSide, kSide).leaky(kSvddSlope);
  if (layout.doubles_first) {
    decoder.upsample();
  }
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const std::int64_t out = channels[channels.size() - 1 - i];
    decoder.conv_transpose(in, out, kKernel, 1, layout.paddings[i], /*bias=*/false)
        .norm(out, /*affine=*/false, kSvddSlope)
        .upsample();
    in = out;
  }
  decoder.conv_transpose(in, shape[0], kKernel, 1, layout.paddings.back(), /*bias=*/false)
      .sigmoid();
  return decoder;
}

/// From `in` numbers through layers of these widths to `out`.
template <class Widths>
nn::Sequence dense_layers(std::int64_t in, const Widths& hidden, std::int64_t out,
                          std::uint64_t seed) {
  nn::Sequence layers(seed);
  for (const int width : hidden) {
    layers.dense(in, width, /*bias=*/false).norm(width, /*affine=*/false, kSvddSlope);
    in = width;
  }
  layers.dense(in, out, /*bias=*/false);
  return layers;
}

}  // namespace

nn::Sequence make_svdd_encoder(const std::string& method, const config::DeepSvddOptions& options,
                               const Shape& row, std::uint64_t seed, const nn::Compute& compute) {
  const std::vector<std::int64_t> shape = nn::sizes_of(row);
  if (shape.size() == 1) {
    nn::Sequence encoder = dense_layers(shape.front(), options.hidden, options.latent, seed);
    encoder.to(compute);
    return encoder;
  }
  const std::vector<int> channels = channels_for(options.channels, shape[1]);
  require_fitting(method, options, channels, shape);
  nn::Sequence encoder = image_encoder(channels, options.latent, shape, seed);
  encoder.to(compute);
  return encoder;
}

SvddNetworks make_svdd_networks(const std::string& method, const config::DeepSvddOptions& options,
                                const Shape& row, std::uint64_t seed, const nn::Compute& compute) {
  nn::Sequence encoder = make_svdd_encoder(method, options, row, seed, compute);
  const std::vector<std::int64_t> shape = nn::sizes_of(row);
  const bool images = shape.size() == 3;
  require(!images || options.latent % (kSide * kSide) == 0,
          "{}.latent = {}: expected a multiple of {} for images", method, options.latent,
          kSide * kSide);
  nn::Sequence decoder = images ? image_decoder(channels_for(options.channels, shape[1]),
                                                options.latent, shape, seed ^ kDecoderStream)
                                : dense_layers(options.latent, std::views::reverse(options.hidden),
                                               shape.front(), seed ^ kDecoderStream);
  decoder.to(compute);
  return {std::move(encoder), std::move(decoder)};
}

nn::Work svdd_work(const std::vector<int>& channels, const std::vector<int>& hidden, int latent,
                   const Shape& row) {
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
