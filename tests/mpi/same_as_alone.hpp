// Trains alone and with a team of all ranks, and compares: for programs that every rank runs.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "base/program.hpp"
#include "base/ranges.hpp"
#include "comm/world.hpp"
#include "nn/checkpoints.hpp"
#include "nn/device.hpp"
#include "nn/sequence.hpp"
#include "nn/threads.hpp"

namespace cance::tests {

inline constexpr double kTeamTolerance = 1e-9;  // relative, in float64

/// All that training leaves.
using TrainAll = std::function<std::vector<at::Tensor>(const nn::Team&, at::Device)>;

inline void append(std::vector<at::Tensor>& tensors, const nn::NamedTensors& state) {
  for (const auto& [name, tensor] : state) {
    tensors.push_back(tensor.detach());
  }
}

inline double largest_difference(const std::vector<at::Tensor>& a,
                                 const std::vector<at::Tensor>& b) {
  double largest = a.size() == b.size() && !a.empty() ? 0 : INFINITY;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const at::Tensor x = a[i].cpu();
    const at::Tensor y = b[i].cpu();
    if (x.sizes() != y.sizes()) {  // which a difference would broadcast
      return INFINITY;
    }
    const double scale = y.abs().max().item<double>();
    const double difference = (x - y).abs().max().item<double>() / std::max(scale, 1e-30);
    largest = std::isfinite(difference) ? std::max(largest, difference) : INFINITY;
  }
  return largest;
}

/// What one rank alone has trained, as the program's test of one rank leaves it for those of more.
inline void write_alone(const std::string& path, const std::vector<at::Tensor>& tensors) {
  nn::NamedTensors named;
  for (const at::Tensor& tensor : tensors) {
    named.emplace_back(fmt::format("{:04}", named.size()), tensor);
  }
  store::Checkpoint alone;
  alone.state = nn::to_map(named);
  store::write_checkpoint(path, alone);
}

inline std::vector<at::Tensor> read_alone(const std::string& path) {
  const store::TensorMap saved = store::read_checkpoint(path).state;
  return mapped(saved, [&](const auto& tensor) { return nn::to_tensor(saved, tensor.first); });
}

/// 0 where the team's tensors, more than `tensors` of them, are those of a rank alone, which a
/// world of one trains and writes into a file, and others read. The word names the transport;
/// "nccl" trains on GPUs, one a rank, the rank alone too, and gives 77 without them.
inline int compare_with_alone(comm::World& world, const std::string& path, const std::string& word,
                              std::size_t tensors, const TrainAll& train) {
  const bool nccl = word == "nccl";
  at::Device device = at::kCPU;
  if (nccl) {
    const GpuDriver driver = look_for_gpus();
    if (static_cast<int>(driver.gpus.size()) < world.local_size()) {
      fmt::print("skipped: team_nccl not run: no device for each of {} ranks\n", world.size());
      return 77;
    }
    device = nn::choose_device("cuda", driver, world.local_rank());
  }
  const nn::Team team(world.communicator(), nn::choose_transport(word, device, false, ""));
  const std::vector<at::Tensor> together = train(team, device);
  const std::vector<at::Tensor> alone =
      world.size() == 1 || nccl ? train(nn::Team(), device) : read_alone(path);
  if (world.size() == 1) {
    write_alone(path, alone);
  }
  double largest = alone.size() > tensors ? largest_difference(together, alone) : INFINITY;
  world.communicator().all_reduce(std::span(&largest, 1), comm::Op::max);
  team.require_same(together, "the results of the team");
  if (world.rank() == 0) {
    fmt::print("{} ranks: largest relative difference {:.2e} over {} tensors\n", world.size(),
               largest, alone.size());
  }
  return largest <= kTeamTolerance ? 0 : 1;
}

/// A `main` around it: `PROGRAM RANKS FILE [TRANSPORT]`. Fails where the launcher did not make one
/// world of so many ranks: lone ranks would compare alone with alone and pass.
[[noreturn]] inline void team_test_main(int argc, char** argv, std::size_t tensors,
                                        const TrainAll& train) {
  int code = 1;
  {
    comm::World world(argc, argv);
    try {
      require(argc > 2 && std::to_string(world.size()) == argv[1],
              "this world has {} ranks; expected the number of the first word", world.size());
      nn::configure_torch(1);
      code = compare_with_alone(world, argv[2], argc > 3 ? argv[3] : "auto", tensors, train);
    } catch (const std::exception& error) {
      fmt::print(stderr, "rank {}: {}\n", world.rank(), error.what());
      world.abort(1);
    }
  }
  leave(code);
}

}  // namespace cance::tests
