// `cance try`: from a file or folder of one's own to numbers, through the commands that do each
// step, which it prints, so that the next question is asked of them.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/ranges.hpp"
#include "cli/engine_program.hpp"
#include "cli/prep/prep_sets.hpp"
#include "config/experiment.hpp"
#include "store/dataset_file.hpp"
#include "store/run_directory.hpp"

namespace cance::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTryUsage =
    "cance try FILE [--label COLUMN --normal VALUE] | FOLDER [--normal FOLDER] [options of prep] "
    "[--out DIR]\n"
    "Prepares a table or a folder of pictures, writes a settings file for it, trains k-NN, "
    "iForest, Error and CANCE on normal rows, and\nreports how well they find the others; of data "
    "without "
    "anomalous rows it scores every row instead. Pictures become 32 x 32 unless\n--size says "
    "otherwise. Each step is a command, which is printed. Started again it does what is missing, "
    "with the settings file as it is by then.";
constexpr const char* kMethods = "knn,iforest,error,cance";

/// A name that settings take: letters, digits, - and _.
std::string dataset_name(const fs::path& input) {
  const fs::path path = fs::absolute(input).lexically_normal();
  std::string name = (path.has_filename() ? path : path.parent_path()).stem().string();
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_'; }, '_');
  return name;
}

/// The word as a shell takes it.
std::string shell_word(const std::string& word) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::strchr("_-./=,:+%@", c) != nullptr;
  };
  if (!word.empty() && std::ranges::all_of(word, plain)) {
    return word;
  }
  std::string quoted = "'";
  for (const char c : word) {
    quoted += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return quoted + "'";
}

void print_command(const std::string& command, const Arguments& words) {
  std::string line = "$ cance " + command;
  for (const std::string& word : words) {
    line += ' ' + shell_word(word);
  }
  std::fflush(stdout);
  fmt::print(stderr, "\n{}\n", line);
}

/// The exit code of a command of cance-engine, which an interrupt reaches too: it saves its state
/// and ends, and this process after it.
int run_engine(const std::string& command, const Arguments& words) {
  print_command(command, words);
  const pid_t child = ::fork();
  require(child >= 0, "cannot start cance-engine: {}", std::strerror(errno));
  if (child == 0) {
    try {
      become_engine(command, words);
    } catch (const Error& error) {
      fmt::print(stderr, "cance: {}\n", error.what());
    }
    ::_exit(static_cast<int>(ExitCode::bad_input));
  }
  const auto before = std::signal(SIGINT, SIG_IGN);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  std::signal(SIGINT, before);
  require(WIFEXITED(status), "cance-engine was ended by signal {}", WTERMSIG(status));
  return WEXITSTATUS(status);
}

/// The options of `prep` that were given, as its words.
Arguments given_options(const po::options_description& of_prep, const po::variables_map& values) {
  Arguments words;
  for (const auto& option : of_prep.options()) {
    const std::string& name = option->long_name();
    if (values.count(name) == 0 || values[name].defaulted()) {
      continue;
    }
    words.push_back("--" + name);
    if (option->semantic()->max_tokens() > 0) {
      words.push_back(values[name].as<std::string>());
    }
  }
  return words;
}

/// The rule that splits and judges these rows.
std::string protocol_for(const store::DatasetFile& data) {
  const auto& part = data.parts().back();
  const bool judged = std::ranges::any_of(data.labels(part), [](int label) { return label != 0; });
  return !judged ? "fit" : part == "all" ? "goad" : "given";
}

/// What is made of one input, all in one folder.
struct Trial {
  std::string name;  ///< of the data set
  fs::path out;

  [[nodiscard]] std::string at(const std::string& place) const { return (out / place).string(); }
  [[nodiscard]] std::string dataset() const { return at("data/" + name + ".h5"); }
  [[nodiscard]] std::string settings() const { return at(name + ".cfg"); }
  [[nodiscard]] std::string runs() const { return at("runs"); }
};

