// `cance add-scores`: scores that another program gave the test rows of finished cells become a
// method of their run files.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "archive/outside_scores.hpp"
#include "archive/run_source.hpp"
#include "base/build_info.hpp"
#include "base/error.hpp"
#include "base/plural.hpp"
#include "base/ranges.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "cli/parse.hpp"
#include "data_prep/tables/csv_source.hpp"

namespace cance::cli {
namespace {

constexpr const char* kAddScoresUsage =
    "cance add-scores SCORES.csv --method NAME --runs RUNS [--replace]\n"
    "Scores of another program become a method of finished runs, beside their own in every table, "
    "test and figure; the run files say\nwhere they came from. Columns of the CSV, in any order: "
    "row (of the dataset file's part, as /index of the run file has it),\nscore (high = "
    "anomalous); "
    "seed and class (3, class3, 0+8 or all), which are needed where RUNS holds more than one run;\n"
    "part (test, or validation for rows held out, whose scores make a threshold). A column without "
    "a name, as the index that pandas\nwrites, is left out. Every row of the part has a score, or "
    "nothing is written. Add scores before you collect, or collect\n--replace.";

/// The cell that a line of the CSV is for: what it has of these two.
struct Place {
  std::string case_name, seed;
  auto operator<=>(const Place&) const = default;
  [[nodiscard]] std::string text() const {
    return case_name + (case_name.empty() || seed.empty() ? "" : ", ") +
           (seed.empty() ? "" : "seed " + seed);
  }
};

/// Reads the lines of the CSV.
class ScoreLines {
 public:
  explicit ScoreLines(const std::string& path)
      : source_(path, {.encoding = "", .header = prep::Header::yes}, {}) {
    for (std::size_t i = 0; i < source_.names().size(); ++i) {
      const std::string& name = source_.names()[i];
      if (prep::is_unnamed(name)) {
        unnamed_.push_back(name);
        continue;
      }
      require(contains(kNames, name),
              "{}: the column '{}' is not known{}; expected row, score and, where wanted, class, "
              "seed and part",
              path, name, did_you_mean(name, {kNames.begin(), kNames.end()}));
      require(columns_.emplace(name, i).second, "{}: two columns are named {}", path, name);
    }
    for (const char* name : {"row", "score"}) {
      require(columns_.contains(name), "{}: there is no column '{}'; the first line names {}{}",
              path, name, join(source_.names(), ", "),
              unnamed_.empty() ? "" : " (an index of pandas has a name by index_label=)");
    }
    if (!unnamed_.empty()) {
      fmt::print("{}: without a name, as the index that pandas writes, left out: {}\n", path,
                 join(unnamed_, ", "));
    }
  }

  std::map<Place, archive::OutsideScores> read() {
    std::map<Place, archive::OutsideScores> all;
    while (source_.next()) {
      const auto row = parse_number<std::int64_t>(field("row"));
      require(row && *row >= 0, "{}, column row: '{}' is no row number, expected 0, 1, ...",
              source_.where(), field("row"));
      const auto score = cell("score").number;
      require(score.has_value(), "{}, column score: '{}' is not a finite number", source_.where(),
              field("score"));
      const std::string part = field("part");
      require(part.empty() || part == "test" || part == "validation",
              "{}, column part: '{}', expected test or validation", source_.where(), part);
      archive::OutsideScores& scores = all[{case_of(field("class")), field("seed")}];
      require((part == "validation" ? scores.validation : scores.test).emplace(*row, *score).second,
              "{}: row {} has a score already", source_.where(), *row);
    }
    return all;
  }

 private:
  static constexpr std::array<std::string_view, 5> kNames{"row", "score", "class", "seed", "part"};

  [[nodiscard]] prep::RawCell cell(const char* name) const {
    return source_.cells()[columns_.at(name)];
  }
  /// Empty where there is no such column.
  [[nodiscard]] std::string field(const char* name) const {
    return columns_.contains(name) ? std::string(cell(name).text) : "";
  }
  static std::string case_of(const std::string& words) {
    const bool number =
        !words.empty() && words.find_first_not_of("0123456789+") == std::string::npos;
    return number ? "class" + words : words;
  }

