// `cance-engine`: the subcommands that compute on torch, over MPI ranks. Started by `cance`, which
// hands over its command line.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <optional>

#include "archive/collect.hpp"
#include "base/build_info.hpp"
#include "base/error.hpp"
#include "base/program.hpp"
#include "base/terminal.hpp"
#include "cli/commands.hpp"
#include "cli/doctor/slurm_facts.hpp"
#include "comm/world.hpp"
#include "nn/device.hpp"
#include "nn/device_graph.hpp"
#include "nn/failure.hpp"
#include "nn/threads.hpp"
#include "nn/warm_up.hpp"

namespace cance::cli {
namespace {

/// Needs no MPI: one rank of many may be asked alone.
bool print_version(const Arguments& words) {
  if (words.empty() || words[0] != "--version") {
    return false;
  }
  fmt::print("cance-engine {}, libtorch {}, {}\n", build_info().version, nn::torch_version(),
             comm::mpi_version());
  return true;
}

/// Whether this program computes on the machine's first GPU, and by what; a line, for doctor.
int print_device(const GpuDriver& driver) {
  const at::Device device = nn::choose_device("cuda", driver, /*local_rank=*/0);
  nn::warm_libraries(device);
  std::string graphs = "CUDA graphs";
  try {
    (void)nn::make_device_graph(device);
  } catch (const Error& error) {
    graphs = error.what();
  }
  fmt::print("computes on {}; {}\n", nn::device_name(device, driver), graphs);
  return 0;
}

/// The commands of one process, which start no MPI; nothing for the others.
std::optional<int> dispatch_alone(const Arguments& words) {
  if (words.empty() ||
      (words[0] != "score" && words[0] != "export-model" && words[0] != "--device")) {
    return std::nullopt;
  }
  const Arguments rest(words.begin() + 1, words.end());
  try {
    if (words[0] == "--device") {
      return print_device(look_for_gpus());
    }
    return words[0] == "score" ? score(rest) : export_model(rest);
  } catch (const Error& error) {
    fmt::print(stderr, "cance: {}\n", with_visible_breaks(error.what()));
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    fmt::print(stderr, "cance: {}\n", with_visible_breaks(nn::words_of(error)));
    return static_cast<int>(ExitCode::bad_input);
  }
}

int dispatch(const Arguments& words, comm::World& world) {
  require(!words.empty(), "cance-engine is started by 'cance run' and others");
  require_whole_launch(world.size());
  const Arguments rest(words.begin() + 1, words.end());
  if (words[0] == "run") {
    return run(rest, world);
  }
  if (words[0] == "extract") {
    return extract(rest, world);
  }
  if (words[0] == "collect") {
    return collect(rest, {world.rank(), world.size(), [&world](std::span<const char> own) {
                            return world.communicator().all_gather(own);
                          }});
  }
  fail("cance-engine knows no command '{}'; expected run, extract or collect", words[0]);
}

int start(int argc, char** argv) {
  const Arguments words(argv + 1, argv + argc);
  if (print_version(words)) {
    return 0;
  }
  if (const auto code = dispatch_alone(words)) {
    return *code;
  }
  comm::World world(argc, argv);
  try {
    return dispatch(words, world);
  } catch (const comm::SharedError& error) {
    if (world.rank() == 0) {
      fmt::print(stderr, "cance: {}\n", with_visible_breaks(error.what()));
    }
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    fmt::print(stderr, "cance: rank {} of {} on {}: {}\n", world.rank(), world.size(), host_name(),
               with_visible_breaks(nn::words_of(error)));
    const bool lost = dynamic_cast<const ProcessLost*>(&error) != nullptr;
    world.abort(static_cast<int>(lost ? ExitCode::stopped : ExitCode::bad_input));
  }
}

}  // namespace
}  // namespace cance::cli

int main(int argc, char** argv) {
  cance::begin_program();
  cance::leave(cance::cli::start(argc, argv));
}
