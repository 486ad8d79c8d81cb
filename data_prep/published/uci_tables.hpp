// Tables of the UCI archives: KDDCUP99 and abalone.
#pragma once

#include <filesystem>

#include "data_prep/prep_summary.hpp"

namespace cance::prep {

/// KDDCUP99 (10 % or full): 41 columns and a label. The 7 categorical columns become one-hot
/// ("service=http"), the 34 others stay numbers; rows labelled "normal." are class 1, anomalous,
/// and attacks class 0, normal, as they are the majority. Two passes over the file, so that memory
/// does not grow with it. Errors: as CsvReader, not 42 fields, not a number, no row of either
/// class.
PrepSummary prep_kddcup99(const std::filesystem::path& raw, const std::filesystem::path& out);

/// Abalone: sex (M, F, I as 0, 1, 2) and 7 measurements; rings 8, 9, 10 are normal, 3 and 21
/// anomalous, other rows are left out. Errors: as CsvReader, not 9 fields, another sex, not a
/// number.
PrepSummary prep_abalone(const std::filesystem::path& raw, const std::filesystem::path& out);

}  // namespace cance::prep
