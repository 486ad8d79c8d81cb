#include "represent/networks.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/cast.hpp"
#include "base/error.hpp"

namespace cance::represent {
namespace {

constexpr double kSlope = 0.1;  // of the leaky ReLU
constexpr double kNoRelu = 1.0;
constexpr std::uint64_t kDecoderStream = 0x9E3779B97F4A7C15ULL;
constexpr std::int64_t kSmallestSide = 2;  // of an image between convolutions

/// Between two convolutions: channels and sides.
struct Plane {
  std::int64_t channels = 0, height = 0, width = 0;
};

/// Kernel with which stride 2 and padding 1 halve a side exactly, and back.
std::int64_t kernel_for(std::int64_t side) { return side % 2 == 0 ? 4 : 3; }

/// The image and what every convolution leaves of it.
std::vector<Plane> planes_of(const config::AutoencoderOptions& options, const Shape& shape) {
  std::vector<Plane> planes{
      {to<std::int64_t>(shape[0]), to<std::int64_t>(shape[1]), to<std::int64_t>(shape[2])}};
  for (const int channels : options.channels) {
    const Plane& last = planes.back();
    planes.push_back({channels, (last.height + 1) / 2, (last.width + 1) / 2});
  }
  return planes;
}

AutoencoderNetwork conv(const config::AutoencoderOptions& options, const Shape& shape,
                        std::uint64_t seed) {
  const std::vector<Plane> planes = planes_of(options, shape);
  const Plane& top = planes.back();
  const std::int64_t flat = top.channels * top.height * top.width;
  nn::Sequence encoder(seed);
  for (std::size_t i = 1; i < planes.size(); ++i) {
    const Plane& from = planes[i - 1];
    encoder.conv(from.channels, planes[i].channels, kernel_for(from.height), 2, 1, /*bias=*/false)
        .norm(planes[i].channels, /*affine=*/true, kSlope);
  }
  encoder.flatten().dense(flat, options.latent, false).norm(options.latent, false, kNoRelu);
  nn::Sequence decoder(seed ^ kDecoderStream);
  decoder.dense(options.latent, flat, false)
      .norm(flat, true, kSlope)
      .unflatten(top.channels, top.height, top.width);
  for (std::size_t i = planes.size() - 1; i > 0; --i) {
    const Plane& to_plane = planes[i - 1];
    const bool last = i == 1;
    decoder.conv_transpose(planes[i].channels, to_plane.channels, kernel_for(to_plane.height), 2, 1,
                           /*bias=*/last);
    if (!last) {
      decoder.norm(to_plane.channels, true, kSlope);
    }
  }
  return {std::move(encoder), std::move(decoder)};
}

AutoencoderNetwork dense(const config::AutoencoderOptions& options, std::int64_t columns,
                         std::uint64_t seed) {
  std::vector<std::int64_t> widths{columns};
  widths.insert(widths.end(), options.hidden.begin(), options.hidden.end());
  nn::Sequence encoder(seed);
  for (std::size_t i = 1; i < widths.size(); ++i) {
    encoder.dense(widths[i - 1], widths[i], false).norm(widths[i], true, kSlope);
  }
  encoder.dense(widths.back(), options.latent, false).norm(options.latent, false, kNoRelu);
  nn::Sequence decoder(seed ^ kDecoderStream);
  std::int64_t width = options.latent;
  for (std::size_t i = widths.size() - 1; i > 0; --i) {
    decoder.dense(width, widths[i], false).norm(widths[i], true, kSlope);
    width = widths[i];
  }
  decoder.dense(width, columns, /*bias=*/true);
  return {std::move(encoder), std::move(decoder)};
}

void require_halvable(const config::AutoencoderOptions& options, const Shape& shape) {
  const std::vector<Plane> planes = planes_of(options, shape);
  for (std::size_t i = 0; i + 1 < planes.size(); ++i) {
    const Plane& plane = planes[i];
    require(
        plane.height % 2 == plane.width % 2 && std::min(plane.height, plane.width) > kSmallestSide,
        "autoencoder.network = {} cannot halve images of {} {} times; take larger square ones "
        "(`cance prep folder --size 28`), fewer autoencoder.channels, or pca",
        options.network == "auto" ? "auto (conv for images)" : options.network,
        fmt::join(shape, "x"), options.channels.size());
  }
}

}  // namespace

std::string network_for(const config::AutoencoderOptions& options, const Shape& shape) {
  const bool images = shape.size() == 3;
  const std::string fitting = images ? "conv" : "dense";
  const std::string& name = options.network == "auto" ? fitting : options.network;
  require(name == fitting,
          "autoencoder.network = {} takes {}, the dataset has rows of {}; expected auto, {} or pca",
          name, images ? "rows of numbers" : "images", fmt::join(shape, "x"), fitting);
  if (images) {
    require_halvable(options, shape);
  }
  return name;
}

AutoencoderNetwork make_network(const config::AutoencoderOptions& options, const Shape& shape,
                                bool unit_range, std::uint64_t seed, const nn::Compute& compute) {
  const bool images = network_for(options, shape) == "conv";
  auto network =
      images ? conv(options, shape, seed) : dense(options, to<std::int64_t>(shape.front()), seed);
  if (unit_range) {
    network.decoder.sigmoid();
  }
  network.encoder.to(compute);
  network.decoder.to(compute);
  return network;
}

nn::Work network_work(const config::AutoencoderOptions& options, const Shape& shape) {
  if (shape.size() == 1) {
    std::vector<double> widths{static_cast<double>(shape.front())};
    widths.insert(widths.end(), options.hidden.begin(), options.hidden.end());
    widths.push_back(options.latent);
    return nn::Work().chain(widths) * 2;
  }
  constexpr double kKernel = 16;
  const std::vector<Plane> planes = planes_of(options, shape);
  const auto pixels = [](const Plane& plane) {
    return static_cast<double>(plane.height * plane.width);
  };
  nn::Work work;
  for (std::size_t i = 1; i < planes.size(); ++i) {
    const auto in = static_cast<double>(planes[i - 1].channels);
    const auto out = static_cast<double>(planes[i].channels);
    work.conv(in, out, kKernel, pixels(planes[i]));
    work.conv(out, in, kKernel / 4, pixels(planes[i - 1]));
  }
  const double top = static_cast<double>(planes.back().channels) * pixels(planes.back());
  return work.dense(top, options.latent).dense(options.latent, top);
}

}  // namespace cance::represent
