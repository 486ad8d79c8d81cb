// The autoencoder networks by name.
#pragma once

#include <string>
#include <vector>

#include "nn/sequence.hpp"

namespace cance::represent {

struct AutoencoderNetwork {
  nn::Sequence encoder;  ///< (B, c, h, w) -> (B, m), ends in batch normalisation without affine
  nn::Sequence decoder;  ///< (B, m) -> (B, c, h, w)
};

/// Error when the network does not take rows of this shape.
void require_network_shape(const std::string& name, const std::vector<std::size_t>& row_shape);

/// "conv28": 1x28x28 in 0..1; convolutions 1-16-32-64, dense 1024-m; mirrored, sigmoid. Weights
/// from `seed`.
[[nodiscard]] AutoencoderNetwork make_network(const std::string& name, std::int64_t latent,
                                              std::uint64_t seed, const nn::Compute& compute = {});

}  // namespace cance::represent
