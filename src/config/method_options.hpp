// The settings of the methods that CANCE is compared with; defaults are the published ones
// (protocols.md section 6).
#pragma once

#include <string>
#include <vector>

namespace cance::config {

/// Nearest neighbours among the training rows.
struct KnnOptions {
  int neighbours = 5;                ///< k
  std::string distance = "mean";     ///< mean of the k distances | kth of them
  std::string input = "normalised";  ///< normalised | raw rows
  int rows = 0;                      ///< training rows that are kept, drawn by seed; 0: all
};

/// Which rows a kernel method sees, and of which columns.
struct ProjectionOptions {
  std::string input = "normalised";  ///< normalised | raw rows
  std::string projection = "auto";   ///< auto | none | pca | whiten
  double explained = 0.95;           ///< share of the variance that pca and whiten keep
};

/// Gaussian kernel density; the bandwidth is the one of 2^-4.5, 2^-4, ..., 2^5 that five folds of
/// the training rows find most likely.
struct KdeOptions {
  ProjectionOptions projection;
  int selection_rows = 6000;  ///< training rows that choose the bandwidth; 0: all
};

/// One-class support vector machine with a Gaussian kernel, the same as SVDD with that kernel.
struct OcsvmOptions {
  ProjectionOptions projection;
  double nu = 0.1;          ///< highest share of training rows outside
  double gamma = 0;         ///< of the kernel; 0: 1 / (columns x variance of all numbers)
  double tolerance = 1e-3;  ///< of the dual problem
  int rows = 10000;         ///< training rows that are kept, drawn by seed; 0: all
};

/// Distance from the mean in units of the covariance.
struct MahalanobisOptions {
  std::string input = "normalised";  ///< normalised | raw rows
};

}  // namespace cance::config
