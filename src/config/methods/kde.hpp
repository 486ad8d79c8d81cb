// The settings of KDE and its place among the methods.
#pragma once

#include "config/methods/projection.hpp"

namespace cance::config {

/// Gaussian kernel density.
struct KdeOptions {
  ProjectionOptions projection;
  int selection_rows = 6000;
  double bandwidth = 0;

  template <class Keys>
  void keys(Keys& k) {
    projection.keys(k);
    k.number("selection_rows", selection_rows, 0, 1 << 30,
             "training rows that choose the bandwidth, drawn by seed; 0: all");
    k.number("bandwidth", bandwidth, 0.0, 1e6,
             "of the kernel; 0: the likeliest of 2^-4.5, 2^-4, ..., 2^5 over five folds "
             "of training rows");
  }
};

struct KdeMethod {
  static constexpr MethodFacts kFacts{"kde", "KDE", "kde"};
  KdeOptions kde;
  static constexpr auto kOptions = &KdeMethod::kde;
};

}  // namespace cance::config
