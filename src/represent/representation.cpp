#include "represent/representation.hpp"

#include <fmt/ranges.h>

#include "base/error.hpp"
#include "config/methods.hpp"
#include "represent/autoencoder.hpp"
#include "represent/pca.hpp"

namespace cance::represent {

std::string normalisation_for(const config::InputOptions& input, const Shape& shape) {
  const bool images = shape.size() == 3;
  if (input.normalisation == "auto") {
    return images ? "none" : "standardise";
  }
  const bool of_images = input.normalisation == "channel" || input.normalisation == "gcn";
  require(input.normalisation == "none" || images == of_images,
          "input.normalisation = {} is for {}, the dataset has rows of {}; expected auto, none{}",
          input.normalisation, images ? "rows of numbers" : "images", fmt::join(shape, "x"),
          images ? ", channel or gcn" : ", standardise or unit");
  return input.normalisation;
}

void require_usable(const config::Config& config, const Shape& shape) {
  require(!config.input.flips || shape.size() == 3,
          "input.flips = on is for images, the dataset has rows of {}", fmt::join(shape, "x"));
  require(!config.input.flips || config.data.window == 0,
          "input.flips = on needs all rows in memory; set data.window = 0");
  if (!config::methods_need_representation(config.grid.methods)) {
    return;
  }
  require(config.feature.folds == 1 || config.data.window == 0,
          "feature.folds = {} needs all rows in memory; set data.window = 0", config.feature.folds);
  require(normalisation_for(config.input, shape) == "gcn" || !config.feature.contrast,
          "feature.contrast = on is for input.normalisation = gcn, which takes the contrast away");
  if (config.autoencoder.network != "pca") {
    static_cast<void>(network_for(config.autoencoder, shape));
  }
}

std::unique_ptr<Representation> make_representation(const config::Config& config,
                                                    const Shape& shape, std::uint64_t seed,
                                                    const nn::Compute& compute) {
  require_usable(config, shape);
  if (config.autoencoder.network == "pca") {
    return std::make_unique<Pca>(config.autoencoder.latent, compute);
  }
  const bool unit_range = shape.size() == 3 && normalisation_for(config.input, shape) == "none";
  return std::make_unique<Autoencoder>(config.autoencoder, config.schedule, shape, unit_range, seed,
                                       compute);
}

}  // namespace cance::represent
