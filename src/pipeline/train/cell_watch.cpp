#include "pipeline/train/cell_watch.hpp"

#include <unistd.h>

#include <algorithm>

#include "base/build_info.hpp"
#include "base/process.hpp"
#include "base/ranges.hpp"
#include "base/stop_flag.hpp"
#include "base/text.hpp"
#include "comm/nap.hpp"
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
                     const GridOptions& options, std::size_t lanes, std::size_t seats, bool leads,
                     int world_rank)
    : plan_(plan),
      options_(options),
      seats_(seats),
      leads_(leads),
      world_rank_(world_rank),
      mark_(options.stop_mark),
      lanes_(lanes) {
  std::vector<std::string> names;
  for (const PlannedCell& planned : cells) {
    kinds_[kind_of(planned)].waiting += planned.cost;
    names.push_back(planned.cell.name());
  }
  if (world_rank == 0 && options.show_progress && !cells.empty()) {
    progress_.emplace(static_cast<double>(cells.size()),
                      plan.missing.size() > cells.size() ? "cells of rank 0" : "cells");
  }
  warn_of_others(names);
  stop_watch_ = std::jthread([this](const std::stop_token& end) {
    while (comm::nap(end, std::chrono::seconds(1))) {
      const std::lock_guard lock(mutex_);
      mark_.poll();
    }
  });
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
  count_seconds(lane);
  lanes_[lane] = {.planned = &planned, .since = Clock::now()};
  kinds_[kind_of(planned)].waiting -= planned.cost;
}

void CellWatch::report(std::size_t lane, const std::string& stage, double share,
                       const nn::StageProgress& progress) {
  const std::lock_guard lock(mutex_);
  mark_.poll();
  if (lanes_[lane].first_share < 0) {
    lanes_[lane].first_share = share;
  }
  lanes_[lane].share = share;
  lanes_[lane].stage = stage;
  lanes_[lane].progress = progress;
  if (progress_) {
    show_progress(fmt::format("{}: {}", name(lane), stage));
  }
  if (leads_ && Clock::now() - lanes_[lane].told >= kTellEvery) {
    lanes_[lane].told = Clock::now();
    warn_of_others({name(lane)});
    tell(lane);
  }
}

double CellWatch::sharing(std::size_t lane) const {
  const auto first = lanes_.begin() + static_cast<std::ptrdiff_t>(lane - lane % seats_);
  return static_cast<double>(std::count_if(first, first + static_cast<std::ptrdiff_t>(seats_),
                                           [](const Lane& one) { return one.planned != nullptr; }));
}

double CellWatch::seconds_of(std::size_t lane) const {
  return lanes_[lane].seconds + watched_seconds(lanes_[lane].since) / sharing(lane);
}

void CellWatch::count_seconds(std::size_t lane) {
  const std::size_t first = lane - lane % seats_;
  for (std::size_t i = first; i < first + seats_; ++i) {
    if (lanes_[i].planned != nullptr) {
      lanes_[i].seconds = seconds_of(i);
      lanes_[i].since = Clock::now();
    }
  }
}

CellWatch::Work CellWatch::with_lanes(Work seen, const KindName* kind) const {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    const Lane& lane = lanes_[i];
    if (lane.planned != nullptr && lane.first_share >= 0 &&
        (kind == nullptr || *kind == kind_of(*lane.planned))) {
      seen.cost += (lane.share - lane.first_share) * lane.planned->cost;
      seen.seconds += seconds_of(i);
    }
  }
  return seen;
}

std::optional<double> CellWatch::seconds_left_of(std::size_t lane,
                                                 const std::map<KindName, double>& factors) const {
  const Lane& own = lanes_[lane];
  const auto factor = factors.find(kind_of(*own.planned));
  return factor == factors.end() ? std::nullopt
                                 : std::optional(factor->second * (1 - std::min(own.share, 1.0)) *
                                                 own.planned->cost * sharing(lane));
}

std::map<CellWatch::KindName, double> CellWatch::time_factors() const {
  constexpr double kTrusted = 30;  // seconds that what is expected counts for beside what is seen
  Work all;
  for (const auto& [name, kind] : kinds_) {
    all.cost += kind.seen.cost;
    all.seconds += kind.seen.seconds;
  }
  all = with_lanes(all, nullptr);
  const bool planned = plan_.timed || plan_.measured;
  if (!planned && (done_ == 0 || all.cost <= 0)) {
    return {};
  }
  const double usual =
      planned ? (all.seconds + kTrusted) / (all.cost + kTrusted) : all.seconds / all.cost;
  std::map<KindName, double> factors;
  for (const auto& [name, kind] : kinds_) {
    const Work own = with_lanes(kind.seen, &name);
    factors[name] = (own.seconds + kTrusted * usual) / (own.cost + kTrusted);
  }
  return factors;
}

