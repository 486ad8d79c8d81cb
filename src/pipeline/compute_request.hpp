// How the cells of a grid are to be computed, as asked for on the command line.
#pragma once

#include <string>

#include "nn/team.hpp"

namespace cance::pipeline {

struct ComputeRequest {
  std::string device = "auto";           ///< auto | cpu | cuda
  std::string transport = "auto";        ///< auto | nccl | staged
  double team_timeout = nn::kTeamLimit;  ///< seconds that NCCL waits for a rank
  std::string precision = "float32";
  bool graphs = true;     ///< CUDA graphs, where this program has them
  int ranks_per_run = 1;  ///< W: ranks [k W, (k + 1) W) are team k
  int ranks_per_gpu = 1;  ///< more are refused
  int lanes = 1;    ///< threads of a rank that compute side by side; 0: as the device likes it
  int threads = 1;  ///< of torch, for each lane
};

}  // namespace cance::pipeline
