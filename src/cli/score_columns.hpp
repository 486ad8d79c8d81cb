// What columns of a raw table have to do with the scores of its rows.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "data_prep/input_rows.hpp"
#include "pipeline/apply/trained_model.hpp"
#include "store/run_file.hpp"

namespace cance::cli {

/// Columns of the raw table, and where the numbers of each end in a row.
struct RawColumns {
  std::vector<std::string> names;
  std::vector<std::size_t> ends;

  /// The sum of the numbers of each column, of rows one after another.
  [[nodiscard]] std::vector<float> sums(std::span<const float> numbers) const;
};

[[nodiscard]] RawColumns raw_columns(const store::InputRecord& form);

/// Rows of `request` with which columns are compared, and their scores: of the run's own dataset
/// file those held out of training, else those of the file that can be scored; of many a drawn few.
/// Errors: those of open_input; standard input; images; no row that can be scored.
[[nodiscard]] stats::Background read_background(prep::InputRequest request,
                                                const store::RunRecord& run,
                                                const pipeline::TrainedModel& model);

}  // namespace cance::cli
