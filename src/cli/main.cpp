// `cance`: finds the subcommand and turns whatever goes wrong into one line and an exit code. It
// loads neither torch nor MPI; what needs them is handed over to cance-engine.
#include <fmt/format.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>
#include <system_error>

#include "archive/collect.hpp"
#include "base/build_info.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "base/program.hpp"
#include "base/terminal.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/engine_program.hpp"

namespace cance::cli {
namespace {

// Under a launcher the ranks need MPI to share the work.
int collect_runs(const Arguments& arguments) {
  if (under_launcher()) {
    become_engine("collect", arguments);
  }
  return collect(arguments, {});
}

struct Subcommand {
  std::string_view name, summary;
  int (*call)(const Arguments&);  ///< null: cance-engine does it
};

constexpr std::array kSubcommands = {
    Subcommand{"try", "from a table or folder of your own to numbers, in one command", try_input},
    Subcommand{"prep", "make a dataset file from raw data or a generator", prep},
    Subcommand{"run", "train and score the cells of a configuration; also under mpirun", nullptr},
    Subcommand{"extract", "features of images by ResNet-18, as a dataset file; also under mpirun",
               nullptr},
    Subcommand{"score", "scores, flags and reasons for new rows by a finished run", nullptr},
    Subcommand{"export-model", "a finished run as safetensors, ONNX or TorchScript", nullptr},
    Subcommand{"status", "which cells of a run directory are done, running, failed, missing",
               status},
    Subcommand{"add-scores", "scores of another program as a method of finished runs", add_scores},
    Subcommand{"collect", "run files of any number of directories in one archive", collect_runs},
    Subcommand{"ensemble", "finished runs of a case joined into one score", ensemble},
    Subcommand{"compare", "two sets of runs side by side: which differences are real", compare},
    Subcommand{"export", "the tables of runs as csv or json", export_runs},
    Subcommand{"report", "tables, tests and a page from run files", report},
    Subcommand{"inspect", "what a dataset file, run file or archive holds", inspect},
    Subcommand{"verify", "read whole files and check them", verify},
    Subcommand{"doctor", "what this machine has and what to do about what is missing", doctor}};

int dispatch(const Arguments& words) {
  require(!words.empty(), "no command given ('cance --help' lists them)");
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    fmt::print("usage: cance COMMAND [options]   ('cance COMMAND --help' lists the options)\n\n");
    for (const Subcommand& command : kSubcommands) {
      fmt::print("  {:<12}  {}\n", command.name, command.summary);
    }
    return 0;
  }
  if (words[0] == "--version") {
    const BuildInfo build = build_info();
    fmt::print("cance {} ({}, {}, {})\n", build.version, build.git_commit, build.build_type,
               build.compiler);
    return 0;
  }
  std::vector<std::string> names;
  for (const Subcommand& command : kSubcommands) {
    if (command.name == words[0]) {
      const Arguments rest(words.begin() + 1, words.end());
      if (command.call == nullptr) {
        become_engine(words[0], rest);
      }
      return command.call(rest);
    }
    names.emplace_back(command.name);
  }
  fail("unknown command '{}'{} ('cance --help' lists them)", words[0],
       did_you_mean(words[0], names));
}

}  // namespace
}  // namespace cance::cli

int main(int argc, char** argv) {
  cance::begin_program();
  // A limit on file sizes (ulimit -f) then fails the write; cance-engine inherits this.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    cance::log::configure(cance::log::Level::normal);
    const int code = cance::cli::dispatch({argv + 1, argv + argc});
    cance::require_output_written();
    return code;
  } catch (const cance::Error& error) {
    fmt::print(stderr, "cance: {}\n", cance::with_visible_breaks(error.what()));
    return static_cast<int>(error.code());
  } catch (const std::system_error& error) {  // standard output that is full or closed, threads
    fmt::print(stderr, "cance: {}\n", cance::with_visible_breaks(error.what()));
    return static_cast<int>(cance::ExitCode::bad_input);
  } catch (const std::exception& error) {
    fmt::print(stderr, "cance: internal error: {}\n", error.what());
    return static_cast<int>(cance::ExitCode::bad_input);
  }
}