std::string settings_text(const std::string& name, const std::string& protocol) {
  return fmt::format("[grid]\ndataset = {}\nprotocol = {}\nmethods = {}\n", name, protocol,
                     kMethods);
}

/// Writes the settings file, also over one for unlabelled rows that now have labels; one that was
/// changed stays.
void write_settings(const Trial& trial, const std::string& protocol) {
  constexpr std::size_t kMostBytes = 1 << 20U;
  const std::string there =
      fs::exists(trial.settings()) ? read_text_file(trial.settings(), kMostBytes) : "";
  const auto is_ours = [&](const char* other) { return there == settings_text(trial.name, other); };
  if (there.empty() || std::ranges::any_of(std::array{"fit", "goad", "given"}, is_ours)) {
    write_text_file(trial.settings(), settings_text(trial.name, protocol));
  }
}

/// Makes the dataset file of the input; gives the protocol for it.
std::string prepare(const Trial& trial, const std::string& input, Arguments options) {
  const bool folder = fs::is_directory(input);
  if (folder && !contains(options, "--size")) {
    options.insert(options.end(), {"--size", "32"});
  }
  Arguments words{folder ? "folder" : "table", "--raw", input, "--out", trial.dataset()};
  words.insert(words.end(), options.begin(), options.end());
  print_command("prep", words);
  (void)prep(words);
  return protocol_for(store::DatasetFile(trial.dataset()));
}

/// How the input is to be read, which `score` is told too.
Arguments reading_options(const po::variables_map& values) {
  Arguments words;
  for (const char* const name : {"header", "encoding", "range"}) {
    if (values.count(name) != 0) {
      words.insert(words.end(), {std::string("--") + name, values[name].as<std::string>()});
    }
  }
  return words;
}

/// The report of the runs, or scores of the rows, by the first run, where nothing was judged.
int show(const Trial& trial, const std::string& input, const Arguments& reading) {
  const auto cells = config::grid_cells(config::load_experiments({trial.settings()}, {}));
  const auto judges_nothing = [](const auto& one) { return one.cell.protocol == "fit"; };
  if (std::ranges::all_of(cells, judges_nothing)) {
    const fs::path run = store::run_path(trial.runs(), cells.front().cell.name());
    Arguments words{"--run", run.string(), "--input", input, "--out", trial.at("scores.csv")};
    words.insert(words.end(), reading.begin(), reading.end());
    return run_engine("score", words);
  }
  const Arguments words{trial.runs(), "--out", trial.at("report")};
  print_command("report", words);
  return report(words);
}

}  // namespace

int try_input(const Arguments& arguments) {
  po::options_description of_prep;
  add_folder_options(of_prep);
  add_table_options(of_prep);
  po::options_description options("options");
  auto add = options.add_options();
  add("input", po::value<std::string>(), "a table, or a folder of pictures (also the bare word)");
  add("out", po::value<std::string>(), "folder for all that is made (default: try/NAME)");
  add("replace", po::bool_switch(), "train again where the data or the settings have changed");
  options.add(of_prep);
  po::positional_options_description positional;
  positional.add("input", 1);
  const auto values = parse(arguments, options, kTryUsage, positional);
  if (!values) {
    return static_cast<int>(ExitCode::done);
  }
  const auto text = [&](const char* option, const std::string& otherwise) {
    return values->count(option) != 0 ? (*values)[option].as<std::string>() : otherwise;
  };
  const std::string input = text("input", "");
  require(!input.empty(), "a file or folder is needed ('cance try --help' says more)");
  require(fs::exists(input), "{}: no such file or folder", input);
  const std::string name = text("name", dataset_name(input));
  const Trial trial{name, text("out", "try/" + name)};
  const std::string protocol = prepare(trial, input, given_options(of_prep, *values));
  write_settings(trial, protocol);
  Arguments words{trial.settings(), "--data-root", trial.at("data"), "--out", trial.runs()};
  if ((*values)["replace"].as<bool>()) {
    words.emplace_back("--replace");
  }
  const int code = run_engine("run", words);
  return code == 0 ? show(trial, input, reading_options(*values)) : code;
}

}  // namespace cance::cli
