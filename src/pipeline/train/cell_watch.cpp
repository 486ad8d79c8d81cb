#include "pipeline/train/cell_watch.hpp"

#include <unistd.h>

#include <algorithm>

#include "base/build_info.hpp"
#include "base/process.hpp"
#include "base/ranges.hpp"
#include "base/stop_flag.hpp"
#include "base/text.hpp"
#include "store/run_directory.hpp"
#include "store/running.hpp"
#include "store/titles.hpp"

namespace cance::pipeline {
namespace {

constexpr std::chrono::seconds kTellEvery{5};

double watched_seconds(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// "CELL by rank 0 on node7 (process 4711, seen 3 s ago), ..." of the first few.
std::string work_of_others(const std::vector<store::RunningCell>& records) {
  constexpr std::size_t kShown = 5;
  auto texts = mapped(records, [](const store::RunningCell& record) {
    return fmt::format("{} by rank {} on {} (process {}, seen {:.0f} s ago)", record.cell,
                       record.rank, record.host, record.process, std::max(0.0, record.age));
  });
  if (texts.size() > kShown) {
    const std::size_t more = texts.size() - kShown;
    texts.resize(kShown);
    texts.push_back(fmt::format("and {} more", more));
  }
  return join(texts, ", ");
}

}  // namespace

CellWatch::CellWatch(const Plan& plan, const std::vector<PlannedCell>& cells,
                     const GridOptions& options, bool leads, int world_rank)
    : plan_(plan),
      options_(options),
      leads_(leads),
      world_rank_(world_rank),
      mark_(options.stop_mark),
      lanes_(static_cast<std::size_t>(options.lanes)) {
  std::vector<std::string> names;
  for (const PlannedCell& planned : cells) {
    cost_ += planned.cost;
    names.push_back(planned.cell.name());
  }
  if (world_rank == 0 && options.show_progress && !cells.empty()) {
    progress_.emplace(static_cast<double>(cells.size()),
                      plan.missing.size() > cells.size() ? "cells of rank 0" : "cells");
  }
  warn_of_others(names);
}

bool CellWatch::should_end() {
  const std::lock_guard lock(mutex_);
  mark_.poll();
  return stop_requested() || (options_.stop_on_failure && any_failure());
}

/// On any rank: the records of failures on the disk are what ranks know of each other meanwhile.
bool CellWatch::any_failure() const {
  return failed_ > 0 || std::ranges::any_of(plan_.missing, [this](const PlannedCell& planned) {
           return store::read_failure(options_.runs, planned.cell.name()).has_value();
         });
}

/// Once: a second run of the same cells does all work twice. Runs that start at the same moment see
/// each other only when they tell of a cell.
void CellWatch::warn_of_others(const std::vector<std::string>& cells) {
  if (!leads_ || warned_) {
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

void CellWatch::begin(std::size_t lane, const PlannedCell& planned) {
  const std::lock_guard lock(mutex_);
  lanes_[lane] = {.planned = &planned, .start = Clock::now()};
}

void CellWatch::report(std::size_t lane, const std::string& stage, double share,
                       const nn::StageProgress& progress) {
  const std::lock_guard lock(mutex_);
  mark_.poll();
  lanes_[lane].share = share;
  lanes_[lane].stage = stage;
  lanes_[lane].progress = progress;
  if (progress_) {
    show_progress(lane, stage);
  }
  if (leads_ && Clock::now() - lanes_[lane].told >= kTellEvery) {
    lanes_[lane].told = Clock::now();
    warn_of_others({name(lane)});
    tell(lane);
  }
}

void CellWatch::show_progress(std::size_t lane, const std::string& stage) {
  double done = 0;
  double cost = done_cost_;
  for (const Lane& each : lanes_) {
    done += each.share;
    cost += each.planned != nullptr ? each.share * each.planned->cost : 0;
  }
  progress_->update(static_cast<double>(done_ + failed_) + done, cost / std::max(cost_, 1e-9),
                    fmt::format("{}: {}", name(lane), stage), static_cast<int>(failed_));
}

void CellWatch::tell(std::size_t lane) {
  const nn::StageProgress& progress = lanes_[lane].progress;
  const double share = lanes_[lane].share;
  const double seconds = watched_seconds(lanes_[lane].start);
  store::RunningCell record;
  record.cell = name(lane);
  record.host = host_name();
  record.stage = lanes_[lane].stage;
  record.stopped = lanes_[lane].stopped;
  record.rank = world_rank_;
  record.process = ::getpid();
  record.space = process_space();
  record.epoch = progress.epoch;
  record.epochs = progress.epochs;
  record.done = share;
  if (seconds >= log::Progress::kBasis && share > 0) {
    record.seconds_left = seconds * (1 - share) / share;
  }
  store::write_running(options_.runs, record);
}

void CellWatch::succeed(std::size_t lane, const store::RunRecord& record) {
  if (leads_) {
    const std::lock_guard lock(mutex_);
    ++done_;
    log::info("{}: {}; {}", name(lane), store::metrics_text(record.metrics, record.info.protocol),
              log::duration_text(record.info.seconds));
  }
}

void CellWatch::fail(std::size_t lane, const std::string& text) {
  const std::string message = split(text, '\n').front();  // torch adds a stack trace
  if (leads_) {
    const std::lock_guard lock(mutex_);
    ++failed_;
    log::warn("{}: failed: {}", name(lane), message);
    store::write_failure(options_.runs, name(lane), message);
  }
}

void CellWatch::stop(std::size_t lane, const std::string& why) {
  const std::lock_guard lock(mutex_);
  lanes_[lane].stopped = !lanes_[lane].stage.empty();
  if (leads_) {
    log::info("{}: {}; the next run goes on from its checkpoint", name(lane), why);
  }
}

void CellWatch::give_back(std::size_t lane, const std::string& why) {
  const std::lock_guard lock(mutex_);
  lanes_[lane].given_back = true;
  log::warn("{}: {}; the cell is tried once more", name(lane), why);
}

double CellWatch::end(std::size_t lane) {
  const std::lock_guard lock(mutex_);
  if (leads_ && lanes_[lane].stopped) {
    tell(lane);
  } else if (leads_) {
    store::clear_running(options_.runs, name(lane));
  }
  const double seconds = watched_seconds(lanes_[lane].start);
  done_cost_ += lanes_[lane].given_back ? 0 : lanes_[lane].planned->cost;
  lanes_[lane] = {};
  return seconds;
}

}  // namespace cance::pipeline
