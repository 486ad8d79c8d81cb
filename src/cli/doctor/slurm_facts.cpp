#include "cli/doctor/slurm_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/error.hpp"
#include "base/plural.hpp"
#include "base/text.hpp"

namespace cance::cli {
namespace {

int number(const std::string& text) { return parse_number<int>(text).value_or(0); }

/// Ranks of the MPI world as a launcher tells them; 0 when none does. PMIx tells the rank alone.
bool knows_a_world(const Environment& environment) {
  for (const char* name : {"PMIX_RANK", "PMI_RANK", "OMPI_COMM_WORLD_SIZE"}) {
    if (!environment(name).empty()) {
      return true;
    }
  }
  return false;
}

std::string value_of(const std::map<std::string, std::string>& config, const std::string& name) {
  const auto found = config.find(name);
  return found == config.end() ? "" : found->second;
}

/// What becomes of a preempted job, by the cluster's PreemptMode (partitions may differ).
std::string preemption_advice(const std::string& mode, bool sends_signal) {
  if (mode.empty() || mode == "OFF") {
    return "";
  }
  if (mode.find("SUSPEND") != std::string::npos) {
    return "preempted jobs wait in memory and go on by themselves";
  }
  return fmt::format(
      "a preempted job gets {} and the partition's GraceTime (scontrol show partition), then {}; "
      "cluster/submit.sh saves and puts it back in any case",
      sends_signal ? "the signal of --signal" : "SIGTERM",
      mode.find("REQUEUE") != std::string::npos ? "goes back into the queue" : "is cancelled");
}

}  // namespace

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

std::string lone_rank_cause(const Environment& environment, int world_size) {
  const int tasks = number(environment("SLURM_STEP_NUM_TASKS"));
  if (world_size > 1 || tasks <= 1 || environment("SLURM_STEP_ID").empty() ||
      environment("OMPI_COMM_WORLD_SIZE") == "1") {
    return "";
  }
  return fmt::format(
      "srun started {} tasks, but each is a world of one rank and would train the whole grid; most "
      "likely srun ran without PMIx: use srun --mpi=pmix (srun --mpi=list shows what there is), or "
      "mpirun inside the batch script",
      tasks);
}

void require_whole_launch(int world_size) {
  const std::string cause = lone_rank_cause(variable, world_size);
  require(cause.empty(), "{}", cause);
}

Finding judge_ranks(const Environment& environment) {
  const std::string tasks = environment("SLURM_STEP_NUM_TASKS");
  const std::string what = "Slurm ranks";
  if (!environment("OMPI_COMM_WORLD_SIZE").empty()) {
    const std::string ranks = environment("OMPI_COMM_WORLD_SIZE");
    const std::string allocated = environment("SLURM_NTASKS");
    const bool all = allocated.empty() || number(ranks) == number(allocated);
    return {all ? Mark::ok : Mark::note, what,
            fmt::format("{} ranks of one MPI world by mpirun, {} tasks allocated", ranks,
                        allocated.empty() ? "no" : allocated),
            all ? "" : "mpirun -n $SLURM_NTASKS uses them all"};
  }
  if (environment("SLURM_STEP_ID").empty() || tasks.empty()) {
    return {Mark::ok, what, "not in a step of srun",
            "srun --mpi=pmix cance doctor looks from where the ranks will be"};
  }
  if (number(tasks) > 1 && !knows_a_world(environment)) {
    return {Mark::missing, what, fmt::format("{} tasks, none knows of the others", tasks),
            lone_rank_cause(environment, 1)};
  }
  return {Mark::ok, what,
          number(tasks) > 1 ? fmt::format("{} tasks of one MPI world", tasks) : "1 task", ""};
}

int tasks_on_node(std::string_view tasks_per_node, int node) {
  int first = 0;
  for (const std::string& part : split(tasks_per_node, ',')) {
    const std::size_t bracket = part.find("(x");
    const int nodes = bracket == std::string::npos ? 1 : std::atoi(part.c_str() + bracket + 2);
    if (node < first + nodes) {
      return number(part.substr(0, bracket));
    }
    first += nodes;
  }
  return 0;
}

Finding judge_gpus(const Environment& environment) {
  const std::string visible = environment("CUDA_VISIBLE_DEVICES");
  const std::string per_node = environment("SLURM_STEP_TASKS_PER_NODE");
  const int ranks =
      std::max(1, tasks_on_node(per_node.empty() ? environment("SLURM_TASKS_PER_NODE") : per_node,
                                number(environment("SLURM_NODEID"))));
  const int devices =
      visible.empty() || visible == "NoDevFiles" ? 0 : static_cast<int>(split(visible, ',').size());
  Finding finding{Mark::ok, "Slurm GPUs", "none: trains on the CPU", ""};
  if (devices == 0) {
    return finding;
  }
  finding.value =
      fmt::format("{} visible ({}) for {} of this node", devices, visible, plural(ranks, "rank"));
  if (devices >= ranks) {
    return finding;
  }
  finding.mark = Mark::note;
  finding.repair =
      environment("SLURM_GPUS_PER_TASK").empty()
          ? fmt::format("ask for --gpus-per-node={}, or share with --ranks-per-gpu {}", ranks,
                        (ranks + devices - 1) / devices)
          : "--gpus-per-task hides the GPUs of the other ranks, and under mpirun gives all ranks "
            "the same one: ask for --gpus-per-node instead";
  return finding;
}

Finding judge_mpi_list(std::string_view text) {
  std::vector<std::string> kinds;
  for (const std::string& line : split(text, '\n')) {
    const std::string word = trim(line);
    if (!word.empty() && word.find(' ') == std::string::npos) {
      kinds.push_back(word);
    }
  }
  const bool pmix = text.find("pmix") != std::string_view::npos;
  return {pmix ? Mark::ok : Mark::note, "Slurm MPI", "srun --mpi offers " + join(kinds, ", "),
          pmix ? "" : "no pmix: use mpirun inside the batch script (submit.sh --launcher mpirun)"};
}

std::map<std::string, std::string> read_slurm_config(std::string_view text) {
  std::map<std::string, std::string> config;
  for (const std::string& line : split(text, '\n')) {
    const std::size_t sign = line.find(" = ");
    if (sign != std::string::npos) {
      config[trim(line.substr(0, sign))] = trim(line.substr(sign + 3));
    }
  }
  return config;
}

Finding judge_slurm_config(const std::map<std::string, std::string>& config) {
  std::vector<std::string> values;
  for (const char* name : {"PreemptMode", "JobRequeue", "RequeueExit", "KillWait", "MaxArraySize",
                           "MpiDefault", "SlurmctldParameters", "AccountingStorageType"}) {
    const std::string value = value_of(config, name);
    if (!value.empty() && value != "(null)") {
      values.push_back(fmt::format("{}={}", name, value));
    }
  }
  std::vector<std::string> advice;
  const bool sends_signal =
      value_of(config, "SlurmctldParameters").find("preempt_send_user_signal") != std::string::npos;
  const std::string preemption = preemption_advice(value_of(config, "PreemptMode"), sends_signal);
  if (!preemption.empty()) {
    advice.push_back(preemption);
  }
  // "30 sec"
  const int seconds = number(split(value_of(config, "KillWait"), ' ').front());
  if (seconds > 0 && seconds < 30) {
    advice.push_back(
        fmt::format("a cancelled job has {} s to save: keep --checkpoint-seconds low", seconds));
  }
  return {advice.empty() ? Mark::ok : Mark::note, "Slurm settings", join(values, ", "),
          join(advice, "; ")};
}

}  // namespace cance::cli