  prep::CsvSource source_;
  std::map<std::string, std::size_t> columns_;
  std::vector<std::string> unnamed_;
};

struct Addition {
  archive::RunPlace place;
  archive::OutsideScores scores;
};

/// The run that each of the CSV's cells is.
std::vector<Addition> matched(const std::string& csv, const std::string& runs,
                              const std::map<Place, archive::OutsideScores>& all) {
  std::map<std::string, std::size_t> taken;  // run -> place in the list
  std::vector<Addition> additions;
  std::vector<std::pair<archive::RunPlace, store::RunInfo>> known;
  for (archive::RunPlace& place : archive::find_runs({runs})) {
    require(place.archive == nullptr,
            "--runs {}: an archive; add the scores to the run files and collect them again", runs);
    store::RunInfo info = place.read(store::Detail::info).info;
    known.emplace_back(std::move(place), std::move(info));
  }
  for (const auto& [cell, scores] : all) {
    std::vector<const archive::RunPlace*> fitting;
    for (const auto& [place, info] : known) {
      if ((cell.case_name.empty() || cell.case_name == info.case_name) &&
          (cell.seed.empty() || cell.seed == std::to_string(info.seed))) {
        fitting.push_back(&place);
      }
    }
    require(!fitting.empty(), "{}: no run below {} is of {}", csv, runs, cell.text());
    require(fitting.size() == 1, "{}: {} runs below {} are meant{}; {}", csv, fitting.size(), runs,
            cell.text().empty() ? "" : " by " + cell.text(),
            cell.case_name.empty() || cell.seed.empty()
                ? "add the columns class and seed, or name one run (--runs)"
                : "name the folder of one data set and protocol (--runs)");
    require(taken.emplace(fitting.front()->name(), additions.size()).second,
            "{}: two of its cells are the run {}", csv, fitting.front()->name());
    additions.push_back({*fitting.front(), scores});
  }
  return additions;
}

}  // namespace

int add_scores(const Arguments& arguments) {
  std::string csv;
  std::string method;
  std::string runs;
  bool replace = false;
  po::options_description options("options");
  options.add_options()("scores", po::value(&csv)->required(), "the CSV (also the bare word)")(
      "method,m", po::value(&method)->required(), "name of the method in tables")(
      "runs", po::value(&runs)->required(), "run directory or run file")(
      "replace", po::bool_switch(&replace), "let these scores take the place of added ones");
  if (!parse(arguments, options, kAddScoresUsage,
             po::positional_options_description().add("scores", 1))) {
    return static_cast<int>(ExitCode::done);
  }
  archive::require_outside_name(method);
  const store::ScoreOrigin origin{std::filesystem::path(csv).filename().string(), sha256_file(csv),
                                  utc_now()};
  const auto all = ScoreLines(csv).read();
  require(!all.empty(), "{}: no scores below the first line", csv);
  const auto additions = matched(csv, runs, all);
  const auto added = [&](const Addition& addition, store::Detail detail) {
    store::RunRecord run = addition.place.read(detail);
    const auto known = run.origins.find(method);
    require(known == run.origins.end() || replace || known->second.sha256 == origin.sha256,
            "{}: it has scores of {} already, from {} of {}; --replace lets these take their place",
            addition.place.name(), method, known->second.file, known->second.date);
    archive::add_scores(run, method, addition.scores, origin);
    return run;
  };
  for (const Addition& addition : additions) {  // all fit before one is written
    static_cast<void>(added(addition, store::Detail::light));
  }
  for (const Addition& addition : additions) {
    const store::RunRecord run = added(addition, store::Detail::full);
    store::write_run_file(addition.place.file, run);
    const auto auroc = archive::metric_value(run, method, "auroc");
    fmt::print("{}: {} of {}{}\n", addition.place.name(), method,
               plural(run.labels.size(), "test row"),
               auroc ? fmt::format(", AUROC {:.4f}", *auroc) : "");
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace cance::cli
