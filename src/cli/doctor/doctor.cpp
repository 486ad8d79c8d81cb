// `cance doctor`: what this machine has for `cance run` and what to do about what is missing.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/doctor/probes.hpp"
#include "cli/doctor/slurm_facts.hpp"
#include "cli/parse.hpp"

namespace cance::cli {
namespace {

std::string mark_name(Mark mark) {
  constexpr std::array kNames{"ok", "note", "missing"};
  return kNames[static_cast<std::size_t>(mark)];
}

std::vector<Finding> examine(const std::string& runs) {
  std::vector<Finding> findings = {
      probe_build(),       probe_engine(),     probe_cores(),      probe_memory(), probe_mpirun(),
      probe_mpi_library(), probe_hdf5(),       probe_cuda(),       probe_nccl(),   probe_threads(),
      probe_locale(),      probe_folder(runs), probe_locking(runs)};
  std::ranges::move(probe_gpu_users(), std::back_inserter(findings));
  std::ranges::move(probe_slurm(), std::back_inserter(findings));
  return findings;
}

void print_lines(const std::vector<Finding>& findings, bool works) {
  for (const Finding& finding : findings) {
    fmt::print("{:<8} {:<16} {}\n", mark_name(finding.mark), finding.what, finding.value);
    if (!finding.repair.empty()) {
      fmt::print("{:<25} -> {}\n", "", finding.repair);
    }
  }
  fmt::print("\n{}\n", works ? "'cance run' works here"
                             : "'cance run' does not work here: mend what is marked missing");
}

void print_json(const std::vector<Finding>& findings, bool works) {
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    lines.push_back({{"mark", mark_name(finding.mark)},
                     {"what", finding.what},
                     {"value", finding.value},
                     {"repair", finding.repair}});
  }
  const nlohmann::ordered_json all = {{"works", works}, {"findings", lines}};
  fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

/// In a step of many tasks one speaks for all.
bool speaks() {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "SLURM_PROCID"}) {
    if (const std::string rank = variable(name); !rank.empty()) {
      return rank == "0";
    }
  }
  return true;
}

}  // namespace

int doctor(const Arguments& arguments) {
  po::options_description options("Options");
  std::string runs;
  options.add_options()("json", po::bool_switch(), "print JSON")(
      "runs", po::value(&runs)->default_value("."), "folder where the runs will lie");
  const auto values = parse(arguments, options, "cance doctor [--runs DIR] [--json]");
  if (!values || !speaks()) {
    return 0;
  }
  require(std::filesystem::is_directory(runs), "--runs {}: no such folder", runs);
  const std::vector<Finding> findings = examine(runs);
  const bool works = std::ranges::none_of(
      findings, [](const Finding& finding) { return finding.mark == Mark::missing; });
  ((*values)["json"].as<bool>() ? print_json : print_lines)(findings, works);
  return works ? 0 : 1;
}

}  // namespace cance::cli
