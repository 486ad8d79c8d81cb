// `cance status`: which cells of a run directory are done, running, failed, missing; read from the
// disk alone, so also from another machine while the grid runs. The same of its ensembles.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "archive/ensemble.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/plural.hpp"
#include "base/ranges.hpp"
#include "cli/parse.hpp"
#include "config/cell.hpp"
#include "config/load.hpp"
#include "hdf5/seal.hpp"
#include "store/ensemble_list.hpp"
#include "store/run_directory.hpp"
#include "store/run_file.hpp"
#include "store/running.hpp"

namespace cance::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kStatusUsage =
    "cance status RUNS [--all] [--json]\n"
    "What has become of the cells that the last launch named, and of the ensembles that it is to "
    "make of them, one line for each that is\nnot done. "
    "Exit code 0 whatever that is, also\nfailed, unusable and missing cells: the text tells.";

/// The cells that the last launch named below a folder of settings, OUT/[VARIANT/]DATASET/PROTOCOL.
struct Grid {
  fs::path runs;                   ///< OUT
  std::vector<std::string> cells;  ///< names, each once
};

/// The variant and the --out of the launch whose settings lie in `folder`.
std::pair<std::string, fs::path> place_of(const fs::path& folder) {
  fs::path normal = folder.lexically_normal();
  const auto at_least = [&](int steps) {
    if (std::distance(normal.begin(), normal.end()) < steps || *normal.begin() == "..") {
      normal = fs::canonical(folder);
    }
    return normal.parent_path().parent_path();
  };
  const std::string variant = config::variant_of(at_least(3).filename().string());
  return {variant, variant.empty() ? at_least(3) : at_least(4).parent_path()};
}

/// Whether a folder is another or lies below it.
bool lies_below(const fs::path& folder, const fs::path& other) {
  const fs::path whole = fs::canonical(folder);
  const fs::path above = fs::canonical(other);
  return std::ranges::mismatch(above, whole).in1 == above.end();
}

/// Every grid that was started in the directory or below it, by its folder.
std::map<std::string, Grid> grids_in(const std::vector<FoundFile>& files) {
  std::map<std::string, Grid> grids;
  for (const FoundFile& file : files) {
    if (!store::is_grid_config(file.path) || !file.fault.empty()) {
      continue;
    }
    const fs::path folder = file.path.parent_path();
    const auto [variant, runs] = place_of(folder);
    Grid& grid = grids[folder.string()];
    grid.runs = runs;
    for (config::Cell& cell : config::grid_cells(config::load_config(file.path).grid)) {
      cell.variant = variant;
      if (!contains(grid.cells, cell.name())) {
        grid.cells.push_back(cell.name());
      }
    }
  }
  return grids;
}

/// A cell or an ensemble, and what there is to say about it.
struct Entry {
  std::string cell, note;
  bool note_names_it = false;
  [[nodiscard]] std::string text() const {
    return note.empty() ? cell : note_names_it ? note : cell + ": " + note;
  }
};

void print_cells(const char* what, const std::vector<Entry>& cells, bool all) {
  constexpr std::size_t kShown = 12;
  const std::size_t shown = all ? cells.size() : std::min(kShown, cells.size());
  for (std::size_t i = 0; i < shown; ++i) {
    fmt::print("  {:<8} {}\n", what, cells[i].text());
  }
  if (shown < cells.size()) {
    fmt::print("  {:<8} and {} more (--all lists them)\n", what, cells.size() - shown);
  }
}

/// "rank 3 on node7, autoencoder, epoch 12 of 150, 31 % done, 8 min 32 s left".
std::string place(const store::RunningCell& record) {
  std::string text = fmt::format("rank {} on {}, {}", record.rank, record.host, record.stage);
  if (record.epochs > 0) {
    text += fmt::format(", epoch {} of {}", record.epoch, record.epochs);
  }
  text += fmt::format(", {:.0f} % done", 100 * record.done);
  if (record.seconds_left >= 0) {
    text += fmt::format(", {} left", log::duration_text(record.seconds_left));
  }
  return text;
}

/// The cells of a grid by what has become of them.
struct GridState {
  std::vector<std::string> done;
  double seconds = 0;  ///< of the done ones
  std::vector<Entry> running, stopped, silent, unusable, failed, missing;
};
constexpr std::pair<const char*, std::vector<Entry> GridState::*> kStates[]{
    {"running", &GridState::running}, {"stopped", &GridState::stopped},
    {"silent", &GridState::silent},   {"unusable", &GridState::unusable},
    {"failed", &GridState::failed},   {"missing", &GridState::missing}};

void add_finished(GridState& state, const std::string& cell, const FoundFile& file) {
  try {
    require(file.fault.empty(), "{}: {}", file.path.string(), file.fault);
    state.seconds += store::read_run_file(file.path, store::Detail::info).info.seconds;
    state.done.push_back(cell);
  } catch (const Error& error) {
    state.unusable.push_back({cell, error.what(), /*note_names_it=*/true});
  }
}

