// The networks of Deep SVDD and Deep SAD, without a bias and without affine batch normalisation,
// so that they cannot map all rows to one point by themselves.
#pragma once

#include "base/shape.hpp"
#include "config/options.hpp"
#include "nn/sequence.hpp"
#include "nn/work.hpp"

namespace cance::detectors {

struct SvddNetworks {
  nn::Sequence encoder;  ///< (B, row...) -> (B, latent)
  nn::Sequence decoder;  ///< back, for pretraining; images in 0..1
};

/// For rows of this shape, {c, h, w} or {d}. Images: 5 x 5 convolutions of `channels` with leaky
/// ReLU and pooling, dense to `latent`, as published for MNIST (28 x 28, channels 8,4) and CIFAR-10
/// (32 x 32, channels 32,64,128); no channels: those, and for squares of side 8, 16, 64, ... as
/// many of 32,64,... as leave planes of 4 x 4. Tables: layers of `hidden`. Error, in the name of
/// the method: images of other sizes.
[[nodiscard]] nn::Sequence make_svdd_encoder(const std::string& method,
                                             const config::DeepSvddOptions& options,
                                             const Shape& row, std::uint64_t seed,
                                             const nn::Compute& compute);

/// Both. Error besides: for images, a latent that the decoder cannot lay out as 4 x 4 planes.
[[nodiscard]] SvddNetworks make_svdd_networks(const std::string& method,
                                              const config::DeepSvddOptions& options,
                                              const Shape& row, std::uint64_t seed,
                                              const nn::Compute& compute);

/// What a row costs the encoder; the decoder, which mirrors it, costs about as much.
[[nodiscard]] nn::Work svdd_work(const std::vector<int>& channels, const std::vector<int>& hidden,
                                 int latent, const Shape& row);

}  // namespace cance::detectors
