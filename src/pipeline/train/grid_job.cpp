#include "pipeline/train/grid_job.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>

#include "base/error.hpp"
#include "base/stop_flag.hpp"
#include "base/temporary_file.hpp"
#include "nn/device.hpp"
#include "nn/threads.hpp"
#include "pipeline/compute_setup.hpp"
#include "pipeline/train/cell_job.hpp"
#include "pipeline/train/cell_watch.hpp"
#include "store/run_directory.hpp"
#include "store/running.hpp"

namespace cance::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What a rank did, or all of them together.
struct Tally {
  std::int64_t done = 0, failed = 0, stopped = 0;            // stopped: ranks that were asked to
  double in_cells = 0, busy = 0, reducing = 0, present = 0;  // seconds, over all lanes
};

/// The cells of one team, on one of its ranks: each lane takes the next one until none is left.
class TeamJob {
 public:
  TeamJob(const config::Config& config, const Plan& plan, const GridOptions& options,
          const nn::Compute& compute, int team, int world_rank)
      : config_(config),
        options_(options),
        compute_(compute),
        dataset_(options.data_file),
        own_(cells_of(plan, team)),
        watch_(plan, own_, options, leads(), world_rank) {}

  Tally run() {
    std::vector<std::thread> lanes;
    for (int lane = 1; lane < options_.lanes; ++lane) {
      lanes.emplace_back([this, lane] {
        nn::configure_thread(options_.threads);
        run_lane(static_cast<std::size_t>(lane));
      });
    }
    run_lane(0);
    for (std::thread& lane : lanes) {
      lane.join();
    }
    if (broken_) {
      std::rethrow_exception(broken_);
    }
    tally_.done = watch_.done();
    tally_.failed = watch_.failed();
    tally_.reducing = compute_.team.seconds();
    return tally_;
  }

 private:
  static std::vector<PlannedCell> cells_of(const Plan& plan, int team) {
    std::vector<PlannedCell> own;
    std::ranges::copy_if(plan.missing, std::back_inserter(own),
                         [team](const PlannedCell& planned) { return planned.owner == team; });
    return own;
  }

  void run_lane(std::size_t lane) {
    const auto start = Clock::now();
    const nn::OwnStream stream(compute_.device);
    try {
      while (const PlannedCell* planned = next()) {
        run_cell_safely(*planned, lane);
      }
    } catch (...) {  // nothing of this rank can go on; run() tells
      const std::lock_guard lock(mutex_);
      broken_ = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    tally_.busy += seconds_since(start);
  }

  /// The next cell of the team, or none when it is to end; the ranks of a team agree.
  const PlannedCell* next() {
    const std::lock_guard lock(mutex_);
    double end = watch_.should_end() || broken_ ? 1 : 0;
    compute_.team.sum(std::span(&end, 1));
    return end > 0 || next_ == own_.size() ? nullptr : &own_[next_++];
  }

  [[nodiscard]] bool leads() const { return compute_.team.rank() == 0; }

  void run_cell_safely(const PlannedCell& planned, std::size_t lane) {
    watch_.begin(lane, planned);
    try {
      const auto record = run_cell(config_, planned.cell, dataset_, context_of(planned, lane));
      keep(planned.cell.name(), record);
      watch_.succeed(lane, record);
    } catch (const Stopped&) {
      watch_.stop(lane);
    } catch (const Error& error) {
      watch_.fail(lane, error.what());
    } catch (const std::exception& error) {
      if (!compute_.team.alone()) {
        throw;  // the other ranks of the team know nothing of it
      }
      watch_.fail(lane, error.what());
    }
    const double seconds = watch_.end(lane);
    const std::lock_guard lock(mutex_);
    tally_.in_cells += seconds;
  }

  [[nodiscard]] CellContext context_of(const PlannedCell& planned, std::size_t lane) {
    return {
        compute_, store::checkpoint_folder(options_.runs, planned.cell.name()),
        options_.checkpoint_seconds,
        [this, lane](const std::string& stage, double share, const nn::StageProgress& progress) {
          watch_.report(lane, stage, share, progress);
        }};
  }

  /// Writes the run file, in place of what was there of the cell. Collective.
  void keep(const std::string& name, const store::RunRecord& record) {
    compute_.team.run_together([&] {
      if (leads()) {
        store::write_run_file(store::run_path(options_.runs, name), record);
        store::clear_failure(options_.runs, name);
        store::clear_checkpoints(options_.runs, name);
      }
    });
  }

  const config::Config& config_;
  const GridOptions& options_;
  const nn::Compute& compute_;
  LoadedDataset dataset_;
  std::vector<PlannedCell> own_;
  CellWatch watch_;
  std::mutex mutex_;  // of all that follows
  std::size_t next_ = 0;
  Tally tally_;
  std::exception_ptr broken_;
};

/// The tallies of all ranks, added. Collective.
Tally sum_of(const Tally& own, comm::Communicator& all) {
  std::array<std::int64_t, 3> counts{own.done, own.failed, own.stopped};
  std::array<double, 4> seconds{own.in_cells, own.busy, own.reducing, own.present};
  all.all_reduce(std::span(seconds), comm::Op::sum);
  all.all_reduce(std::span(counts), comm::Op::sum);
  return {.done = counts[0],
          .failed = counts[1],
          .stopped = counts[2],
          .in_cells = seconds[0],
          .busy = seconds[1],
          .reducing = seconds[2],
          .present = seconds[3]};
}

/// What a process left that was killed between the file of a cell and the end of its work.
void clear_left_overs(const std::vector<config::Cell>& finished,
                      const std::filesystem::path& runs) {
  for (const config::Cell& cell : finished) {
    store::clear_checkpoints(runs, cell.name());
    store::clear_running(runs, cell.name());
  }
}

}  // namespace

Grid::Grid(const ComputeRequest& request, comm::World& world)
    : world_(world), setup_(std::make_unique<ComputeSetup>(set_up_compute(request, world))) {}

Grid::~Grid() = default;

GridResult Grid::run(const config::Config& config, const Plan& plan, const GridOptions& options) {
  const auto start = Clock::now();
  if (world_.rank() == 0) {
    clear_left_overs(plan.finished, options.runs);
  }
  Tally own = TeamJob(config, plan, options, setup_->compute, setup_->team, world_.rank()).run();
  world_.communicator().barrier();
  if (world_.rank() == 0) {
    remove_left_overs(options.runs);
  }
  own.present = seconds_since(start) * options.lanes;
  own.stopped = stop_requested() ? 1 : 0;
  const Tally all = sum_of(own, world_.communicator());
  return {.done = all.done,
          .failed = all.failed,
          .stopped = all.stopped > 0,
          .idle_share = 1 - all.busy / all.present,
          .overhead_share = 1 - all.in_cells / std::max(all.busy, 1e-9),
          .reduce_share = all.reducing / std::max(all.in_cells, 1e-9)};
}

}  // namespace cance::pipeline
