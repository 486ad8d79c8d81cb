#include "pipeline/compute_setup.hpp"

#include <algorithm>

#include "base/build_info.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "comm/gpu_shares.hpp"
#include "nn/device.hpp"
#include "nn/device_graph.hpp"

namespace cance::pipeline {
namespace {

std::string bus_id(at::Device device, const GpuDriver& driver) {
  return device.is_cpu() ? "" : driver.gpus.at(static_cast<std::size_t>(device.index())).bus_id;
}

/// Whether this program has graphs for the device, said once where it has not.
bool has_graphs(at::Device device, bool tell) {
  try {
    return nn::make_device_graph(device) != nullptr;
  } catch (const Error& error) {
    if (tell) {
      log::info("{}", error.what());
    }
    return false;
  }
}

}  // namespace

void require_device_word(const std::string& device) {
  if (device != "cuda") {
    (void)nn::choose_device(device, GpuDriver(), /*local_rank=*/0);
  }
}

int lanes_of(const ComputeRequest& request, bool on_gpu, int cores) {
  if (request.lanes > 0) {
    return request.lanes;
  }
  return on_gpu && request.ranks_per_run == 1 ? std::clamp(cores / request.threads, 1, nn::kStreams)
                                              : 1;
}

ComputeSetup set_up_compute(const ComputeRequest& request, comm::World& world) {
  comm::Communicator& all = world.communicator();
  ComputeSetup setup;
  GpuDriver driver;
  if (request.device != "cpu") {
    driver = look_for_gpus();
  }
  nn::Compute& compute = setup.compute;
  const int cores = std::max(1, usable_cores() / world.local_size());
  comm::run_together(all, [&] {
    if (request.lanes * request.threads > cores) {
      let_waits_block(driver, world.local_rank());
    }
    compute.device = nn::choose_device(request.device, driver, world.local_rank());
    setup.lanes = lanes_of(request, !compute.device.is_cpu(), cores);
    nn::require_streams(compute.device, setup.lanes);
  });
  compute.device_name = nn::device_name(compute.device, driver);
  compute.type = request.precision == "float64" ? at::kDouble : at::kFloat;
  compute.graphs = request.graphs && has_graphs(compute.device, world.rank() == 0);

  const auto places = comm::gather_places(all, {host_name(), bus_id(compute.device, driver)});
  setup.team = world.rank() / request.ranks_per_run;
  const auto own_places =
      std::span(places).subspan(static_cast<std::size_t>(setup.team * request.ranks_per_run),
                                static_cast<std::size_t>(request.ranks_per_run));
  nn::Transport transport{};
  comm::run_together(all, [&] {
    comm::require_gpu_shares(places, request.ranks_per_gpu);
    transport =
        nn::choose_transport(request.transport, compute.device, comm::share_a_gpu(own_places),
                             compute.device.is_cpu() ? "" : comm::why_no_nccl());
  });
  if (world.rank() == 0 && !compute.device.is_cpu()) {
    log::info("computes on {}{}{}", compute.device_name,
              setup.lanes > 1 ? fmt::format(" in {} lanes", setup.lanes) : "",
              compute.graphs ? ", steps as CUDA graphs" : "");
  }
  setup.ranks = all.split(setup.team);
  compute.team = nn::Team(*setup.ranks, transport, request.team_timeout);
  return setup;
}

}  // namespace cance::pipeline
