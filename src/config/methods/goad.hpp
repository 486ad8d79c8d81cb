// The settings of GOAD and its place among the methods.
#pragma once

#include "config/methods/training.hpp"

namespace cance::config {

/// GOAD, for tables.
struct GoadOptions {
  int transforms = 256;
  int size = 32;
  bool offsets = false;
  int width = 8;
  int layers = 1;
  double margin = 1;
  double triplet_weight = 0.1;
  TrainingOptions training = {64, 1, 0, 1e-3, 0, {}};

  template <class Keys>
  void keys(Keys& k) {
    k.number("transforms", transforms, 2, 1 << 16, "random maps of a row");
    k.number("size", size, 1, 1 << 16, "numbers that each gives");
    k.flag("offsets", offsets, "affine maps, as in the paper; the published code has linear ones");
    k.number("width", width, 1, 1 << 16, "of the layers, the features among them");
    k.number("layers", layers, 1, 64, "layers below the features");
    k.number("margin", margin, 0.0, 1e6, "of the triplet loss");
    k.number("triplet_weight", triplet_weight, 0.0, 1e6,
             "of the triplet loss, beside the cross entropy's 1");
    training.keys(k);
  }
};

struct GoadMethod {
  static constexpr MethodFacts kFacts{"goad", "GOAD", "goad"};
  GoadOptions goad;
  static constexpr auto kOptions = &GoadMethod::goad;
};

}  // namespace cance::config
