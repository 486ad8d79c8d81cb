// MNIST-C: the published arrays, or the same corruptions made from MNIST's own files.
#pragma once

#include <filesystem>

#include "data_prep/prep_summary.hpp"

namespace cance::prep {

/// Writes `out`: part train = MNIST's training images, class 0 (identity); part test = the test
/// images as they are (class 0), then under each corruption (class 1 to 15), blocks in the order of
/// corruptions(). `raw` holds mnist_c/identity/..., as published (data set `mnist-c`), or MNIST's
/// IDX files (`mnist-c-generated`). Errors: neither, missing files (all named), what read_npy and
/// read_idx refuse, images that are not 28 x 28, blocks of unequal length.
PrepSummary prep_mnist_c(const std::filesystem::path& raw, const std::filesystem::path& out);

}  // namespace cance::prep
