// Which rows a kernel method sees, and of which columns.
#pragma once

#include <string>

#include "config/methods/method.hpp"

namespace cance::config {

struct ProjectionOptions {
  std::string input = "normalised";
  std::string projection = "auto";
  double explained = 0.95;

  template <class Keys>
  void keys(Keys& k) {
    k.choice("input", input, {"normalised", "raw"}, "rows that " + k.section() + " sees");
    k.choice("projection", projection, {"auto", "none", "pca", "whiten"},
             "pca: principal components; whiten: the same with variance 1; auto: whiten for "
             "images, none for tables");
    k.number("explained", explained, 0.01, 1.0,
             "share of the variance that the principal components explain");
  }
};

}  // namespace cance::config
