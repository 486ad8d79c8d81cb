#include "pipeline/grid_job.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/stop_flag.hpp"
#include "base/text.hpp"
#include "pipeline/cell_job.hpp"
#include "store/run_directory.hpp"

namespace cance::pipeline {
namespace {

std::string metrics_text(const store::RunRecord& record) {
  std::string text;
  for (const auto& metric : record.metrics) {
    text += fmt::format("{} {:.4f}  ", store::method_title(metric.method), metric.value);
  }
  return text;
}

/// The cells of one rank.
class RankJob {
 public:
  RankJob(const config::Config& config, const Plan& plan, const GridOptions& options, int rank)
      : config_(config), plan_(plan), options_(options), dataset_(options.data_file) {
    for (const PlannedCell& planned : plan.missing) {
      if (planned.owner == rank) {
        own_.push_back(planned);
      }
    }
    if (rank == 0 && options.show_progress && !own_.empty()) {
      progress_.emplace(static_cast<double>(own_.size()),
                        plan.missing.size() > own_.size() ? "cells of rank 0" : "cells");
    }
  }

  void run() {
    for (const PlannedCell& planned : own_) {
      if (stop_requested() || (options_.stop_on_failure && any_failure())) {
        break;
      }
      run_cell_safely(planned.cell);
    }
  }

  [[nodiscard]] std::int64_t done() const { return done_; }
  [[nodiscard]] std::int64_t failed() const { return failed_; }

 private:
  /// On any rank: the records of failures on the disk are what ranks know of each other meanwhile.
  [[nodiscard]] bool any_failure() const {
    return failed_ > 0 || std::ranges::any_of(plan_.missing, [this](const PlannedCell& planned) {
             return store::read_failure(options_.runs, planned.cell.name()).has_value();
           });
  }

  void run_cell_safely(const config::Cell& cell) {
    const std::string name = cell.name();
    try {
      const auto record =
          run_cell(config_, cell, dataset_, [&](const std::string& stage, double share) {
            if (progress_) {
              progress_->update(static_cast<double>(done_ + failed_) + share,
                                fmt::format("{}: {}", name, stage), static_cast<int>(failed_));
            }
          });
      store::write_run_file(store::run_path(options_.runs, name), record);
      store::clear_failure(options_.runs, name);
      ++done_;
      log::info("{}: {}in {}", name, metrics_text(record), log::duration_text(record.info.seconds));
    } catch (const Stopped&) {
      log::info("{}: stopped on request; it starts again with the next run", name);
    } catch (const std::exception& error) {
      const std::string message = split(error.what(), '\n').front();  // torch adds a stack trace
      ++failed_;
      log::warn("{}: failed: {}", name, message);
      store::write_failure(options_.runs, name, message);
    }
  }

  const config::Config& config_;
  const Plan& plan_;
  const GridOptions& options_;
  LoadedDataset dataset_;
  std::vector<PlannedCell> own_;
  std::optional<log::Progress> progress_;
  std::int64_t done_ = 0;
  std::int64_t failed_ = 0;
};

}  // namespace

GridResult run_grid(const config::Config& config, const Plan& plan, const GridOptions& options,
                    comm::Communicator& communicator) {
  RankJob job(config, plan, options, communicator.rank());
  job.run();
  std::array<std::int64_t, 3> totals{job.done(), job.failed(), stop_requested() ? 1 : 0};
  communicator.all_reduce(std::span(totals), comm::Op::sum);
  return {totals[0], totals[1], totals[2] > 0};
}

}  // namespace cance::pipeline
