// Which rows a kernel method sees, and of which columns.
#pragma once

#include <string>
#include <vector>

#include "config/methods/method.hpp"

namespace cance::config {

struct ProjectionOptions {
  std::string input = "normalised";  ///< normalised | raw rows
  std::string projection = "auto";   ///< auto | none | pca | whiten
  double explained = 0.95;           ///< share of the variance that pca and whiten keep
};

/// Their keys in the section of the method.
[[nodiscard]] std::vector<Option> projection_keys(const std::string& method, ProjectionOptions& p);

}  // namespace cance::config
