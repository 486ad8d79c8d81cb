// `cance export`: the tables of runs as CSV or JSON.
#include "archive/export.hpp"

#include <fmt/format.h>

#include <map>

#include "archive/run_source.hpp"
#include "archive/tables.hpp"
#include "archive/tensorboard.hpp"
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/found_files.hpp"
#include "base/log.hpp"
#include "base/plural.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/output_path.hpp"
#include "cli/parse.hpp"
#include "store/checkpoint_file.hpp"

namespace cance::cli {
namespace {

constexpr const char* kExportUsage =
    "cance export PATH... [--format csv|json|tensorboard] [--table table|cells|aggregates] [--out "
    "FILE|FOLDER]\n"
    "Runs of archives, run directories and run files. csv: one table; json: cells with their "
    "metrics, and aggregates;\ntensorboard: a folder of event files, one a cell, with its losses "
    "by "
    "epoch and its metrics, also of cells that train\nright now, as far as their checkpoints are. "
    "Exit code 1: runs that cannot be read were left out.";

constexpr const char* kEventFile = "events.out.tfevents.cance";

std::string csv_text(const std::vector<archive::Member>& members, const std::string& table) {
  require(table == "table" || table == "cells" || table == "aggregates",
          "--table {}: expected table, cells or aggregates{}", table,
          did_you_mean(table, {"table", "cells", "aggregates"}));
  const archive::Tables tables(members);
  return archive::to_csv(table == "table"   ? tables.metrics()
                         : table == "cells" ? tables.cells()
                                            : tables.aggregates());
}

/// Checkpoints of cells under way: file and cell.
std::vector<std::pair<std::filesystem::path, std::string>> checkpoints_below(
    const std::vector<std::string>& paths) {
  std::vector<std::pair<std::filesystem::path, std::string>> found;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      continue;
    }
    for (const FoundFile& file : find_files(path, [](const auto&) { return true; })) {
      const std::string name = file.path.string();
      const std::string folder = "/checkpoints/";
      const auto place = name.rfind(folder);
      if (file.fault.empty() && name.ends_with(".ckpt") && place != std::string::npos) {
        found.emplace_back(file.path,
                           file.path.parent_path().string().substr(place + folder.size()));
      }
    }
  }
  return found;
}

/// Writes the event files; how many runs were left out.
std::size_t write_events(const std::vector<std::string>& paths, const std::filesystem::path& out) {
  std::map<std::string, store::Histories> live;
  for (const auto& [file, cell] : checkpoints_below(paths)) {
    try {
      live[cell].emplace_back(file.stem().string(), store::read_checkpoint(file).history);
    } catch (const Error&) {  // its cell has just ended, or is of another build
      log::info("{} is left out: it cannot be read", file.string());
    }
  }
  std::vector<archive::RunPlace> places;
  try {
    places = archive::find_runs({paths.begin(), paths.end()});
  } catch (const Error&) {
    if (live.empty()) {
      throw;
    }
  }
  std::size_t left_out = 0;
  for (const archive::RunPlace& place : places) {
    try {
      const store::RunRecord run = place.read(store::Detail::light);
      live.erase(run.info.cell);
      write_text_file(out / run.info.cell / kEventFile,
                      archive::event_file(archive::scalars_of(run)), /*durable=*/false);
    } catch (const Error& error) {
      log::warn("{} is left out: {}", place.name(), archive::left_out(place.name(), error).reason);
      require(++left_out < places.size() || !live.empty(), "none of the {} can be read",
              plural(places.size(), "run"));
    }
  }
  for (const auto& [cell, history] : live) {
    write_text_file(out / cell / kEventFile,
                    archive::event_file(archive::scalars_of(history, /*begin=*/0)),
                    /*durable=*/false);
  }
  fmt::print("{}: {}, {} under way; tensorboard --logdir {}\n", out.string(),
             plural(places.size() - left_out, "run"), live.size(), out.string());
  return left_out;
}

}  // namespace

int export_runs(const Arguments& arguments) {
  std::vector<std::string> paths;
  std::string format;
  std::string table;
  std::string out;
  po::options_description options("options");
  options.add_options()("path", po::value(&paths),
                        "archives, run directories, run files (also the bare words)")(
      "format,f", po::value(&format)->default_value("csv"), "csv | json | tensorboard")(
      "table", po::value(&table)->default_value("table"),
      "of csv: table (a row a metric) | cells | aggregates (over seeds)")(
      "out,o", po::value(&out),
      "file (standard output where it is not given); tensorboard: folder");
  if (!parse(arguments, options, kExportUsage,
             po::positional_options_description().add("path", -1))) {
    return static_cast<int>(ExitCode::done);
  }
  require(!paths.empty(), "no path given (usage: cance export PATH... --format csv)");
  require(format == "csv" || format == "json" || format == "tensorboard",
          "--format {}: expected csv, json or tensorboard{}", format,
          did_you_mean(format, {"csv", "json", "tensorboard"}));
  if (format == "tensorboard") {
    require(!out.empty(), "--format tensorboard writes a folder; name it by --out");
    return static_cast<int>(write_events(paths, out) == 0 ? ExitCode::done : ExitCode::some_failed);
  }
  if (!out.empty()) {
    require_expendable(out, {paths.begin(), paths.end()});
  }
  const auto [members, left_out] =
      archive::read_members(archive::find_runs({paths.begin(), paths.end()}));
  archive::require_methods_once(members);
  const std::string text = format == "csv" ? csv_text(members, table) : archive::to_json(members);
  if (out.empty()) {
    fmt::print("{}", text);
  } else {
    write_text_file(out, text);
  }
  if (left_out > 0) {
    log::warn("{} left out", plural(left_out, "run"));
  }
  return static_cast<int>(left_out == 0 ? ExitCode::done : ExitCode::some_failed);
}

}  // namespace cance::cli
