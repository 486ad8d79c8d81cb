// From the files of public data sets to dataset files. `raw` is the folder that holds them, or the
// file. Errors of all: missing files (named), what their readers refuse, another set's file. An
// existing `out` is replaced only by a whole file.
#pragma once

#include <filesystem>
#include <string>

#include "data_prep/prep_summary.hpp"

namespace cance::prep {

/// The four IDX files (images and labels to train on, and to test) of "mnist" or "fashion-mnist":
/// parts "train" and "test", uint8 [n, 1, 28, 28]. Errors: other image sizes, unequal numbers of
/// images and labels, a label beyond the classes.
PrepSummary prep_idx_set(const std::string& set, const std::filesystem::path& raw,
                         const std::filesystem::path& out);

/// MNIST-C: part train = MNIST's training images, class 0 (identity); part test = the test images
/// as they are (class 0), then under each corruption (class 1 to 15), blocks in the order of
/// corruptions(). `raw` holds mnist_c/identity/..., as published (data set `mnist-c`), or MNIST's
/// IDX files (`mnist-c-generated`). Errors: images that are not 28 x 28, blocks of unequal length.
PrepSummary prep_mnist_c(const std::filesystem::path& raw, const std::filesystem::path& out);

/// ODDS: X [n, d] and y [n], 0 normal and 1 anomalous, of a MATLAB file. `set`: "thyroid" or
/// "arrhythmia". Errors: the columns of another set, rows of X and y that differ in number, labels
/// other than 0 and 1, values that are not finite.
PrepSummary prep_odds(const std::string& set, const std::filesystem::path& raw,
                      const std::filesystem::path& out);

/// The same of any .npz of ADBench; the set is named after it ("adbench-cifar10-0" for
/// CIFAR10_0.npz). Error: a folder of several such files.
PrepSummary prep_adbench(const std::filesystem::path& raw, const std::filesystem::path& out);

/// KDDCUP99 (10 % or full): 41 columns and a label. The 7 categorical columns become one-hot
/// ("service=http"), the 34 others stay numbers; rows labelled "normal." are class 1, anomalous,
/// and attacks class 0, normal, as they are the majority. Two passes over the file, so that memory
/// does not grow with it. Errors: not 42 fields, not a number, no row of either class.
PrepSummary prep_kddcup99(const std::filesystem::path& raw, const std::filesystem::path& out);

/// Abalone: sex (M, F, I as 0, 1, 2) and 7 measurements; rings 8, 9, 10 are normal, 3 and 21
/// anomalous, other rows are left out. Errors: not 9 fields, another sex, not a number.
PrepSummary prep_abalone(const std::filesystem::path& raw, const std::filesystem::path& out);

}  // namespace cance::prep
