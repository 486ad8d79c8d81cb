#include "config/methods/pixelcnn.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> PixelCnnMethod::keys() {
  std::vector<Option> rows{
      number("pixelcnn.levels", pixelcnn.levels, 2, 256,
             "of a channel of a pixel, equal shares of its 256 values"),
      number("pixelcnn.features", pixelcnn.features, 1, 65536,
             "of a layer, at least the channels of the images"),
      number("pixelcnn.layers", pixelcnn.layers, 1, 1024, "gated layers"),
      number("pixelcnn.reach", pixelcnn.reach, 1, 64,
             "pixels that a layer sees to each side and upwards"),
  };
  append(rows, training_keys("pixelcnn", pixelcnn.training, 1));
  return rows;
}

}  // namespace cance::config
