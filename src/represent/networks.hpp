// The autoencoder networks by name.
#pragma once

#include <string>

#include "base/shape.hpp"
#include "config/options.hpp"
#include "nn/sequence.hpp"
#include "nn/work.hpp"

namespace cance::represent {

struct AutoencoderNetwork {
  nn::Sequence encoder;  ///< (B, row...) -> (B, m), ends in batch normalisation without affine
  nn::Sequence decoder;  ///< (B, m) -> (B, row...)
};

/// "conv" or "dense": what "auto" means for such rows. Error: the network does not take them.
[[nodiscard]] std::string network_for(const config::AutoencoderOptions& options,
                                      const Shape& shape);

/// conv: a convolution a number of `channels`, each halving the image (kernel 4 on even, 3 on odd
/// sides), dense to m; dense: layers of `hidden` widths, then m. The decoder mirrors. Batch
/// normalisation and leaky ReLU between; a sigmoid at the end where values lie in 0..1
/// (`unit_range`). Weights from `seed`. Error as of network_for.
[[nodiscard]] AutoencoderNetwork make_network(const config::AutoencoderOptions& options,
                                              const Shape& shape, bool unit_range,
                                              std::uint64_t seed, const nn::Compute& compute = {});

/// What a row costs both of them.
[[nodiscard]] nn::Work network_work(const config::AutoencoderOptions& options, const Shape& shape);

}  // namespace cance::represent
