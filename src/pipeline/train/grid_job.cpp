#include "pipeline/train/grid_job.hpp"

#include <algorithm>
#include <array>
#include <barrier>
#include <chrono>
#include <deque>
#include <exception>
#include <iterator>
#include <latch>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/stop_flag.hpp"
#include "base/temporary_file.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "nn/failure.hpp"
#include "nn/threads.hpp"
#include "nn/warm_up.hpp"
#include "pipeline/compute_setup.hpp"
#include "pipeline/train/calibration.hpp"
#include "pipeline/train/cell_watch.hpp"
#include "pipeline/train/ensemble_job.hpp"
#include "pipeline/train/fuse.hpp"
#include "pipeline/train/provenance.hpp"
#include "store/finished_runs.hpp"
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
  std::int64_t done = 0, failed = 0, unjoined = 0;
  std::int64_t stopped = 0;                                  // ranks that were asked to
  int lanes = 1;                                             // of this rank
  double in_cells = 0, busy = 0, reducing = 0, present = 0;  // seconds, over all lanes
};

/// The cells of one team, on one of its ranks: each lane takes the next one until none is left.
class TeamJob {
 public:
  TeamJob(const std::vector<config::Experiment>& experiments, const EnsembleJob& ensembles,
          const Plan& plan, const GridOptions& options, const GridParts& parts,
          const nn::Compute& compute, int team, int world_rank)
      : experiments_(experiments),
        ensembles_(ensembles),
        options_(options),
        parts_(parts),
        compute_(compute),
        data_(options.data_root),
        own_(cells_of(plan, team)),
        groups_(fused_groups(experiments, own_, compute.team.alone() ? options.fuse : 1,
                             options.lanes, !compute.device.is_cpu())),
        seats_(largest(groups_)),
        lanes_(static_cast<int>(
            std::clamp<std::size_t>(groups_.size(), 1, static_cast<std::size_t>(options.lanes)))),
        watch_(plan, own_, options, static_cast<std::size_t>(lanes_) * seats_, seats_, leads(),
               world_rank),
        ready_(lanes_ * static_cast<std::ptrdiff_t>(seats_)) {
    tally_.lanes = lanes_;
  }

