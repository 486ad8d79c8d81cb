// `cance status`: which cells of a run directory are done, failed, missing; read from the disk
// alone.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/error.hpp"
#include "cli/parse.hpp"
#include "config/cell.hpp"
#include "config/load.hpp"
#include "store/run_directory.hpp"
#include "store/run_file.hpp"

namespace cance::cli {
namespace {

namespace fs = std::filesystem;

/// Every grid that was started in the directory, with its folder.
std::map<std::string, config::Config> grids_in(const fs::path& runs) {
  std::map<std::string, config::Config> grids;
  for (const auto& entry : fs::recursive_directory_iterator(runs)) {
    if (entry.path().filename() == "grid.cfg") {
      grids[entry.path().parent_path().string()] = config::load_config(entry.path());
    }
  }
  return grids;
}

void print_cells(const char* what, const std::vector<std::string>& cells, bool all) {
  constexpr std::size_t kShown = 12;
  const std::size_t shown = all ? cells.size() : std::min(kShown, cells.size());
  for (std::size_t i = 0; i < shown; ++i) {
    fmt::print("  {:<8} {}\n", what, cells[i]);
  }
  if (shown < cells.size()) {
    fmt::print("  {:<8} and {} more (--all lists them)\n", what, cells.size() - shown);
  }
}

void print_grid(const fs::path& runs, const std::string& folder, const config::Config& config,
                bool all) {
  const auto failures = store::read_failures(runs);
  std::vector<std::string> failed;
  std::vector<std::string> missing;
  std::size_t done = 0;
  double seconds = 0;
  for (const config::Cell& cell : config::grid_cells(config.grid)) {
    const auto path = store::run_path(runs, cell.name());
    const auto failure = failures.find(cell.name());
    if (fs::exists(path)) {
      ++done;
      seconds += store::read_run_file(path, store::Detail::info).info.seconds;
    } else if (failure != failures.end()) {
      failed.push_back(fmt::format("{}: {}", failure->first, failure->second));
    } else {
      missing.push_back(cell.name());
    }
  }
  fmt::print("{}: {} done, {} failed, {} missing of {} cells", folder, done, failed.size(),
             missing.size(), done + failed.size() + missing.size());
  fmt::print("{}\n", done == 0
                         ? ""
                         : fmt::format("; {:.1f} s a cell", seconds / static_cast<double>(done)));
  print_cells("failed", failed, /*all=*/true);
  print_cells("missing", missing, all);
}

}  // namespace

int status(const Arguments& arguments) {
  std::string runs;
  bool all = false;
  po::options_description options("options");
  options.add_options()("runs", po::value(&runs)->required(), "run directory (also the bare word)")(
      "all", po::bool_switch(&all), "list every missing cell");
  po::positional_options_description positional;
  positional.add("runs", 1);
  if (!parse(arguments, options, "cance status RUNS [--all]", positional)) {
    return 0;
  }
  require(fs::is_directory(runs), "{}: no such folder; give the --out of cance run", runs);
  const auto grids = grids_in(runs);
  require(!grids.empty(), "{}: no grid was started here (no grid.cfg below it)", runs);
  for (const auto& [folder, config] : grids) {
    print_grid(runs, folder, config, all);
  }
  return 0;
}

}  // namespace cance::cli
