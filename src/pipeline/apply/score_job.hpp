// Many rows through a trained model, a block at a time, so that rows need not fit in memory.
#pragma once

#include <functional>

#include "pipeline/apply/trained_model.hpp"

namespace cance::pipeline {

/// Up to `most` further rows, one after another; none at the end.
using ReadRows = std::function<std::vector<float>(std::size_t most)>;
/// Takes the blocks in the order of the rows.
using TakeScores = std::function<void(RowScores&& scores)>;

struct ScoreRequest {
  TrainedModel::Wanted wanted = {};
  int threads = 1;  ///< of torch for one block; the bits depend on it
  int lanes = 0;    ///< blocks at a time, 0: as many as there are cores for; no bit depends on it
};

/// One thread at a time reads, and one takes. The first error of any ends all, and is thrown.
void score_rows(const TrainedModel& model, const ReadRows& read, const TakeScores& take,
                const ScoreRequest& request);

}  // namespace cance::pipeline
