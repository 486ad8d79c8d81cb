// What one rank of a team says of the team's cells while they run: progress, the records that
// `cance status` reads, failures, a stop that was asked for, other runs of the same cells. Its
// lanes, which run cells side by side, share it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "nn/training.hpp"
#include "pipeline/stop_mark.hpp"
#include "pipeline/train/grid_job.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {

class CellWatch {
 public:
  /// Of the team's `cells` of `plan`, which both outlive it, like the options; warns where another
  /// run is working on them. `lanes`: how many cells are under way at most, of which each `seats`
  /// after each other are fused and share the time of one; `leads`: whether this rank speaks for
  /// the team.
  CellWatch(const Plan& plan, const std::vector<PlannedCell>& cells, const GridOptions& options,
            std::size_t lanes, std::size_t seats, bool leads, int world_rank);

  /// Whether no more cells are to start: a stop was asked for, or a cell failed where that ends the
  /// grid.
  [[nodiscard]] bool should_end();

  /// A lane takes up a cell.
  void begin(std::size_t lane, const PlannedCell& planned);
  /// Its cell is in this stage; `share` of the cell is done.
  void report(std::size_t lane, const std::string& stage, double share,
              const nn::StageProgress& progress);
  /// Its cell came out so: finished, failed, stopped for this reason with the next run to go on, or
  /// to be tried again by this one.
  void succeed(std::size_t lane, const store::RunRecord& record);
  void fail(std::size_t lane, const std::string& text);
  void stop(std::size_t lane, const std::string& why);
  void give_back(std::size_t lane, const std::string& why);
  /// It is through with the cell, however that came out; gives the seconds that it took: where
  /// cells are fused, its share.
  double end(std::size_t lane);

  /// Seconds until all cells are done; none as long as nothing is a basis. For one thread at a
  /// time, as the functions above call it.
  [[nodiscard]] std::optional<double> seconds_left() const;
  /// Cells that the team finished, and those that failed; 0 where another rank speaks for it.
  [[nodiscard]] std::int64_t done() const { return done_; }
  [[nodiscard]] std::int64_t failed() const { return failed_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Lane {
    const PlannedCell* planned = nullptr;  ///< none: idle
    double share = 0;                      ///< of it that is done
    double first_share = -1;               ///< when this launch took it up; negative: not yet
    std::string stage = {};                ///< where it stands
    nn::StageProgress progress = {};
    bool stopped = false;
    bool given_back = false;  ///< not done with
    bool failed = false;
    Clock::time_point told = {};   ///< when its record was last written
    double seconds = 0;            ///< of it, until `since`
    Clock::time_point since = {};  ///< when the number of cells that share its time last changed
  };

  [[nodiscard]] std::string name(std::size_t lane) const {
    return lanes_[lane].planned->cell.name();
  }
  [[nodiscard]] bool any_failure() const;
  /// What the rules for auto chose, and a warning where few rows trained the densities: once for
  /// all seeds of a case where they agree.
  void tell_choices(const store::RunRecord& record);
  void warn_of_others(const std::vector<std::string>& cells);
  void show_progress(const std::string& note);
  /// Cells of one experiment on one data set.
  using KindName = std::pair<std::size_t, std::string>;
  struct Work {
    double cost = 0, seconds = 0;  ///< by the plan, and as seen
  };
  struct Kind {
    double waiting = 0;  ///< cost of its cells that no lane has taken up
    Work seen;           ///< by this launch, of cells that are over
  };
  [[nodiscard]] static KindName kind_of(const PlannedCell& planned) {
    return {planned.experiment, planned.cell.dataset};
  }
  /// Cells that share their time with that of the lane, itself among them.
  [[nodiscard]] double sharing(std::size_t lane) const;
  /// Of the lane's cell so far: its share where cells are fused.
  [[nodiscard]] double seconds_of(std::size_t lane) const;
  /// Before a cell that shares its time with that of the lane begins or ends.
  void count_seconds(std::size_t lane);
  /// Adds to `seen` what lanes did of the cells under way, all or those of a kind.
  [[nodiscard]] Work with_lanes(Work seen, const KindName* kind) const;
  /// Seconds a second by the plan for cells to come of each kind: as far as was seen of it, and of
  /// all kinds; none as long as neither the plan nor a finished cell is a basis.
  [[nodiscard]] std::map<KindName, double> time_factors() const;
  /// Of the lane's cell, beside those that share its time.
  [[nodiscard]] std::optional<double> seconds_left_of(
      std::size_t lane, const std::map<KindName, double>& factors) const;
  void tell(std::size_t lane);

  const Plan& plan_;
  const GridOptions& options_;
  std::size_t seats_;
  bool leads_;
  int world_rank_;
  std::mutex mutex_;  // of all that follows
  StopMark mark_;
  std::vector<Lane> lanes_;
  std::map<KindName, Kind> kinds_;
  Clock::time_point start_ = Clock::now();
  std::int64_t done_ = 0, failed_ = 0;
  std::optional<log::Progress> progress_;
  bool warned_ = false;                                     // of another run
  std::map<std::string, std::vector<std::string>> chosen_;  // by case, as it was told
  std::jthread stop_watch_;  // looks for the mark where nothing reports, as in a long scoring
};

}  // namespace cance::pipeline
