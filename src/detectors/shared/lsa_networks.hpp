// Encoder and decoder of Latent Space Autoregression (Abati et al., CVPR 2019) as its published
// code has them: residual blocks that halve the image, two dense layers, and back.
#pragma once

#include <vector>

#include "base/shape.hpp"
#include "nn/sequence.hpp"
#include "nn/work.hpp"

namespace cance::detectors {

struct LsaNetworks {
  nn::Sequence encoder;  ///< (B, c, h, w) -> (B, outputs), no activation at its end
  nn::Sequence decoder;  ///< (B, latent) -> (B, c, h, w), no activation either
};

/// For images {c, h, w}. Each of `channels` is a block that halves the image; with three and more a
/// convolution and a residual block of half as many channels as the first come before them. 32,64
/// is the network for MNIST, 64,128,256 that for CIFAR-10. Dense layers in front of a batch
/// normalisation have no bias, which that would take out again. Error: rows that are no images, or
/// sides that the blocks do not halve evenly.
[[nodiscard]] LsaNetworks make_lsa_networks(const std::string& method,
                                            const std::vector<int>& channels, const Shape& row,
                                            std::int64_t outputs, std::int64_t latent,
                                            std::uint64_t seed, const nn::Compute& compute);

/// What a row costs both networks.
[[nodiscard]] nn::Work lsa_work(const std::vector<int>& channels, const Shape& row, int latent);

}  // namespace cance::detectors
