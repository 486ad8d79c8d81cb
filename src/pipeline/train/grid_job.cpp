#include "pipeline/train/grid_job.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

#include "base/atomic_file.hpp"
#include "base/build_info.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/stop_flag.hpp"
#include "base/text.hpp"
#include "config/methods.hpp"
#include "nn/device.hpp"
#include "nn/threads.hpp"
#include "pipeline/compute_setup.hpp"
#include "pipeline/stop_mark.hpp"
#include "pipeline/train/cell_job.hpp"
#include "store/run_directory.hpp"
#include "store/running.hpp"
#include "store/titles.hpp"

namespace cance::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What this rank has done so far; lanes share it.
struct Tally {
  std::int64_t done = 0, failed = 0;
  double in_cells = 0, busy = 0, reducing = 0;  // seconds, over all lanes
};

/// "CELL by rank 0 on node7 (process 4711, seen 3 s ago), ..." of the first few.
std::string work_of_others(const std::vector<store::RunningCell>& records) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> texts;
  for (const store::RunningCell& record : records) {
    texts.push_back(fmt::format("{} by rank {} on {} (process {}, seen {:.0f} s ago)", record.cell,
                                record.rank, record.host, record.process,
                                std::max(0.0, record.age)));
  }
  if (texts.size() > kShown) {
    const std::size_t more = texts.size() - kShown;
    texts.resize(kShown);
    texts.push_back(fmt::format("and {} more", more));
  }
  return join(texts, ", ");
}

