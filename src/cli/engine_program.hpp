// The way from `cance`, which runs anywhere, to `cance-engine`, which loads libtorch and MPI.
#pragma once

#include <filesystem>
#include <string>

#include "cli/commands.hpp"

namespace cance::cli {

/// Where cance-engine is expected: the folder of the running program.
[[nodiscard]] std::filesystem::path engine_path();

/// Becomes `cance-engine COMMAND arguments...`; the process keeps its id, so mpirun and signals
/// reach it. Error when absent.
[[noreturn]] void become_engine(const std::string& command, const Arguments& arguments);

}  // namespace cance::cli
