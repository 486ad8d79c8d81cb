// What doctor and a starting run read from Slurm's variables and texts.
#include "cli/doctor/slurm_facts.hpp"

#include <gtest/gtest.h>

namespace {

using cance::cli::Environment;
using cance::cli::Mark;

Environment environment(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? "" : found->second;
  };
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(SlurmFacts, LoneRanksOfAStepAreRefusedWithTheCause) {
  const auto step = environment({{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "4"}});
  const std::string cause = cance::cli::lone_rank_cause(step, 1);
  EXPECT_TRUE(contains(cause, "4 tasks") && contains(cause, "--mpi=pmix")) << cause;
  EXPECT_EQ(cance::cli::lone_rank_cause(step, 4), "");
}

TEST(SlurmFacts, OneRankMayBeAloneWhereOneWasAskedFor) {
  EXPECT_EQ(cance::cli::lone_rank_cause(environment({}), 1), "");
  // The batch script itself: tasks are allocated, but this is no step of theirs.
  EXPECT_EQ(cance::cli::lone_rank_cause(environment({{"SLURM_NTASKS", "4"}}), 1), "");
  const auto one = environment({{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "1"}});
  EXPECT_EQ(cance::cli::lone_rank_cause(one, 1), "");
  const auto mpirun = environment(
      {{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "2"}, {"OMPI_COMM_WORLD_SIZE", "1"}});
  EXPECT_EQ(cance::cli::lone_rank_cause(mpirun, 1), "");
}

TEST(SlurmFacts, RanksOfOneWorld) {
  const auto lone = environment({{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "4"}});
  EXPECT_EQ(cance::cli::judge_ranks(lone).mark, Mark::missing);
  const auto whole =
      environment({{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "4"}, {"PMIX_RANK", "0"}});
  EXPECT_EQ(cance::cli::judge_ranks(whole).mark, Mark::ok);
  EXPECT_EQ(cance::cli::judge_ranks(whole).value, "4 tasks of one MPI world");
  const auto few = environment({{"OMPI_COMM_WORLD_SIZE", "2"}, {"SLURM_NTASKS", "8"}});
  EXPECT_EQ(cance::cli::judge_ranks(few).mark, Mark::note);
}

TEST(SlurmFacts, TasksOnANode) {
  EXPECT_EQ(cance::cli::tasks_on_node("2(x3),1", 0), 2);
  EXPECT_EQ(cance::cli::tasks_on_node("2(x3),1", 2), 2);
  EXPECT_EQ(cance::cli::tasks_on_node("2(x3),1", 3), 1);
  EXPECT_EQ(cance::cli::tasks_on_node("2(x3),1", 4), 0);
  EXPECT_EQ(cance::cli::tasks_on_node("4", 0), 4);
  EXPECT_EQ(cance::cli::tasks_on_node("", 0), 0);
}

TEST(SlurmFacts, GpusAgainstRanks) {
  const auto judge = [](const std::string& visible, const std::string& per_task) {
    return cance::cli::judge_gpus(environment({{"SLURM_STEP_TASKS_PER_NODE", "2(x2)"},
                                               {"CUDA_VISIBLE_DEVICES", visible},
                                               {"SLURM_GPUS_PER_TASK", per_task}}));
  };
  EXPECT_EQ(judge("0,1", "").mark, Mark::ok);
  EXPECT_EQ(judge("0,1", "").value, "2 visible (0,1) for 2 ranks of this node");
  EXPECT_TRUE(contains(judge("0", "").repair, "--ranks-per-gpu 2"));
  EXPECT_TRUE(contains(judge("0", "1").repair, "--gpus-per-node"));
  EXPECT_EQ(judge("", "").mark, Mark::ok);
}

TEST(SlurmFacts, KindsOfMpi) {
  const auto with =
      cance::cli::judge_mpi_list("MPI plugin types are...\n\tpmi2\n\tcray_shasta\n\tpmix\n\tnone");
  EXPECT_EQ(with.mark, Mark::ok);
  EXPECT_EQ(with.value, "srun --mpi offers pmi2, cray_shasta, pmix, none");
  EXPECT_EQ(cance::cli::judge_mpi_list("MPI plugin types are...\n\tnone").mark, Mark::note);
}

TEST(SlurmFacts, WhatTheSiteDoesOnPreemption) {
  const auto config = cance::cli::read_slurm_config(
      "Configuration data as of 2026-11-24T04:00:00\nKillWait                = 5 sec\n"
      "MaxArraySize            = 1001\nPreemptMode             = CANCEL\n"
      "SlurmctldParameters     = preempt_send_user_signal\nRequeueExit             = (null)\n\n"
      "Slurmctld(primary) at localhost is UP\n");
  EXPECT_EQ(config.at("MaxArraySize"), "1001");
  const auto cancel = cance::cli::judge_slurm_config(config);
  EXPECT_TRUE(contains(cancel.value, "MaxArraySize=1001"));
  EXPECT_FALSE(contains(cancel.value, "RequeueExit"));
  EXPECT_TRUE(contains(cancel.repair, "signal of --signal") &&
              contains(cancel.repair, "is cancelled") && contains(cancel.repair, "5 s to save"))
      << cancel.repair;
  const auto calm =
      cance::cli::judge_slurm_config({{"PreemptMode", "OFF"}, {"KillWait", "30 sec"}});
  EXPECT_EQ(calm.mark, Mark::ok);
  EXPECT_TRUE(contains(cance::cli::judge_slurm_config({{"PreemptMode", "GANG,SUSPEND"}}).repair,
                       "wait in memory"));
}

}  // namespace
