// `cance ensemble`: runs of one case joined into one.
#include "archive/ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/plural.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/parse.hpp"
#include "store/run_directory.hpp"

namespace cance::cli {
namespace {

constexpr const char* kEnsembleUsage =
    "cance ensemble RUNS... --out DIR [--over seeds|latents|methods|KEY,...] [--rule max|mean] "
    "[--methods LIST]\n"
    "Runs of one case that differ in their seed or in settings, or the methods of each run, "
    "joined into one run of the\nmethod ensemble, without any label: each score becomes -log p, p "
    "its tail probability among the member's own held-out\nnormal rows, and the largest or the "
    "mean over members counts. The runs are as others for verify, report, collect,\ncompare and "
    "score; they hold what scoring needs of "
    "their members. Exit code 1: runs that cannot be used were left out.";

/// Error: another run is there, which --replace does not take the place of.
bool is_there(const std::filesystem::path& path, const store::RunRecord& run) {
  if (!std::filesystem::exists(path)) {
    return false;
  }
  const auto hashes =
      mapped(run.members, [](const store::EnsembleMember& member) { return member.sha256; });
  require(
      store::read_run_file(path, store::Detail::info).info.config_hash == run.info.config_hash &&
          archive::is_ensemble_of(path, hashes),
      "{}: another run is there; use another --out, or --replace", path.string());
  return true;
}

}  // namespace

int ensemble(const Arguments& arguments) {
  archive::EnsembleRequest request;
  std::vector<std::string> paths;
  std::string out, methods;
  bool replace = false;
  po::options_description options("options");
  options.add_options()("path", po::value(&paths),
                        "run directories, run files, archives (also the bare words)")(
      "out,o", po::value(&out)->required(), "run directory of the ensembles")(
      "over", po::value(&request.over)->default_value("seeds"),
      "what members differ in: seeds, latents, keys of the settings as nce.noise_ratio, or several "
      "of these as seeds,latents; methods: nothing else, so that each run becomes one")(
      "rule", po::value(&request.rule)->default_value(request.rule),
      "max | mean of -log p over members")("methods", po::value(&methods)->default_value("cance"),
                                           "of each run, as cnce,error; each is a member")(
      "replace", po::bool_switch(&replace), "take the place of other runs in --out");
  if (!parse(arguments, options, kEnsembleUsage,
             po::positional_options_description().add("path", -1))) {
    return static_cast<int>(ExitCode::done);
  }
  require(!paths.empty(), "no runs given (usage: cance ensemble RUNS... --out DIR)");
  require(request.rule == "max" || request.rule == "mean", "--rule '{}': expected max or mean",
          request.rule);
  request.methods = split(methods, ',');
  const auto result =
      archive::make_ensembles(archive::find_runs({paths.begin(), paths.end()}), request);
  std::size_t kept = 0;
  for (const store::RunRecord& run : result.runs) {
    const auto path = store::run_path(out, run.info.cell);
    kept += !replace && is_there(path, run) ? 1 : 0;
  }
  for (const store::RunRecord& run : result.runs) {
    std::filesystem::create_directories(store::run_path(out, run.info.cell).parent_path());
    store::write_run_file(store::run_path(out, run.info.cell), run);
    fmt::print("{}: {}\n", run.info.cell, archive::ensemble_summary(run));
  }
  for (const archive::LeftOut& file : result.left_out) {
    fmt::print("left out: {}: {}\n", file.file, file.reason);
  }
  if (!result.alone.empty()) {
    fmt::print("alone in all but {}: {}, as {}\n", request.over, plural(result.alone.size(), "run"),
               result.alone.front());
  }
  fmt::print("{}{} of {} by {}, {}; next: cance report {} {} --out report\n",
             plural(result.runs.size(), "ensemble"),
             kept == 0 ? "" : fmt::format(" ({} {} there)", kept, kept == 1 ? "was" : "were"),
             request.over, methods, request.rule, join(paths, " "), out);
  return static_cast<int>(result.left_out.empty() ? ExitCode::done : ExitCode::some_failed);
}

}  // namespace cance::cli