std::optional<double> CellWatch::seconds_left() const {
  const auto factors = time_factors();
  if (factors.empty()) {
    return std::nullopt;
  }
  double lanes = 0;  // that share the work, those of fused cells as one
  double left = 0;
  double longest = 0;  // of the cells under way
  for (const auto& [name, factor] : factors) {
    left += factor * kinds_.at(name).waiting;
  }
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].planned != nullptr) {
      const double own = seconds_left_of(i, factors).value_or(0);
      lanes += 1 / sharing(i);
      left += own / sharing(i);
      longest = std::max(longest, own);
    }
  }
  return std::max(longest, left / std::max(lanes, 1.0));
}

void CellWatch::show_progress(const std::string& note) {
  const auto over = static_cast<double>(done_ + failed_);
  if (!progress_->is_due(over)) {
    return;
  }
  const auto running =
      std::ranges::count_if(lanes_, [](const Lane& lane) { return lane.planned != nullptr; });
  const auto left = seconds_left();
  const double elapsed = watched_seconds(start_);
  progress_->update(over, left ? elapsed / (elapsed + *left) : 0,
                    fmt::format("{} running: {}", running, note), static_cast<int>(failed_));
}

void CellWatch::tell(std::size_t lane) {
  const nn::StageProgress& progress = lanes_[lane].progress;
  const double share = lanes_[lane].share;
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
  if (const auto left = seconds_left_of(lane, time_factors())) {
    record.seconds_left = *left;
  }
  store::write_running(options_.runs, record);
}

void CellWatch::tell_choices(const store::RunRecord& record) {
  constexpr std::size_t kRowsEach = 10;
  const std::string place = record.info.cell.substr(0, record.info.cell.rfind('/'));
  const auto [told, first] = chosen_.try_emplace(place);
  if (told->second != record.info.chosen) {
    told->second = record.info.chosen;
    log::info("{}: auto: {}", place, join(told->second, ", "));
  }
  const std::size_t numbers = record.moments.mean.size();
  const std::size_t rows = record.split.train.size();
  if (first && !record.noise.empty() && rows < kRowsEach * numbers) {
    log::warn(
        "{}: {} training rows are few for densities of {} numbers (expected {} or more); bring "
        "more "
        "normal rows, lower autoencoder.latent, or trust error and knn more",
        place, rows, numbers, kRowsEach * numbers);
  }
}

void CellWatch::succeed(std::size_t lane, const store::RunRecord& record) {
  if (leads_) {
    const std::lock_guard lock(mutex_);
    ++done_;
    tell_choices(record);
    log::info("{}: {}; {}", name(lane), store::metrics_text(record.metrics, record.info.protocol),
              log::duration_text(record.info.seconds));
  }
}

void CellWatch::fail(std::size_t lane, const std::string& text) {
  const std::string message = first_line(text);
  const std::lock_guard lock(mutex_);
  lanes_[lane].failed = true;
  if (leads_) {
    ++failed_;
    log::warn("{}: failed: {}", name(lane), message);
    store::write_failure(options_.runs, name(lane), message);
  }
}

void CellWatch::stop(std::size_t lane, const std::string& why) {
  const std::lock_guard lock(mutex_);
  lanes_[lane].stopped = true;
  if (leads_) {
    const bool saved = std::filesystem::exists(store::checkpoint_folder(options_.runs, name(lane)));
    log::info("{}: {}; the next run {}", name(lane), why,
              saved ? "goes on from its checkpoint" : "begins it anew");
  }
}

void CellWatch::give_back(std::size_t lane, const std::string& why) {
  const std::lock_guard lock(mutex_);
  lanes_[lane].given_back = true;
  log::warn("{}: {}; the cell is tried once more", name(lane), why);
}

double CellWatch::end(std::size_t lane) {
  const std::lock_guard lock(mutex_);
  if (leads_ && lanes_[lane].stopped && !lanes_[lane].stage.empty()) {
    tell(lane);
  } else if (leads_) {
    store::clear_running(options_.runs, name(lane));
  }
  count_seconds(lane);
  const double seconds = lanes_[lane].seconds;
  const double cost = lanes_[lane].planned->cost;
  Kind& kind = kinds_[kind_of(*lanes_[lane].planned)];
  kind.waiting += lanes_[lane].given_back ? cost
                  : lanes_[lane].stopped  ? cost * (1 - std::min(lanes_[lane].share, 1.0))
                                          : 0;
  if (lanes_[lane].first_share >= 0 && !lanes_[lane].stopped && !lanes_[lane].given_back &&
      !lanes_[lane].failed) {
    kind.seen.cost += (1 - lanes_[lane].first_share) * cost;
    kind.seen.seconds += seconds;
  }
  const std::string last = name(lane);
  lanes_[lane] = {};
  if (progress_) {
    show_progress(last);
  }
  return seconds;
}

}  // namespace cance::pipeline
