// `cance run`: trains and scores the cells of a configuration.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include "base/atomic_file.hpp"
#include "base/gpus.hpp"
#include "base/log.hpp"
#include "base/plural.hpp"
#include "base/process.hpp"
#include "base/ranges.hpp"
#include "base/stop_flag.hpp"
#include "base/text.hpp"
#include "cli/parse.hpp"
#include "config/ensembles.hpp"
#include "config/load.hpp"
#include "data_prep/catalogue.hpp"
#include "nn/threads.hpp"
#include "pipeline/compute_setup.hpp"
#include "pipeline/stop_mark.hpp"
#include "pipeline/train/check_data.hpp"
#include "pipeline/train/fuse.hpp"
#include "pipeline/train/grid_job.hpp"
#include "store/ensemble_list.hpp"
#include "store/run_directory.hpp"

namespace cance::cli {
namespace {

namespace fs = std::filesystem;

struct RunOptions {
  std::vector<std::string> configs, set, vary;
  std::string data_root, out, write_settings, only, on_failure, precision, schedule, worker_text,
      stop_mark, graphs, lanes_text, fuse_text;
  pipeline::ComputeRequest compute;
  int threads = 1;
  int ranks = 0;  ///< of a launch to come; 0: those of this one
  int fuse = 0;   ///< as pipeline::fused_groups has it
  double checkpoint_seconds = 60;
  pipeline::Worker worker;
  bool dry_run = false, calibrate = false, replace = false, quiet = false, require_all = false;
};

/// "i/N", i counted from 0.
pipeline::Worker parse_worker(const std::string& text) {
  const auto parts = split(text, '/');
  const int index = parse_number<int>(parts.front()).value_or(-1);
  const int count = parse_number<int>(parts.back()).value_or(-1);
  require(parts.size() == 2 && index >= 0 && index < count,
          "--worker {}: expected i/N with i from 0 to N-1, as 0/4", text);
  return {index, count};
}

void check_options(RunOptions& o) {
  require(o.on_failure == "continue" || o.on_failure == "stop",
          "--on-failure {}: expected continue or stop", o.on_failure);
  require(o.threads >= 1 && o.threads <= 1024, "--threads {}: expected 1 to 1024", o.threads);
  const int lanes = o.lanes_text == "auto" ? 0 : parse_number<int>(o.lanes_text).value_or(-1);
  require(o.lanes_text == "auto" || (lanes >= 1 && lanes <= 256),
          "--lanes {}: expected auto or 1 to 256, on a GPU at most 32", o.lanes_text);
  require(o.threads * lanes <= 4096, "--threads {} with --lanes {}: more than 4096 threads a rank",
          o.threads, lanes);
  pipeline::require_device_word(o.compute.device);
  o.compute.lanes = lanes;
  o.compute.threads = o.threads;
  require(o.compute.ranks_per_run >= 1, "--ranks-per-run {}: expected 1 or more",
          o.compute.ranks_per_run);
  require(o.compute.ranks_per_gpu >= 1, "--ranks-per-gpu {}: expected 1 or more",
          o.compute.ranks_per_gpu);
  require(
      lanes <= 1 || o.compute.ranks_per_run == 1,
      "--lanes {} with --ranks-per-run {}: lanes are for ranks that each run cells of their own",
      lanes, o.compute.ranks_per_run);
  o.fuse = o.fuse_text == "auto"  ? 0
           : o.fuse_text == "off" ? 1
                                  : parse_number<int>(o.fuse_text).value_or(-1);
  require(o.fuse >= 0 && o.fuse <= pipeline::kMostFused && o.fuse_text != "0",
          "--fuse {}: expected auto, off or 1 to {}", o.fuse_text, pipeline::kMostFused);
  require(o.fuse <= 1 || o.compute.ranks_per_run == 1,
          "--fuse {} with --ranks-per-run {}: models are trained in one step by one rank", o.fuse,
          o.compute.ranks_per_run);
  require(o.ranks == 0 || (o.ranks > 0 && o.dry_run),
          "--ranks {}: expected 1 or more, with --dry-run; mpirun starts those of a launch",
          o.ranks);
  require(o.graphs == "on" || o.graphs == "off", "--graphs {}: expected on or off", o.graphs);
  o.compute.graphs = o.graphs == "on";
  require(o.compute.team_timeout > 0, "--team-timeout {}: expected a positive time",
          o.compute.team_timeout);
  require(o.checkpoint_seconds > 0, "--checkpoint-seconds {}: expected a positive time",
          o.checkpoint_seconds);
  o.worker = parse_worker(o.worker_text);
  if (!o.precision.empty()) {
    o.set.push_back("compute.precision=" + o.precision);
  }
  if (!o.schedule.empty()) {
    o.set.push_back("schedule.share=" + o.schedule);
  }
}

std::optional<RunOptions> parse_options(const Arguments& arguments, bool print) {
  RunOptions o;
  po::options_description options("options");
  options.add_options()("config", po::value(&o.configs)->required()->composing(),
                        "settings: INI files, or folders of such (also the bare words)")(
      "data-root", po::value(&o.data_root)->required(), "folder of the dataset files (cance prep)")(
      "out", po::value(&o.out)->required(), "run directory; what is finished there is kept")(
      "set", po::value(&o.set)->composing(), "key=value, over the file; may be repeated")(
      "vary", po::value(&o.vary)->composing(),
      "key=v1,v2,...: a variant for each value, in a folder of its own; several: their product")(
      "write-settings", po::value(&o.write_settings),
      "write what each config says, with what it includes, into this folder, and run nothing")(
      "require-all", po::bool_switch(&o.require_all),
      "refuse a grid some of whose dataset files are not there")(
      "only", po::value(&o.only), "cells that match this pattern, as 'class3/*' or '*/seed0'")(
      "threads", po::value(&o.threads)->default_value(1),
      "threads a rank; part of what decides the last bits")(
      "lanes", po::value(&o.lanes_text)->default_value("auto"),
      "cells that a rank runs side by side, a thread each; auto: 1 on the CPU, on a GPU the rank's "
      "cores, at most 32 and no more than there are cells or groups of fused ones")(
      "fuse", po::value(&o.fuse_text)->default_value("auto"),
      "auto | off | K: seeds of a case that are trained in one step, K at most; auto: 5 on a GPU, "
      "off on the CPU")("device", po::value(&o.compute.device)->default_value("auto"),
                        "auto | cpu | cuda; auto: a GPU where there is one")(
      "ranks-per-run", po::value(&o.compute.ranks_per_run)->default_value(1),
      "W ranks train one model together (data parallel)")(
      "ranks-per-gpu", po::value(&o.compute.ranks_per_gpu)->default_value(1),
      "how many ranks may share a GPU; more are refused")(
      "transport", po::value(&o.compute.transport)->default_value("auto"),
      "auto | nccl | staged: how the sums of a team travel between GPUs; staged: through host "
      "memory")("team-timeout",
                po::value(&o.compute.team_timeout)->default_value(nn::kTeamLimit, "60"),
                "seconds without an answer by NCCL after which a rank takes the others of its team "
                "for lost and ends with 75")("graphs", po::value(&o.graphs)->default_value("on"),
                                             "on | off: training steps as CUDA graphs")(
      "precision", po::value(&o.precision),
      "float32 | float64, short for --set compute.precision=")(
      "schedule", po::value(&o.schedule),
      "every length of training times this, as 0.1; short for --set schedule.share=")(
      "worker", po::value(&o.worker_text)->default_value("0/1"),
      "i/N: this job does part i (from 0) of the grid, N jobs share it")(
      "checkpoint-seconds", po::value(&o.checkpoint_seconds)->default_value(60, "60"),
      "time between checkpoints inside a cell; one is always left when stopped")(
      "stop-mark", po::value(&o.stop_mark),
      "file that a stopped rank leaves and that stops the others; it stays, for scripts (default: "
      "one "
      "of this launch only, which does not stay)")(
      "on-failure", po::value(&o.on_failure)->default_value("continue"), "continue | stop")(
      "dry-run", po::bool_switch(&o.dry_run),
      "print cells, owners and estimated cost, of cells and of methods, run nothing")(
      "ranks", po::value(&o.ranks)->default_value(0, "those of this launch"),
      "of a dry run: as so many ranks would share the cells")(
      "calibrate", po::bool_switch(&o.calibrate),
      "before a dry run time a few steps of each stage that is not known on this machine")(
      "replace", po::bool_switch(&o.replace),
      "train finished cells again, also those of other settings")(
      "quiet", po::bool_switch(&o.quiet), "no progress, warnings only");
  po::positional_options_description positional;
  positional.add("config", -1);
  if (!print && contains(arguments, "--help")) {
    return std::nullopt;
  }
  const auto values = parse(
      arguments, options,
      "cance run CONFIG... --data-root DIR --out DIR [options]   (also under mpirun and srun)",
      positional);
  if (!values) {
    fmt::print("\nkeys of the settings:\n{}", config::config_help());
    return std::nullopt;
  }
  check_options(o);
  return o;
}

/// What every rank knows before training starts.
struct Prepared {
  std::optional<RunOptions> options;
  std::vector<config::Experiment> experiments;
  std::vector<config::GridCell> cells;  ///< that may run
  std::vector<config::GridEnsemble> ensembles;
  std::map<std::string, std::size_t> absent;  ///< cells left out, by the data set that is not there
  pipeline::Plan plan;
  std::shared_ptr<pipeline::Speeds> speeds;
};

/// Whether a GPU of this machine is what will compute.
bool on_gpu(const RunOptions& o) {
  return o.compute.device != "cpu" && !look_for_gpus().gpus.empty();
}

/// What stages take on the device that was asked for.
std::shared_ptr<pipeline::Speeds> speeds_of(const RunOptions& o) {
  return std::make_shared<pipeline::Speeds>(on_gpu(o) ? "gpu" : "cpu", o.threads);
}

/// That the dataset file is not there, and how to make it.
std::string absence_text(const pipeline::DataRoot& data, const std::string& dataset) {
  const std::string path = data.path(dataset).string();
  return fmt::format("{}: no such dataset file; make it with {}", path,
                     prep::making_line(dataset, path));
}

/// Leaves out the cells whose dataset file is not there; gives how many of each. Error: none is
/// left, or all are required.
std::map<std::string, std::size_t> leave_out_absent(std::vector<config::GridCell>& cells,
                                                    const pipeline::DataRoot& data,
                                                    bool require_all) {
  std::map<std::string, std::size_t> absent;
  std::erase_if(cells, [&](const config::GridCell& cell) {
    const bool out = !data.has(cell.cell.dataset);
    if (out) {
      ++absent[cell.cell.dataset];
    }
    return out;
  });
  std::vector<std::string> lines;
  for (const auto& [name, count] : absent) {
    lines.push_back(absence_text(data, name));
  }
  require(lines.empty() || (!cells.empty() && !require_all), "{}", join(lines, "\n  "));
  return absent;
}

/// That share the cells.
int ranks_of(const RunOptions& o, const comm::World& world) {
  return o.ranks > 0 ? o.ranks : world.size();
}

/// What is to do. Rank 0 looks at the data of it for all.
void plan_cells(Prepared& p, const comm::World& world, pipeline::DataRoot& data) {
  const RunOptions& o = *p.options;
  p.cells = config::grid_cells(p.experiments);
  p.ensembles = config::grid_ensembles(p.experiments);
  if (!o.only.empty()) {
    const std::string first = p.cells.front().cell.name();
    std::erase_if(
        p.cells, [&](const config::GridCell& cell) { return !config::matches(cell.cell, o.only); });
    require(!p.cells.empty(), "--only '{}' matches none of the grid's cells, such as {}", o.only,
            first);
  }
  p.absent = leave_out_absent(p.cells, data, o.require_all);
  for (const config::GridCell& cell : p.cells) {
    static_cast<void>(data.file(cell.cell.dataset));
  }
  const int ranks = ranks_of(o, world);
  require(ranks % o.compute.ranks_per_run == 0,
          "--ranks-per-run {} does not divide the {} of this launch; start a multiple of {}",
          o.compute.ranks_per_run, plural(ranks, "rank"), o.compute.ranks_per_run);
  if (world.rank() > 0) {
    return;  // takes over the plan of rank 0
  }
  p.plan = pipeline::make_plan(p.experiments, p.cells, o.out, data, o.replace,
                               ranks / o.compute.ranks_per_run, o.worker, p.speeds.get());
}

/// Seconds of the busiest rank, whose lanes have cores of their own: of a launch to come as many as
/// it asks for, of this one those of the machine.
double seconds_of(const Prepared& p, const comm::World& world) {
  const RunOptions& o = *p.options;
  const bool gpu = on_gpu(o);
  const int owners = ranks_of(o, world) / o.compute.ranks_per_run;
  const int cores = std::max(1, usable_cores() / world.local_size());
  int lanes = pipeline::lanes_of(o.compute, gpu, cores);
  if (!gpu && o.ranks == 0) {
    lanes = std::min(lanes, std::max(1, cores / o.threads));
  }
  double most = 0;
  for (int owner = 0; owner < owners; ++owner) {
    std::vector<pipeline::PlannedCell> own;
    std::ranges::copy_if(p.plan.missing, std::back_inserter(own),
                         [owner](const auto& planned) { return planned.owner == owner; });
    const int fuse = o.compute.ranks_per_run == 1 ? o.fuse : 1;
    most = std::max(most, pipeline::seconds_in_lanes(
                              pipeline::fused_groups(p.experiments, own, fuse, lanes, gpu), lanes));
  }
  return most;
}

void print_plan(const Prepared& p, const comm::World& world) {
  const pipeline::Plan& plan = p.plan;
  const int teams = ranks_of(*p.options, world) / p.options->compute.ranks_per_run;
  const char* const unit = p.options->compute.ranks_per_run == 1 ? "rank" : "team";
  fmt::print("{:<48} {:>6} {:>10}\n", "cell", unit, "seconds");
  for (const auto& planned : plan.missing) {
    fmt::print("{:<48} {:>6} {:>10.1f}\n", planned.cell.name(), planned.owner, planned.cost);
  }
  std::vector<std::pair<std::string, double>> stages(plan.stages.begin(), plan.stages.end());
  std::ranges::stable_sort(stages, std::ranges::greater(), [](const auto& s) { return s.second; });
  if (!stages.empty()) {
    fmt::print("{:<48} {:>6} {:>10}\n", "stage, over all cells", "", "seconds");
  }
  for (const auto& [stage, seconds] : stages) {
    fmt::print("{:<48} {:>6} {:>10.1f}\n", stage, "", seconds);
  }
  fmt::print("{} finished, {} to do on {}, about {} ({}), imbalance {:.0f} %\n",
             plan.finished.size(), plan.missing.size(), plural(teams, unit),
             log::duration_text(seconds_of(p, world)),
             plan.measured ? "from finished cells"
             : plan.timed  ? "from what stages took on this machine"
                           : "from a model",
             100 * pipeline::imbalance(plan, teams));
}

void hint_at_idle_cores(const comm::World& world, int threads) {
  const int cores = usable_cores();
  if (world.size() == 1 && cores > threads) {
    log::info("1 rank of {} on {} cores; 'mpirun -n {} cance run ...' uses them all",
              plural(threads, "thread"), cores, cores);
  }
}

Prepared prepare(const Arguments& arguments, const comm::World& world) {
  Prepared p;
  p.options = parse_options(arguments, world.rank() == 0);
  if (p.options && !p.options->write_settings.empty()) {
    return p;
  }
  if (p.options) {
    p.experiments = config::load_experiments({p.options->configs.begin(), p.options->configs.end()},
                                             p.options->set, p.options->vary);
    p.speeds = speeds_of(*p.options);
    pipeline::DataRoot data(p.options->data_root);
    plan_cells(p, world, data);
    if (world.rank() == 0) {
      pipeline::check_data(data, p.experiments, p.plan.missing);
    }
  }
  return p;
}

/// An automatic number of lanes has no more of them than cells.
int lanes_for(const pipeline::Grid& grid, const Prepared& p) {
  const auto cells = std::clamp<std::size_t>(p.plan.missing.size(), 1, 256);
  return p.options->compute.lanes > 0 ? grid.lanes()
                                      : std::min(grid.lanes(), static_cast<int>(cells));
}

/// What `cance status` reads: the settings of all experiments below each folder of cells, and what
/// their ensembles join.
void write_settings(const Prepared& p) {
  std::map<fs::path, std::vector<std::string>> texts;
  for (const config::Experiment& experiment : p.experiments) {
    for (const std::string& dataset : experiment.config.grid.datasets) {
      for (const std::string& protocol : experiment.config.grid.protocols) {
        config::Config own = experiment.config;
        own.grid.datasets = {dataset};
        own.grid.protocols = {protocol};
        texts[fs::path(p.options->out) / experiment.variant / dataset / protocol].push_back(
            config::config_text(own));
      }
    }
  }
  for (const auto& [folder, own] : texts) {
    store::write_grid_configs(folder, own);
  }
  store::EnsembleMembers ensembles;
  for (const config::GridEnsemble& ensemble : p.ensembles) {
    ensembles[ensemble.cell] = ensemble.members;
  }
  store::write_ensembles(
      p.options->out, ensembles,
      mapped(config::grid_cells(p.experiments), [](const auto& cell) { return cell.cell.name(); }));
}

void write_whole_settings(const RunOptions& o) {
  for (const auto& [name, text] : config::whole_settings({o.configs.begin(), o.configs.end()})) {
    write_text_file(fs::path(o.write_settings) / name, text);
  }
}

std::string all_settings(const Prepared& p) {
  std::string text;
  for (const config::Experiment& experiment : p.experiments) {
    text += experiment.variant + "\n" + config::config_text(experiment.config);
  }
  return text;
}

/// Times what is not known of this machine, where the grid takes long enough to ask, and plans
/// anew.
void calibrate(Prepared& p, const comm::World& world, const pipeline::Grid& grid) {
  constexpr double kWorthIt = 30;  // seconds of the grid, by a model that is often too quick
  double seconds = 0;
  std::ranges::for_each(p.plan.missing, [&](const auto& planned) { seconds += planned.cost; });
  if (p.plan.measured || p.plan.timed || p.options->worker.count > 1 || seconds < kWorthIt) {
    return;
  }
  grid.calibrate(p.experiments, p.plan.missing, p.options->data_root, *p.speeds);
  pipeline::DataRoot data(p.options->data_root);
  plan_cells(p, world, data);
}

/// Rank 0 speaks for all before the cells start.
void announce(const Prepared& p, const comm::World& world, const pipeline::Grid& grid,
              const pipeline::StopMark& mark) {
  mark.clear();
  write_settings(p);
  // These cells are tried again: a failure on record is from now on one of this run.
  for (const auto& planned : p.plan.missing) {
    store::clear_failure(p.options->out, planned.cell.name());
  }
  if (!grid.on_gpu()) {  // where ranks would share it
    hint_at_idle_cores(world, p.options->threads * grid.lanes());
  }
  const int teams = world.size() / p.options->compute.ranks_per_run;
  log::info("{} cells finished, {} to do on {}{}, imbalance {:.0f} %", p.plan.finished.size(),
            p.plan.missing.size(), plural(world.size(), "rank"),
            p.options->compute.ranks_per_run > 1 ? fmt::format(" in {} teams", teams) : "",
            100 * pipeline::imbalance(p.plan, teams));
}

/// Of the cells that were left out, for the closing line.
std::string absent_text(const std::map<std::string, std::size_t>& absent) {
  std::size_t cells = 0;
  std::vector<std::string> names;
  for (const auto& [name, count] : absent) {
    cells += count;
    names.push_back(name);
  }
  return cells == 0 ? ""
                    : fmt::format(", {} left out for want of {} (see above)", plural(cells, "cell"),
                                  join_first(names, 5));
}

/// What to do with a finished grid.
std::string next_command(const Prepared& p) {
  if (std::ranges::all_of(p.cells, [](const auto& cell) { return cell.cell.protocol == "fit"; })) {
    return fmt::format("cance score --run {} --input ROWS --out scores.csv",
                       store::run_path(p.options->out, p.cells.front().cell.name()).string());
  }
  return fmt::format("cance report {} --out report", p.options->out);
}

int finish(const pipeline::GridResult& result, const Prepared& p, bool print) {
  const RunOptions& o = *p.options;
  const auto left = static_cast<std::int64_t>(p.plan.missing.size()) - result.done - result.failed;
  if (result.stopped && left > 0) {
    throw comm::SharedError(
        fmt::format("stopped on request with {} cells done and {} left; the same command goes on",
                    result.done, left),
        ExitCode::stopped);
  }
  if (print && result.done + result.failed > 0) {
    log::info("{:.1f} % of the time idle at the end, {:.1f} % beside the cells{}",
              100 * result.idle_share, 100 * result.overhead_share,
              o.compute.ranks_per_run > 1
                  ? fmt::format(", {:.1f} % of the cells in reductions", 100 * result.reduce_share)
                  : "");
  }
  if (print) {
    log::info("{} done, {} failed{}{}{}; next: {}", plural(result.done, "cell"), result.failed,
              left > 0 ? fmt::format(", {} not started", left) : "",
              result.unjoined > 0
                  ? fmt::format(", {} not made (see above)", plural(result.unjoined, "ensemble"))
                  : "",
              absent_text(p.absent),
              result.failed > 0
                  ? fmt::format("cance status {} (the same command tries again)", o.out)
                  : next_command(p));
  }
  return static_cast<int>(result.failed + result.unjoined > 0 ? ExitCode::some_failed
                                                              : ExitCode::done);
}

}  // namespace

int run(const Arguments& arguments, comm::World& world) {
  const bool root = world.rank() == 0;
  Prepared p;
  comm::run_together(world.communicator(), [&] { p = prepare(arguments, world); });
  if (!p.options) {
    return 0;
  }
  if (!p.options->write_settings.empty()) {
    comm::run_together(world.communicator(), [&] {
      if (root) {
        write_whole_settings(*p.options);
      }
    });
    return 0;
  }
  log::configure(p.options->quiet ? log::Level::quiet : log::Level::normal,
                 world.size() > 1 ? fmt::format("rank {}", world.rank()) : "");
  if (root) {
    const pipeline::DataRoot data(p.options->data_root);
    for (const auto& [name, count] : p.absent) {
      log::warn("{}; {} left out", absence_text(data, name), plural(count, "cell"));
    }
  }
  if (p.options->dry_run) {
    if (p.options->calibrate) {
      nn::configure_torch(p.options->threads);
      const pipeline::Grid grid(p.options->compute, world);
      comm::run_together(world.communicator(), [&] {
        if (root) {
          calibrate(p, world, grid);
        }
      });
    }
    if (root) {
      print_plan(p, world);
    }
    return 0;
  }
  install_stop_handlers();
  nn::configure_torch(p.options->threads);
  comm::require_agreement(world.communicator(), all_settings(p), "the settings");
  const RunOptions& o = *p.options;
  pipeline::Grid grid(o.compute, world);
  comm::run_together(world.communicator(), [&] {
    if (root) {
      calibrate(p, world, grid);
    }
  });
  pipeline::share_plan(p.plan, p.cells, world.communicator());
  const fs::path marks = fs::path(o.out) / "running";
  const fs::path mark = pipeline::stop_mark_path(o.stop_mark, marks, world.communicator());
  comm::run_together(world.communicator(), [&] {
    if (root) {
      announce(p, world, grid, pipeline::StopMark(mark));
    }
  });
  const pipeline::GridOptions options{.data_root = o.data_root,
                                      .runs = o.out,
                                      .stop_mark = mark,
                                      .stop_on_failure = o.on_failure == "stop",
                                      .show_progress = !o.quiet,
                                      .checkpoint_seconds = o.checkpoint_seconds,
                                      .lanes = lanes_for(grid, p),
                                      .fuse = o.fuse,
                                      .threads = o.threads,
                                      .speeds = p.speeds.get()};
  const auto result = grid.run(p.experiments, p.plan, options);
  if (root) {
    if (o.stop_mark.empty()) {  // no rank asks any more
      pipeline::StopMark(mark).clear();
    }
    pipeline::clear_old_marks(marks);
  }
  return finish(result, p, root);
}

}  // namespace cance::cli
