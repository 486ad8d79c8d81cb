// From the four IDX files of a public image set to a dataset file.
#pragma once

#include <filesystem>
#include <string>

#include "data_prep/catalogue.hpp"
#include "data_prep/prep_summary.hpp"

namespace cance::prep {

/// Reads images and labels of `set` (of the catalogue: training images, training labels, test
/// images, test labels) in `raw_folder`, checks them and writes `out`: parts "train"
/// and "test", uint8 [n, 1, 28, 28], labels, class names, licence and the SHA-256 of each source.
/// Errors: unknown set, missing files (all named), whatever read_idx refuses, image sizes other
/// than the set's, unequal numbers of images and labels, a label beyond the classes. An existing
/// `out` is replaced only by a whole file.
PrepSummary prep_idx_set(const std::string& set, const std::filesystem::path& raw_folder,
                         const std::filesystem::path& out);

}  // namespace cance::prep