/// The cells of one team, on one of its ranks.
class TeamJob {
 public:
  TeamJob(const config::Config& config, const Plan& plan, const GridOptions& options,
          const nn::Compute& compute, int team, int world_rank)
      : config_(config),
        plan_(plan),
        options_(options),
        compute_(compute),
        world_rank_(world_rank),
        dataset_(options.data_file),
        mark_(options.stop_mark),
        shares_(static_cast<std::size_t>(options.lanes)),
        costs_(shares_.size()) {
    for (const PlannedCell& planned : plan.missing) {
      if (planned.owner == team) {
        own_.push_back(planned);
        cost_ += planned.cost;
      }
    }
    if (world_rank == 0 && options.show_progress && !own_.empty()) {
      progress_.emplace(static_cast<double>(own_.size()),
                        plan.missing.size() > own_.size() ? "cells of rank 0" : "cells");
    }
    std::vector<std::string> names;
    for (const PlannedCell& planned : own_) {
      names.push_back(planned.cell.name());
    }
    warn_of_others(names);
  }

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
    tally_.reducing = compute_.team.seconds();
    return tally_;
  }

 private:
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
    mark_.poll();
    double end = stop_requested() || broken_ || (options_.stop_on_failure && any_failure()) ? 1 : 0;
    compute_.team.sum(std::span(&end, 1));
    return end > 0 || next_ == own_.size() ? nullptr : &own_[next_++];
  }

  /// On any rank: the records of failures on the disk are what ranks know of each other meanwhile.
  [[nodiscard]] bool any_failure() const {
    return tally_.failed > 0 ||
           std::ranges::any_of(plan_.missing, [this](const PlannedCell& planned) {
             return store::read_failure(options_.runs, planned.cell.name()).has_value();
           });
  }

  [[nodiscard]] bool leads() const { return compute_.team.rank() == 0; }

  /// Once: a second run of the same cells does all work twice. Runs that start at the same moment
  /// see each other only when they tell of a cell.
  void warn_of_others(const std::vector<std::string>& cells) {
    if (!leads() || warned_) {
      return;
    }
    try {
      const auto others = store::running_elsewhere(options_.runs, cells);
      warned_ = !others.empty();
      if (warned_) {
        log::warn(
            "another run is training cells of this one: {}; stop one of the two, or let them share "
            "the grid by --worker 0/2 and --worker 1/2",
            work_of_others(others));
      }
    } catch (const std::exception& error) {  // a record that cannot be read stops no work
      warned_ = true;
      log::warn("{}", error.what());
    }
  }

  void run_cell_safely(const PlannedCell& planned, std::size_t lane) {
    const auto start = Clock::now();
    const config::Cell& cell = planned.cell;
    const std::string name = cell.name();
    try {
      finish(name, run_cell(config_, cell, dataset_, context_of(planned, lane)));
    } catch (const Stopped&) {
      if (leads()) {
        log::info("{}: stopped on request; the next run goes on from its checkpoint", name);
      }
    } catch (const Error& error) {
      fail_cell(name, error.what());
    } catch (const std::exception& error) {
      if (!compute_.team.alone()) {
        throw;  // the other ranks of the team know nothing of it
      }
      fail_cell(name, error.what());
    }
    const std::lock_guard lock(mutex_);
    if (leads()) {
      store::clear_running(options_.runs, name);
    }
    shares_[lane] = 0;
    costs_[lane] = 0;
    done_cost_ += planned.cost;
    tally_.in_cells += seconds_since(start);
  }

  [[nodiscard]] CellContext context_of(const PlannedCell& planned, std::size_t lane) {
    const auto start = Clock::now();
    const std::string name = planned.cell.name();
    costs_[lane] = planned.cost;
    return {compute_, store::checkpoint_folder(options_.runs, name), options_.checkpoint_seconds,
            [this, name, lane, start](const std::string& stage, double share,
                                      const nn::StageProgress& progress) {
              report(name, lane, stage, share, progress, start);
            }};
  }

  void finish(const std::string& name, const store::RunRecord& record) {
    compute_.team.run_together([&] {
      if (leads()) {
        store::write_run_file(store::run_path(options_.runs, name), record);
        store::clear_failure(options_.runs, name);
        store::clear_checkpoints(options_.runs, name);
      }
    });
    if (leads()) {
      const std::lock_guard lock(mutex_);
      ++tally_.done;
      log::info("{}: {}; {}", name, store::metrics_text(record.metrics),
                log::duration_text(record.info.seconds));
    }
  }

  void fail_cell(const std::string& name, const std::string& text) {
    const std::string message = split(text, '\n').front();  // torch adds a stack trace
    if (leads()) {
      const std::lock_guard lock(mutex_);
      ++tally_.failed;
      log::warn("{}: failed: {}", name, message);
      store::write_failure(options_.runs, name, message);
    }
  }

  void report(const std::string& name, std::size_t lane, const std::string& stage, double share,
              const nn::StageProgress& progress, Clock::time_point start) {
    const std::lock_guard lock(mutex_);
    mark_.poll();
    shares_[lane] = share;
    if (progress_) {
      const double done = static_cast<double>(tally_.done + tally_.failed) +
                          std::accumulate(shares_.begin(), shares_.end(), 0.0);
      const double cost =
          std::inner_product(shares_.begin(), shares_.end(), costs_.begin(), done_cost_);
      progress_->update(done, cost / std::max(cost_, 1e-9), fmt::format("{}: {}", name, stage),
                        static_cast<int>(tally_.failed));
    }
    auto& last = told_[name];
    if (leads() && Clock::now() - last >= kTellEvery) {
      last = Clock::now();
      warn_of_others({name});
      const double seconds = seconds_since(start);
      store::RunningCell record;
      record.cell = name;
      record.host = host_name();
      record.stage = stage;
      record.rank = world_rank_;
      record.process = ::getpid();
      record.epoch = progress.epoch;
      record.epochs = progress.epochs;
      record.done = share;
      if (seconds >= log::Progress::kBasis && share > 0) {
        record.seconds_left = seconds * (1 - share) / share;
      }
      store::write_running(options_.runs, record);
    }
  }

  static constexpr std::chrono::seconds kTellEvery{5};

  const config::Config& config_;
  const Plan& plan_;
  const GridOptions& options_;
  const nn::Compute& compute_;
  int world_rank_;
  LoadedDataset dataset_;
  std::vector<PlannedCell> own_;
  std::mutex mutex_;  // of all that follows
  StopMark mark_;
  std::size_t next_ = 0;
  std::vector<double> shares_, costs_;  // of the cell under way, by lane
  double cost_ = 0, done_cost_ = 0;     // of all cells of the team, estimated
  std::map<std::string, Clock::time_point> told_;
  std::optional<log::Progress> progress_;
  Tally tally_;
  std::exception_ptr broken_;
  bool warned_ = false;  // of another run
};

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
  const Tally own =
      TeamJob(config, plan, options, setup_->compute, setup_->team, world_.rank()).run();
  world_.communicator().barrier();
  if (world_.rank() == 0) {
    remove_left_overs(options.runs);
  }
  const double whole = seconds_since(start) * options.lanes;
  std::array<double, 5> seconds{own.in_cells, own.busy, own.reducing, whole,
                                stop_requested() ? 1.0 : 0.0};
  std::array<std::int64_t, 2> counts{own.done, own.failed};
  world_.communicator().all_reduce(std::span(seconds), comm::Op::sum);
  world_.communicator().all_reduce(std::span(counts), comm::Op::sum);
  const double in_cells = std::max(seconds[0], 1e-9);
  return {counts[0],
          counts[1],
          seconds[4] > 0,
          1 - seconds[1] / seconds[3],
          1 - seconds[0] / std::max(seconds[1], 1e-9),
          seconds[2] / in_cells};
}

}  // namespace cance::pipeline
