// Published tables that come as X [n, d] and y [n], 0 normal and 1 anomalous: the MATLAB files of
// ODDS and the .npz files of ADBench.
#pragma once

#include <filesystem>
#include <string>

#include "data_prep/prep_summary.hpp"

namespace cance::prep {

/// `set`: "thyroid" or "arrhythmia". Errors: as read_mat, the columns of another set, rows of X and
/// y that differ in number, labels other than 0 and 1, values that are not finite.
PrepSummary prep_odds(const std::string& set, const std::filesystem::path& raw,
                      const std::filesystem::path& out);

/// Any file of ADBench; the set is named after it ("adbench-cifar10-0" for CIFAR10_0.npz). Errors:
/// as read_npz, a folder of several such files, and as above.
PrepSummary prep_adbench(const std::filesystem::path& raw, const std::filesystem::path& out);

}  // namespace cance::prep
