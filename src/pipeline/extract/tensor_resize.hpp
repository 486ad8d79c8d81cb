// Resizing of pictures that are tensors, by the arithmetic of image/resize.
#pragma once

#include "nn/tensor.hpp"

namespace cance::pipeline {

class TensorResize {
 public:
  /// Of pictures of this height and width to squares of `size` pixels, on this device.
  TensorResize(std::int64_t height, std::int64_t width, std::int64_t size, at::Device device);

  /// uint8 (B, C, height, width) to uint8 (B, C, size, size) with the levels of image::resize. The
  /// work of the device alone, so that it can be captured.
  [[nodiscard]] at::Tensor operator()(const at::Tensor& pixels) const;

 private:
  /// Sources and weights of the pixels of a line, (most sources of a pixel, pixels).
  struct Side {
    at::Tensor places, weights;  // none where the side stays as it is
  };
  static Side side(std::int64_t from, std::int64_t to, at::Device device);
  static at::Tensor along(std::int64_t dimension, const at::Tensor& pixels, const Side& side);

  Side rows_, columns_;
};

}  // namespace cance::pipeline