  Tally run() {
    std::deque<Lane> lanes;
    std::vector<std::thread> threads;
    for (int number = 0; number < tally_.lanes; ++number) {
      Lane& lane = lanes.emplace_back(*this, static_cast<std::size_t>(number));
      for (std::size_t seat = number == 0 ? 1 : 0; seat < seats_; ++seat) {
        threads.emplace_back([this, &lane, seat] {
          nn::configure_thread(options_.threads);
          run_seat(lane, seat);
        });
      }
    }
    run_seat(lanes.front(), 0);
    for (std::thread& thread : threads) {
      thread.join();
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

  static std::size_t largest(const std::vector<std::vector<const PlannedCell*>>& groups) {
    std::size_t most = 1;
    for (const auto& group : groups) {
      most = std::max(most, group.size());
    }
    return most;
  }

  struct Lane;
  /// Called once all seats of a lane are through with its last group.
  struct TakeNext {
    TeamJob* job;
    Lane* lane;
    void operator()() noexcept { job->take_next(*lane); }
  };
  /// Takes one group of cells after the other; each of them has a seat, which is a thread.
  struct Lane {
    Lane(TeamJob& job, std::size_t number)
        : place(number),
          stream(nn::new_stream(job.compute_.device)),
          round(static_cast<std::ptrdiff_t>(job.seats_), {&job, this}) {}
    std::size_t place;
    std::shared_ptr<c10::Stream> stream;
    std::barrier<TakeNext> round;
    std::vector<const PlannedCell*> group = {};
    std::optional<nn::Lockstep> lockstep = {};
    std::shared_ptr<LoadedDataset> dataset = {};  // of its cells, as the next may have it too
    bool ends = false;                            // with this group; under mutex_
  };

  void run_seat(Lane& lane, std::size_t seat) {
    const auto start = Clock::now();
    const auto safely = [this](const auto& f) {
      try {
        f();
      } catch (...) {  // nothing of this rank can go on; run() tells
        const std::lock_guard lock(mutex_);
        broken_ = std::current_exception();
      }
    };
    const nn::OwnStream stream(compute_.device, lane.stream);
    safely([&] { get_ready(); });
    for (lane.round.arrive_and_wait(); !lane.group.empty(); lane.round.arrive_and_wait()) {
      if (seat < lane.group.size()) {
        safely([&] { run_cell_safely(*lane.group[seat], lane, seat); });
      }
    }
    if (seat == 0) {
      const std::lock_guard lock(mutex_);
      tally_.busy += seconds_since(start);
    }
  }

  /// Returns when every lane is ready for its first cell.
  void get_ready() {
    try {
      if (!compute_.device.is_cpu()) {
        nn::warm_libraries(compute_.device);
      }
    } catch (const std::exception&) {
      ready_.count_down();
      throw;
    }
    ready_.arrive_and_wait();
  }

  void take_next(Lane& lane) noexcept {
    lane.group.clear();
    try {
      lane.group = next(lane);
      if (lane.dataset && (lane.group.empty() || !is_of(*lane.dataset, *lane.group.front()))) {
        lane.dataset.reset();
      }
      lane.lockstep.reset();
      if (lane.group.size() > 1) {
        lane.lockstep.emplace(lane.group.size());
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      broken_ = std::current_exception();
    }
  }

  /// The next cells of the team, or none when the lane is to end; the ranks of a team agree.
  std::vector<const PlannedCell*> next(Lane& lane) {
    const std::lock_guard lock(mutex_);
    if (broken_ || (lane.ends && lanes_ > 0)) {
      return {};
    }
    if (lane.ends) {  // the others have ended since
      lane.ends = false;
      lanes_ = 1;
    }
    double end = watch_.should_end() ? 1 : 0;
    compute_.team.sum(std::span(&end, 1));
    if (end == 0 && next_ < groups_.size()) {
      return groups_[next_++];
    }
    if (end == 0 && !given_back_.empty()) {
      const PlannedCell* const again = given_back_.back();
      given_back_.pop_back();
      return {again};
    }
    --lanes_;
    return {};
  }

  [[nodiscard]] bool leads() const { return compute_.team.rank() == 0; }

  /// The rows of a data set, in memory as long as a lane works with them.
  std::shared_ptr<LoadedDataset> load(const std::string& dataset) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<LoadedDataset> loaded = datasets_[dataset].lock();
    if (!loaded) {
      loaded = std::make_shared<LoadedDataset>(data_.path(dataset));
      datasets_[dataset] = loaded;
    }
    return loaded;
  }

  [[nodiscard]] bool is_of(const LoadedDataset& dataset, const PlannedCell& planned) const {
    return dataset.file().path() == data_.path(planned.cell.dataset);
  }

  void run_cell_safely(const PlannedCell& planned, Lane& group, std::size_t seat) {
    std::optional<nn::Lockstep::Seat> turn;
    if (group.lockstep) {
      turn.emplace(*group.lockstep, seat);
    }
    const std::size_t lane = group.place * seats_ + seat;
    watch_.begin(lane, planned);
    try {
      compute_.team.run_together([&] {
        if (!group.dataset) {
          group.dataset = load(planned.cell.dataset);
        }
      });
      const config::Experiment& experiment = experiments_[planned.experiment];
      auto record = parts_.cell(experiment.config, planned.cell, *group.dataset,
                                context_of(planned, lane, turn ? &*turn : nullptr));
      record.info.default_variant = experiment.default_variant;
      keep(planned.cell.name(), record);
      watch_.succeed(lane, record);
      if (leads()) {
        (void)ensembles_.make(
            planned.cell.name());  // the end of the grid tells what cannot be made
      }
    } catch (const Stopped&) {
      watch_.stop(lane, "stopped on request");
    } catch (const std::exception& error) {
      take_failure(planned, group, lane, error);
    }
    const double seconds = watch_.end(lane);
    if (leads() && options_.speeds != nullptr) {
      options_.speeds->save();
    }
    const std::lock_guard lock(mutex_);
    tally_.in_cells += seconds;
  }

  /// Of the exception that is being handled. Throws where the process can do nothing more.
  void take_failure(const PlannedCell& planned, Lane& group, std::size_t lane,
                    const std::exception& error) {
    if (!parts_.device_answers(compute_.device)) {
      watch_.stop(lane, "its device was lost");
      (void)watch_.end(lane);
      throw nn::DeviceLost(
          fmt::format("{} was lost: {}; the same command goes on from the checkpoints",
                      compute_.device_name, first_line(error.what())));
    }
    compute_.team.require_ranks();  // without them a loss may be anything
    if (!compute_.team.alone() && dynamic_cast<const Error*>(&error) == nullptr) {
      throw;  // the other ranks of the team know nothing of it
    }
    const bool memory = compute_.team.alone() && nn::is_out_of_memory(error);
    if (memory && give_back(planned)) {
      nn::free_unused_memory(compute_.device);
      watch_.give_back(lane, "the device's memory ran out" + advice(group));
      if (!group.lockstep) {  // else it is tried alone
        leave_to_others(group);
      }
      return;
    }
    const bool ours = dynamic_cast<const Error*>(&error) != nullptr;  // and not of a kernel
    if (!memory && !ours && group.lockstep && give_back(planned)) {
      watch_.give_back(lane, "failed beside its other seeds: " + nn::words_of(error));
      return;
    }
    watch_.fail(lane, nn::words_of(error) + (memory ? advice(group) : ""));
  }

  [[nodiscard]] std::string advice(const Lane& lane) const {
    if (lane.lockstep) {
      return fmt::format(" ({} seeds in one step: --fuse is too high)", lane.group.size());
    }
    return tally_.lanes == 1 ? "" : fmt::format(" ({} lanes: --lanes is too high)", tally_.lanes);
  }

  /// False where the cell was given back before.
  [[nodiscard]] bool give_back(const PlannedCell& planned) {
    const std::lock_guard lock(mutex_);
    const bool first = given_back_before_.insert(&planned).second;
    if (first) {
      given_back_.push_back(&planned);
    }
    return first;
  }

  /// Ends the lane where another one takes what is left.
  void leave_to_others(Lane& lane) {
    const std::lock_guard lock(mutex_);
    if (!lane.ends && lanes_ > 1) {
      lane.ends = true;
      --lanes_;
    }
  }

  [[nodiscard]] CellContext context_of(const PlannedCell& planned, std::size_t lane,
                                       nn::Lockstep::Seat* seat) {
    const config::Config& config = experiments_[planned.experiment].config;
    nn::Compute compute = compute_;
    compute.type = config.compute.precision == "float64" ? at::kDouble : at::kFloat;
    compute.seat = seat;
    std::filesystem::path shared;
    if (shares_representation(config, planned.cell)) {
      shared = store::shared_stage_folder(options_.runs,
                                          representation_hash(config::trained_config(config)),
                                          config::without_variant(planned.cell).name());
    }
    return {
        compute,
        store::checkpoint_folder(options_.runs, planned.cell.name()),
        shared,
        options_.checkpoint_seconds,
        [this, lane](const std::string& stage, double share, const nn::StageProgress& progress) {
          watch_.report(lane, stage, share, progress);
        },
        leads() ? options_.speeds : nullptr};
  }

  /// Writes the run file, in place of what was there of the cell. Collective.
  void keep(const std::string& name, const store::RunRecord& record) {
    compute_.team.run_together([&] {
      if (leads()) {
        store::write_run_file(store::run_path(options_.runs, name), record);
        store::note_finished(
            options_.runs, name,
            {record.info.config_hash, record.info.dataset_sha256, record.info.seconds},
            store::run_state(options_.runs, name));
        store::clear_failure(options_.runs, name);
        store::clear_checkpoints(options_.runs, name);
      }
    });
  }

  const std::vector<config::Experiment>& experiments_;
  const EnsembleJob& ensembles_;
  const GridOptions& options_;
  const GridParts& parts_;
  const nn::Compute& compute_;
  DataRoot data_;
  std::vector<PlannedCell> own_;
  std::vector<std::vector<const PlannedCell*>> groups_;  // of own_, trained together
  std::size_t seats_;                                    // of a lane: cells of the largest group
  int lanes_;                                            // that still take cells; under mutex_
  CellWatch watch_;
  std::latch ready_;
  std::mutex mutex_;  // of all that follows
  std::map<std::string, std::weak_ptr<LoadedDataset>> datasets_;
  std::size_t next_ = 0;  // of groups_
  std::vector<const PlannedCell*> given_back_;
  std::set<const PlannedCell*> given_back_before_;
  Tally tally_;
  std::exception_ptr broken_;
};

/// The tallies of all ranks, added. Collective.
Tally sum_of(const Tally& own, comm::Communicator& all) {
  std::array<std::int64_t, 4> counts{own.done, own.failed, own.unjoined, own.stopped};
  std::array<double, 4> seconds{own.in_cells, own.busy, own.reducing, own.present};
  all.all_reduce(std::span(seconds), comm::Op::sum);
  all.all_reduce(std::span(counts), comm::Op::sum);
  return {.done = counts[0],
          .failed = counts[1],
          .unjoined = counts[2],
          .stopped = counts[3],
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

void Grid::calibrate(const std::vector<config::Experiment>& experiments,
                     const std::vector<PlannedCell>& cells, const std::filesystem::path& data_root,
                     Speeds& speeds) const {
  pipeline::calibrate(experiments, cells, DataRoot(data_root), setup_->compute, speeds);
}

int Grid::lanes() const { return setup_->lanes; }
bool Grid::on_gpu() const { return !setup_->compute.device.is_cpu(); }

GridResult Grid::run(const std::vector<config::Experiment>& experiments, const Plan& plan,
                     const GridOptions& options, const GridParts& parts) {
  const auto start = Clock::now();
  if (world_.rank() == 0) {
    clear_left_overs(plan.finished, options.runs);
  }
  const EnsembleJob ensembles(experiments, options.runs);
  Tally own = TeamJob(experiments, ensembles, plan, options, parts, setup_->compute, setup_->team,
                      world_.rank())
                  .run();
  world_.communicator().barrier();
  if (world_.rank() == 0) {
    own.unjoined = ensembles.make();
    remove_left_overs(options.runs);
  }
  own.present = seconds_since(start) * own.lanes;
  own.stopped = stop_requested() ? 1 : 0;
  const Tally all = sum_of(own, world_.communicator());
  return {.done = all.done,
          .failed = all.failed,
          .unjoined = all.unjoined,
          .stopped = all.stopped > 0,
          .idle_share = 1 - all.busy / all.present,
          .overhead_share = 1 - all.in_cells / std::max(all.busy, 1e-9),
          .reduce_share = all.reducing / std::max(all.in_cells, 1e-9)};
}

}  // namespace cance::pipeline
