#include "cli/score_columns.hpp"

#include <algorithm>
#include <cmath>

#include "base/cast.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "base/shape.hpp"
#include "data/split.hpp"
#include "data_prep/tables/preparation.hpp"
#include "detectors/detector.hpp"
#include "hdf5/seal.hpp"
#include "store/dataset_file.hpp"

namespace cance::cli {
namespace {

constexpr std::size_t kBackgroundRows = 32;

/// Of each number of a row the raw column that it was made of.
std::vector<std::string> columns_of_numbers(const store::InputRecord& form) {
  std::vector<std::string> columns;
  for (const prep::RawColumn& column :
       prep::parse_preparation(form.preparation, "the run file").columns) {
    const std::size_t numbers = column.use == prep::ColumnUse::left_out  ? 0
                                : column.use == prep::ColumnUse::one_hot ? column.categories.size()
                                                                         : 1;
    columns.insert(columns.end(), numbers, column.name);
  }
  if (columns.size() != element_count(form.row)) {
    columns = form.columns;
  }
  for (std::size_t i = columns.size(); i < element_count(form.row); ++i) {
    columns.push_back(fmt::format("x{}", i));
  }
  return columns;
}

/// Asks for normal rows of a dataset file: the held-out ones where the run was trained on it, else
/// where the labels say what is normal, those of its first part.
void ask_for_normal(prep::InputRequest& request, const store::RunRecord& run) {
  if (hdf5::sealed_kind(request.path) != "dataset") {
    return;
  }
  const store::DatasetFile file(request.path);
  if (!run.split.validation.empty() && data::dataset_sha256(file) == run.info.dataset_sha256) {
    request.part = run.split.train_part;
    request.rows = run.split.validation;
  } else if (run.info.case_name == "all") {
    request.part = file.parts().front();
    const auto& labels = file.labels(request.part);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] == 0) {
        request.rows.push_back(to<std::int64_t>(i));
      }
    }
    require(!request.rows.empty(), "{}: no row of {} is normal", request.path.string(),
            request.part);
  }
}

}  // namespace

std::vector<float> RawColumns::sums(std::span<const float> numbers) const {
  std::vector<float> all;
  for (std::size_t row = 0; row < numbers.size(); row += ends.back()) {
    for (std::size_t column = 0, i = 0; column < ends.size(); ++column) {
      all.push_back(0);
      for (; i < ends[column]; ++i) {
        all.back() += numbers[row + i];
      }
    }
  }
  return all;
}

RawColumns raw_columns(const store::InputRecord& form) {
  RawColumns columns;
  const auto numbers = columns_of_numbers(form);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i == 0 || numbers[i] != numbers[i - 1]) {
      columns.names.push_back(numbers[i]);
      columns.ends.push_back(i);
    }
    columns.ends.back() = i + 1;
  }
  return columns;
}

stats::Background read_background(prep::InputRequest request, const store::RunRecord& run,
                                  const pipeline::TrainedModel& model) {
  const std::string path = request.path.string();
  require(model.row().size() == 1, "--background is for tables, the run was trained on images");
  require(path != "-", "--background -: expected a file of normal rows");
  ask_for_normal(request, run);
  const auto input = prep::open_input(request, run.input);
  const std::size_t width = element_count(model.row());
  const Random random(/*seed=*/0, Purpose::shuffle);
  stats::Background drawn;
  std::size_t seen = 0;
  for (auto rows = input->next(model.block_rows()); !rows.empty();
       rows = input->next(model.block_rows())) {
    const auto scores = model.score(rows, {}).scores;
    for (std::size_t row = 0; row < scores.size(); ++row) {
      if (std::isnan(scores[row]) || scores[row] == detectors::kOverflow) {
        continue;
      }
      const std::size_t place = seen < kBackgroundRows ? seen : random.below(seen + 1, seen);
      ++seen;
      if (place >= kBackgroundRows) {  // each row stays as likely as any other
        continue;
      }
      drawn.rows.resize(std::max(drawn.rows.size(), (place + 1) * width));
      drawn.scores.resize(std::max(drawn.scores.size(), place + 1));
      std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(row * width), width,
                  drawn.rows.begin() + static_cast<std::ptrdiff_t>(place * width));
      drawn.scores[place] = scores[row];
    }
  }
  require(seen > 0, "{}: no row of it can be scored, so that nothing can be compared with it",
          path);
  return drawn;
}

}  // namespace cance::cli