/// A cell that is tried again keeps its old failure until it is done, hence the order.
void add_cell(GridState& state, const fs::path& runs, const std::string& cell,
              const std::map<std::string, store::RunningCell>& running,
              const std::map<std::string, std::string>& failures) {
  const auto file = look_up(store::run_path(runs, cell));
  const auto record = running.find(cell);
  const auto failure = failures.find(cell);
  if (file) {
    add_finished(state, cell, *file);
  } else if (record != running.end() && record->second.stopped) {
    const bool saved = fs::exists(store::checkpoint_folder(runs, cell));
    state.stopped.push_back(
        {cell, fmt::format("{:.0f} %, {}, {}", 100 * record->second.done, record->second.stage,
                           saved ? "goes on from its checkpoint" : "begins anew")});
  } else if (record != running.end() && !record->second.silent()) {
    state.running.push_back({cell, place(record->second)});
  } else if (failure != failures.end()) {
    state.failed.push_back({cell, failure->second});
  } else if (record != running.end()) {
    state.silent.push_back(
        {cell, fmt::format("silent since {}; {}", record->second.updated, place(record->second))});
  } else {
    state.missing.push_back({cell, ""});
  }
}

/// What a run folder says of cells that are not done; its grids share it.
struct Records {
  explicit Records(const fs::path& runs) : failures(store::read_failures(runs)) {
    for (store::RunningCell& record : store::read_running(runs)) {
      running[record.cell] = std::move(record);
    }
  }
  std::map<std::string, store::RunningCell> running;
  std::map<std::string, std::string> failures;
};

GridState state_of(const Grid& grid, const Records& records) {
  GridState state;
  for (const std::string& cell : grid.cells) {
    add_cell(state, grid.runs, cell, records.running, records.failures);
  }
  return state;
}

/// The ensembles of a run directory: made of the runs that are there, or not.
struct EnsembleState {
  std::size_t made = 0;
  std::vector<Entry> missing;
};

bool is_readable_run(const fs::path& file) {
  try {
    return fs::exists(file) && !store::read_run_file(file, store::Detail::info).info.cell.empty();
  } catch (const Error&) {
    return false;
  }
}

/// Why an ensemble is not made; nothing where it is. `done`: cells that are known to be; members
/// may be of earlier launches, which no grid names any more.
std::string want_of(const std::string& cell, const std::vector<std::string>& members,
                    const fs::path& runs, const Records& records,
                    const std::set<std::string>& done) {
  const auto path = [&](const std::string& name) { return store::run_path(runs, name); };
  std::vector<std::string> absent = members;
  std::erase_if(absent, [&](const std::string& member) {
    return done.contains(member) || is_readable_run(path(member));
  });
  if (!absent.empty()) {
    return fmt::format("{} of {} not done, {} the first", absent.size(),
                       plural(members.size(), "member"), absent.front());
  }
  const bool there = fs::exists(path(cell));
  try {
    if (there &&
        archive::is_ensemble_of(path(cell), mapped(mapped(members, path), hdf5::content_sha256))) {
      return "";
    }
  } catch (const Error& error) {
    return fmt::format("{}; remove it, and the same run makes it anew", error.what());
  }
  const auto failure = records.failures.find(cell);
  return failure != records.failures.end() ? failure->second
         : there ? "it is of other runs than those that are there; the same run makes it anew"
                 : "all members are done; the same run makes it";
}

EnsembleState ensembles_of(const fs::path& runs, const Records& records,
                           const std::set<std::string>& done) {
  EnsembleState state;
  for (const auto& [cell, members] : store::read_ensembles(runs)) {
    const std::string want = want_of(cell, members, runs, records, done);
    if (want.empty()) {
      ++state.made;
    } else {
      state.missing.push_back({cell, want});
    }
  }
  return state;
}

/// Run files of earlier launches, whose cells the last one did not name.
std::size_t others_in(const std::string& folder, const Grid& grid) {
  std::set<fs::path> own;
  for (const std::string& cell : grid.cells) {
    own.insert(fs::weakly_canonical(store::run_path(grid.runs, cell)));
  }
  return static_cast<std::size_t>(
      std::ranges::count_if(store::find_run_files(folder), [&own](const FoundFile& file) {
        return file.fault.empty() && !own.contains(fs::weakly_canonical(file.path));
      }));
}

/// "12 done, 3 running, 0 failed, 5 missing of 20 cells; 8.1 s a cell".
std::string counts_text(const GridState& state, std::size_t cells) {
  const auto some = [](std::size_t count, const char* what) {
    return count == 0 ? "" : fmt::format(" {} {},", count, what);
  };
  return fmt::format("{} done,{}{}{}{} {} failed, {} missing of {} cells{}", state.done.size(),
                     some(state.running.size(), "running"), some(state.stopped.size(), "stopped"),
                     some(state.silent.size(), "silent"), some(state.unusable.size(), "unusable"),
                     state.failed.size(), state.missing.size(), cells,
                     state.done.empty()
                         ? ""
                         : fmt::format("; {:.1f} s a cell",
                                       state.seconds / static_cast<double>(state.done.size())));
}

