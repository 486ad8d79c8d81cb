// The settings of PixelCNN and its place among the methods.
#pragma once

#include "config/methods/training.hpp"

namespace cance::config {

/// PixelCNN, for images. No settings were published for anomaly detection; these are small.
struct PixelCnnOptions {
  int levels = 256;
  int features = 32;
  int layers = 5;
  int reach = 2;
  TrainingOptions training = {64, 50, 0, 1e-3, 0, {80}};

  template <class Keys>
  void keys(Keys& k) {
    k.number("levels", levels, 2, 256, "of a channel of a pixel, equal shares of its 256 values");
    k.number("features", features, 1, 65536, "of a layer, at least the channels of the images");
    k.number("layers", layers, 1, 1024, "gated layers");
    k.number("reach", reach, 1, 64, "pixels that a layer sees to each side and upwards");
    training.keys(k);
  }
};

struct PixelCnnMethod {
  static constexpr MethodFacts kFacts{"pixelcnn", "PixelCNN", "pixelcnn"};
  PixelCnnOptions pixelcnn;
  static constexpr auto kOptions = &PixelCnnMethod::pixelcnn;
};

}  // namespace cance::config
