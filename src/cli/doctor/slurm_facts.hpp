// What Slurm's variables and the texts of its commands mean for a run. Pure functions of text: the
// probes of doctor and the check at a run's start ask the machine.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "cli/doctor/finding.hpp"

namespace cance::cli {

/// The value of a variable, empty when it is not set.
using Environment = std::function<std::string(const std::string& name)>;

/// The variables of this process.
[[nodiscard]] std::string variable(const std::string& name);

/// Why this process is alone although srun started several tasks, and what to do; empty when all is
/// well. `world_size` is the number of ranks that know of each other.
[[nodiscard]] std::string lone_rank_cause(const Environment& environment, int world_size);

/// Error with that cause, where there is one. A launcher that does not fit the program's MPI starts
/// N lone programs, which would all do the same work on the same files.
void require_whole_launch(int world_size);

/// Number of tasks of the step, and whether a launcher told them of each other.
[[nodiscard]] Finding judge_ranks(const Environment& environment);

/// Tasks on node number `node` of "2(x3),1"; 0 when the text does not say.
[[nodiscard]] int tasks_on_node(std::string_view tasks_per_node, int node);

/// GPUs of CUDA_VISIBLE_DEVICES against the ranks of this node.
[[nodiscard]] Finding judge_gpus(const Environment& environment);

/// Whether `srun --mpi=list` names PMIx.
[[nodiscard]] Finding judge_mpi_list(std::string_view text);

/// "Name = value" lines of `scontrol show config`.
[[nodiscard]] std::map<std::string, std::string> read_slurm_config(std::string_view text);

/// What that Slurm does with a job that it stops, and what to do about it.
[[nodiscard]] Finding judge_slurm_config(const std::map<std::string, std::string>& config);

}  // namespace cance::cli