/// Adds what became of the cells of another grid.
void add_all(GridState& all, const GridState& state) {
  all.done.insert(all.done.end(), state.done.begin(), state.done.end());
  all.seconds += state.seconds;
  for (const auto& [name, list] : kStates) {
    (all.*list).insert((all.*list).end(), (state.*list).begin(), (state.*list).end());
  }
}

void print_grid(const std::string& folder, const Grid& grid, const GridState& state, bool all) {
  fmt::print("{}: {}\n", folder, counts_text(state, grid.cells.size()));
  for (const auto& [name, list] : kStates) {
    const bool few = list != &GridState::stopped && list != &GridState::missing;
    print_cells(name, state.*list, all || few);
  }
  if (!state.unusable.empty()) {
    fmt::print("  remove what is damaged, and the same run trains those cells again\n");
  }
  if (const std::size_t others = others_in(folder, grid); others > 0) {
    fmt::print("  beside it {} of cells that the last launch did not name\n",
               plural(others, "run file"));
  }
}

void print_ensembles(const fs::path& runs, const EnsembleState& state, bool all) {
  if (state.made + state.missing.size() > 0) {
    fmt::print("{}: {} made, {} missing\n", runs.string(), plural(state.made, "ensemble"),
               state.missing.size());
    print_cells("missing", state.missing, all);
  }
}

Json entries(const std::vector<Entry>& all) {
  Json json = Json::array();
  for (const Entry& entry : all) {
    json.push_back({{"cell", entry.cell}, {"note", entry.note}});
  }
  return json;
}

Json grid_json(const std::string& folder, const Grid& grid, const GridState& state) {
  Json json{{"folder", folder},
            {"cells", grid.cells.size()},
            {"done", state.done.size()},
            {"seconds", state.seconds}};
  for (const auto& [name, list] : kStates) {
    json[name] = entries(state.*list);
  }
  json["others"] = others_in(folder, grid);
  return json;
}

}  // namespace

int status(const Arguments& arguments) {
  std::string runs;
  bool all = false;
  bool as_json = false;
  po::options_description options("options");
  options.add_options()("runs", po::value(&runs)->required(), "run directory (also the bare word)")(
      "all", po::bool_switch(&all), "list every missing cell and ensemble")(
      "json", po::bool_switch(&as_json), "print JSON");
  po::positional_options_description positional;
  positional.add("runs", 1);
  if (!parse(arguments, options, kStatusUsage, positional)) {
    return 0;
  }
  require(fs::is_directory(runs), "{}: no such folder; give the --out of cance run", runs);
  const auto files = store::files_below(runs);
  const auto grids = grids_in(files);
  require(!grids.empty(), "{}: no grid was started here (no grid.cfg below it)", runs);
  Json json{{"grids", Json::array()}, {"ensembles", Json::array()}, {"faults", Json::array()}};
  GridState total;
  std::size_t cells = 0;
  std::map<fs::path, Records> records;
  std::map<fs::path, std::set<std::string>> done;  // cells, by --out
  for (const auto& [folder, grid] : grids) {
    const Records& own = records.try_emplace(grid.runs, grid.runs).first->second;
    const GridState state = state_of(grid, own);
    if (as_json) {
      json["grids"].push_back(grid_json(folder, grid, state));
    } else {
      print_grid(folder, grid, state, all);
    }
    add_all(total, state);
    cells += grid.cells.size();
    if (lies_below(grid.runs, runs)) {  // else not all members were looked at
      done[grid.runs].insert(state.done.begin(), state.done.end());
    }
  }
  if (grids.size() > 1 && !as_json) {
    fmt::print("together: {}\n", counts_text(total, cells));
  }
  const auto tell_fault = [&](const fs::path& path, const std::string& fault) {
    if (as_json) {
      json["faults"].push_back({{"path", path.string()}, {"fault", fault}});
    } else {
      fmt::print("{}: {}\n", path.string(), fault);
    }
  };
  for (const auto& [folder, own] : done) {
    EnsembleState state;
    try {
      state = ensembles_of(folder, records.at(folder), own);
    } catch (const Error& error) {  // the list of ensembles is damaged
      tell_fault(folder, error.what());
    }
    if (!as_json) {
      print_ensembles(folder, state, all);
    } else if (state.made + state.missing.size() > 0) {
      json["ensembles"].push_back(
          {{"folder", folder.string()}, {"made", state.made}, {"missing", entries(state.missing)}});
    }
  }
  for (const FoundFile& file : files) {
    const bool may_hold_runs = file.kind == FoundFile::Kind::folder || !file.path.has_extension() ||
                               store::is_grid_config(file.path);
    if (file.fault.empty() || !may_hold_runs) {
      continue;
    }
    tell_fault(file.path, file.fault);
  }
  if (as_json) {
    fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
  }
  return 0;
}

}  // namespace cance::cli
