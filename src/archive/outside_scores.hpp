// Scores that another program gave the rows of a cell: they become a method of its run.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "store/run_file.hpp"

namespace cance::archive {

/// By row number in the part of the dataset file, as /index and /split/validation have it.
struct OutsideScores {
  std::map<std::int64_t, double> test;
  std::map<std::int64_t, double> validation;  ///< of rows held out, for a threshold; may be empty
};

/// Error: a name that a method cannot have: empty, with other characters than letters, digits, '_'
/// and '-', or that of a method of this program.
void require_outside_name(const std::string& method);

/// Adds the method with its metrics and, where validation rows are scored, its threshold, or puts
/// it in the place of outside scores of that name. Errors: scores of the run's own under this name,
/// a test row without a score, a row that is none of the part's; of validation rows the same.
void add_scores(store::RunRecord& run, const std::string& method, const OutsideScores& scores,
                const store::ScoreOrigin& origin);

}  // namespace cance::archive
