// The settings of PixelCNN and its place among the methods.
#pragma once

#include <vector>

#include "config/methods/training.hpp"

namespace cance::config {

/// PixelCNN, for images. No settings were published for anomaly detection; these are small.
struct PixelCnnOptions {
  int levels = 256;   ///< of a channel of a pixel, equal shares of its 256 values
  int features = 32;  ///< of a layer
  int layers = 5;
  int reach = 2;  ///< of a layer: pixels to each side and upwards
  TrainingOptions training = {64, 50, 0, 1e-3, 0, {80}};
};

struct PixelCnnMethod {
  static constexpr MethodFacts kFacts{"pixelcnn", "PixelCNN", "pixelcnn"};
  PixelCnnOptions pixelcnn;
  [[nodiscard]] std::vector<Option> keys();
};

}  // namespace cance::config
