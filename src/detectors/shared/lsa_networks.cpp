#include "detectors/shared/lsa_networks.hpp"

#include <fmt/ranges.h>

#include "base/error.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

constexpr double kLsaSlope = 0.01;    // of the leaky ReLU
constexpr std::size_t kStemFrom = 3;  // blocks, with which a stem comes first

/// A seed for every sequence of the networks.
class Seeds {
 public:
  explicit Seeds(std::uint64_t seed) : seed_(seed) {}
  [[nodiscard]] nn::Sequence next() { return nn::Sequence(seed_ ^ (kStep * ++count_)); }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15ULL;
  std::uint64_t seed_, count_ = 0;
};

void add_down(nn::Sequence& net, Seeds& seeds, std::int64_t in, std::int64_t out) {
  nn::Sequence body = seeds.next();
  body.conv(in, out, 3, 2, 1, /*bias=*/false).norm(out, /*affine=*/true, kLsaSlope);
  body.conv(out, out, 3, 1, 1, false).norm(out, true, /*slope=*/1);
  nn::Sequence shortcut = seeds.next();
  shortcut.conv(in, out, 1, 2, 0, false).norm(out, true, 1);
  net.residual(body, shortcut, kLsaSlope);
}

void add_up(nn::Sequence& net, Seeds& seeds, std::int64_t in, std::int64_t out) {
  nn::Sequence body = seeds.next();
  body.conv_transpose(in, out, 5, 2, 2, /*bias=*/false, /*extra=*/1).norm(out, true, kLsaSlope);
  body.conv(out, out, 3, 1, 1, false).norm(out, true, 1);
  nn::Sequence shortcut = seeds.next();
  shortcut.conv_transpose(in, out, 1, 2, 0, false, 1).norm(out, true, 1);
  net.residual(body, shortcut, kLsaSlope);
}

void add_level(nn::Sequence& net, Seeds& seeds, std::int64_t channels) {
  nn::Sequence body = seeds.next();
  body.conv(channels, channels, 3, 1, 1, /*bias=*/false).norm(channels, true, kLsaSlope);
  body.conv(channels, channels, 3, 1, 1, false).norm(channels, true, 1);
  net.residual(body, seeds.next(), kLsaSlope);
}

void require_fitting(const std::string& method, const std::vector<int>& channels,
                     at::IntArrayRef shape) {
  require(shape.size() == 3,
          "{} is for images, the dataset has rows of {} numbers; take it out of "
          "grid.methods",
          method, fmt::join(shape, "x"));
  const std::int64_t unit = std::int64_t{1} << channels.size();
  require(shape[1] % unit == 0 && shape[2] % unit == 0,
          "{}.channels = {}: {} blocks halve images whose sides are multiples of {}, the dataset "
          "has {}; give fewer",
          method, fmt::join(channels, ","), channels.size(), unit, fmt::join(shape, "x"));
  require(channels.front() % 2 == 0, "{}.channels = {}: expected an even first number", method,
          fmt::join(channels, ","));
}

}  // namespace

LsaNetworks make_lsa_networks(const std::string& method, const std::vector<int>& channels,
                              const Shape& row, std::int64_t outputs, std::int64_t latent,
                              std::uint64_t seed, const nn::Compute& compute) {
  const std::vector<std::int64_t> shape = nn::sizes_of(row);
  require_fitting(method, channels, shape);
  const bool stem = channels.size() >= kStemFrom;
  const std::int64_t first = channels.front() / 2;
  const std::int64_t top = channels.back();
  const std::int64_t height = shape[1] >> channels.size();
  const std::int64_t width = shape[2] >> channels.size();
  Seeds seeds(seed);

  nn::Sequence encoder = seeds.next();
  std::int64_t in = shape[0];
  if (stem) {  // without padding; the blocks round up
    encoder.conv(in, first, 3, 1, 0, /*bias=*/false).leaky(kLsaSlope);
    add_level(encoder, seeds, first);
    in = first;
  }
  for (const int out : channels) {
    add_down(encoder, seeds, in, out);
    in = out;
  }
  encoder.flatten().dense(top * height * width, top, false).norm(top, true, kLsaSlope);
  encoder.dense(top, outputs, /*bias=*/true);

  nn::Sequence decoder = seeds.next();
  decoder.dense(latent, top, false).norm(top, true, kLsaSlope);
  decoder.dense(top, top * height * width, false).norm(top * height * width, true, kLsaSlope);
  decoder.unflatten(top, height, width);
  for (std::size_t i = channels.size(); i-- > 0;) {
    add_up(decoder, seeds, channels[i], i > 0 ? channels[i - 1] : first);
  }
  if (stem) {
    add_level(decoder, seeds, first);
  }
  decoder.conv(first, shape[0], 1, 1, 0, false);

  encoder.to(compute);
  decoder.to(compute);
  return {std::move(encoder), std::move(decoder)};
}

nn::Work lsa_work(const std::vector<int>& channels, const Shape& row, int latent) {
  nn::Work work;
  if (row.size() != 3) {
    return work;  // refused before it trains
  }
  auto in = static_cast<double>(row[0]);
  auto pixels = static_cast<double>(row[1] * row[2]);
  for (const int out : channels) {  // body and shortcut, down and up again
    pixels /= 4;
    work.conv(in, out, 10, pixels).conv(out, out, 9, pixels);
    work.conv(out, in, 26, pixels).conv(in, in, 9, 4 * pixels);
    work.elements += out * pixels + 4 * in * pixels;
    in = out;
  }
  return work + nn::Work().chain({in * pixels, in, 1.0 * latent}) * 2;
}

}  // namespace cance::detectors
