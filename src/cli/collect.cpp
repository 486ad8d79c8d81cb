// `cance collect`: runs in one archive.
#include "archive/collect.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/log.hpp"
#include "cli/parse.hpp"

namespace cance::cli {
namespace {

constexpr const char* kCollectUsage =
    "cance collect PATH... --out ARCHIVE.h5 [--link] [--replace]   (also under mpirun and srun)\n"
    "Runs of run directories, run files and archives in one file: /runs/CELL, and the tables "
    "/cells, /table and /aggregates.\nOnly whole run files count, so a grid may still be running. "
    "An archive that exists is extended; what it holds is kept.\nExit code 1: run files that "
    "cannot be used were left out.";

void print(const archive::CollectOptions& options, const archive::CollectResult& result) {
  const std::string replaced =
      result.replaced == 0 ? "" : fmt::format(", {} replaced", result.replaced);
  fmt::print("{}: {} runs, {} new{}{}\n", options.out.string(), result.runs, result.added, replaced,
             result.added + result.replaced == 0 ? "; nothing was written" : "");
  for (const archive::LeftOut& file : result.left_out) {
    fmt::print("left out: {}: {}\n", file.file, file.reason);
  }
}

}  // namespace

int collect(const Arguments& arguments, const archive::Ranks& ranks) {
  archive::CollectOptions request;
  std::vector<std::string> paths;
  std::string out;
  bool quiet = false;
  po::options_description options("options");
  options.add_options()("path", po::value(&paths),
                        "run directories, run files, archives (also the bare words)")(
      "out,o", po::value(&out)->required(), "the archive")(
      "link", po::bool_switch(&request.links),
      "link the run files (HDF5 external links) instead of copying them; when they were moved, "
      "collect again from there")("replace", po::bool_switch(&request.replace),
                                  "let cells that were done again take the place of archived ones")(
      "quiet,q", po::bool_switch(&quiet), "no progress");
  if (!parse(arguments, options, kCollectUsage,
             po::positional_options_description().add("path", -1))) {
    return static_cast<int>(ExitCode::done);
  }
  require(!paths.empty(), "no run directory given (usage: cance collect PATH... --out ARCHIVE.h5)");
  require(!std::filesystem::is_directory(out), "--out {}: it is a folder; give the name of a file",
          out);
  request.paths.assign(paths.begin(), paths.end());
  request.out = out;
  log::configure(quiet || ranks.rank != 0 ? log::Level::quiet : log::Level::normal);
  const archive::CollectResult result = archive::collect(request, ranks);
  if (ranks.rank == 0) {
    print(request, result);
  }
  return static_cast<int>(result.left_out.empty() ? ExitCode::done : ExitCode::some_failed);
}

}  // namespace cance::cli
