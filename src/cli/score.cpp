// `cance score`: applies a finished run to new rows.
#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <numeric>
#include <optional>

#include "base/build_info.hpp"
#include "base/log.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "cli/output_path.hpp"
#include "cli/parse.hpp"
#include "cli/score_columns.hpp"
#include "cli/score_judgement.hpp"
#include "cli/score_output.hpp"
#include "cli/score_pictures.hpp"
#include "data/split.hpp"
#include "data_prep/input_rows.hpp"
#include "data_prep/tables/preparation.hpp"
#include "detectors/detector.hpp"
#include "hdf5/seal.hpp"
#include "nn/threads.hpp"
#include "pipeline/apply/score_job.hpp"
#include "pipeline/apply/threshold.hpp"
#include "store/dataset_file.hpp"

namespace cance::cli {
namespace {

constexpr const char* kScoreUsage =
    "cance score --run CELL.h5 --input FILE|FOLDER|- --out SCORES.csv|SCORES.h5|- [options]\n"
    "Scores new rows by the models of a finished run (nats, high = anomalous). The input is what "
    "`cance prep` reads:\na dataset file, a table (.csv, .npy, .npz, .mat, .hdf5; - is CSV on "
    "standard input), a folder of pictures, one .jpg,\n.png or .bmp, IDX, CIFAR's .bin. Columns "
    "are "
    "matched by name and made as those of the training rows were.\n"
    "A row of the output: row, name (where rows have names), score, rank (1 = most anomalous), "
    "flagged, and why: what\nlatent, error and cosine contribute. These are Shapley values: the "
    "change of the score when a part of the composite\nfeature goes from the training mean to the "
    "row's value, averaged over the orders of the parts; together they are\nthe row's score less "
    "that of the mean (typical_score). For images an .h5 also holds error_map [n, h, w]: the "
    "squared\nerror of each pixel as the model sees it, whose mean is the error feature. For "
    "tables the column\n'columns' names the "
    "three with the greatest squared errors, and an .h5 holds those of all, column_error [n, "
    "columns];\nwith --background the three whose Shapley values are greatest: the change of the "
    "score when a column goes from its value\nin a normal row to its own, averaged over such rows "
    "and orders of columns (.h5: column_contribution [n, columns],\ntogether the score less "
    "background_score; every method, at the price of many evaluations a row).\n--label or --normal "
    "judge the scores: AUROC, AUPRC, precision, recall and F1 of "
    "the "
    "flagged rows, and rows, flagged and\nAUROC of each label.\n"
    "state is scored, overflow (so far from the training rows that the score is the greatest "
    "number: rank 1), or unscored: a\nrow with a category that training has not seen, without a "
    "number where one is needed, or a broken picture. It is\nflagged, has no score and rank 0, and "
    "reason says why; the command then ends with 1.";

struct ScoreOptions {
  std::string run, method, device = "auto", out, weights;
  std::vector<std::string> normal;
  bool judged = false;
  pipeline::ThresholdRule threshold;
  prep::InputRequest input;
  bool refuse_unknown = false;
  bool no_reasons = false, no_maps = false, quiet = false;
  std::string background;
  int lanes = 0;
};

std::array<double, 2> parse_range(const std::string& text) {
  const auto ends = split(text, ',');
  const auto low = parse_number<double>(ends.front());
  const auto high = parse_number<double>(ends.back());
  require(ends.size() == 2 && low && high && *low < *high && std::isfinite(*high - *low),
          "--range '{}': expected LOW,HIGH, as --range=0,1", text);
  return {*low, *high};
}

std::optional<ScoreOptions> parse_options(const Arguments& arguments) {
  ScoreOptions o;
  std::string input;
  std::string threshold, unknown, header, range, normal;
  po::options_description options("options");
  options.add_options()("run", po::value(&o.run)->required(),
                        "run file of a cell, or ARCHIVE.h5:CELL")(
      "input", po::value(&input)->required(), "rows to score, or - for CSV on standard input")(
      "out", po::value(&o.out)->required(),
      "file to write, .csv or .h5, or - for CSV on standard output")(
      "part", po::value(&o.input.part),
      "of a dataset file, or of X_train and X_test: train | test | all (default test, or all); "
      "own: "
      "the rows on which the run was judged, in its order")("id", po::value(&o.input.id),
                                                            "column of a CSV that names the rows")(
      "label", po::value(&o.input.label),
      "column of a CSV that labels the rows, so that the scores are judged")(
      "normal", po::value(&normal),
      "labels of normal rows, as 'a,b' (default: 0, with 1 anomalous); of a dataset file its "
      "classes "
      "are the labels")(
      "header", po::value(&header),
      "yes | no: whether the first line of a CSV names the columns (default: when it has the names "
      "of the training table)")("encoding", po::value(&o.input.csv.encoding),
                                "of a CSV that is not in UTF-8, as cp1252 or UTF-16 (iconv -l)")(
      "range", po::value(&range),
      "LOW,HIGH: the raw values of images that are black and white (default: as in training)")(
      "method", po::value(&o.method), "of the run (default: the last, cance)")(
      "threshold", po::value(&threshold)->default_value("stored"),
      "rows that score above are flagged: stored (of the run, for a share of 0.05) | normals=SHARE "
      "(of new normal rows are expected above, by the run's validation rows) | share=0.02 (this "
      "share of the rows at hand is anomalous; with ties more) | a score in nats")(
      "unknown", po::value(&unknown)->default_value("flag"),
      "a row that cannot be scored: flag (it, and score the others) | refuse (all)")(
      "weights", po::value(&o.weights),
      "pictures for a run that was trained on features: the weights by which these were extracted, "
      "a file or random:SEED")("no-reasons", po::bool_switch(&o.no_reasons), "no contributions")(
      "background", po::value(&o.background),
      "normal rows of a table, as the dataset file of the run (then those held out of training): "
      "'columns' names the columns that contribute most beside them")(
      "no-maps", po::bool_switch(&o.no_maps), "no error maps of images")(
      "device", po::value(&o.device)->default_value(o.device), "auto | cpu | cuda")(
      "lanes", po::value(&o.lanes)->default_value(0),
      "blocks of rows at a time, each with the threads of the run (0: as many as there are cores "
      "for); changes no bit")("quiet", po::bool_switch(&o.quiet), "warnings only");
  if (!parse(arguments, options, kScoreUsage)) {
    return std::nullopt;
  }
  o.input.path = input;
  o.judged = !o.input.label.empty() || !normal.empty();
  o.input.classes = !normal.empty();
  o.normal = normal.empty() ? std::vector<std::string>() : parse_names(normal, "normal");
  o.input.csv.header = prep::header_of(header);
  if (!range.empty()) {
    o.input.range = parse_range(range);
  }
  o.threshold = pipeline::parse_threshold(threshold);
  require(unknown == "flag" || unknown == "refuse", "--unknown '{}': expected flag or refuse",
          unknown);
  o.refuse_unknown = unknown == "refuse";
  require(o.background.empty() || !o.no_reasons,
          "--background asks for the reasons that --no-reasons leaves out; give one of the two");
  require(o.lanes >= 0 && o.lanes <= 1024, "--lanes {}: expected 0 to 1024", o.lanes);
  return o;
}

/// Rows of a dataset that the run itself was judged on, or that protocol fit held out of training.
/// Error: another dataset.
void ask_for_own_rows(prep::InputRequest& request, const store::RunRecord& run) {
  if (request.part != "own") {
    return;
  }
  request.part.clear();
  request.rows = run.index;
  if (hdf5::sealed_kind(request.path) != "dataset") {
    return;
  }
  const store::DatasetFile file(request.path);
  require(
      data::dataset_sha256(file) == run.info.dataset_sha256,
      "{}: --part own: not the dataset that {} was judged on, or the run is of an earlier build; "
      "give that file, or another part",
      request.path.string(), run.info.cell);
  request.part = run.info.protocol == "fit" ? file.parts().front() : file.parts().back();
}

/// The input in blocks of rows.
class Blocks {
 public:
  Blocks(prep::InputRows& input, bool refuse_unknown)
      : input_(input), refuse_unknown_(refuse_unknown) {}

  [[nodiscard]] std::vector<float> next(std::size_t most) {
    if (ahead_.empty()) {
      return read(most);
    }
    auto block = std::move(ahead_.front());
    ahead_.pop_front();
    return block;
  }

  /// Reads as many rows as tell whether the rule flags some and not all of them, unless they are
  /// too many to keep. Error: it does not.
  void judge(const pipeline::ThresholdRule& rule, const pipeline::TrainedModel& model) {
    constexpr std::size_t kMostNumbers = std::size_t{1} << 24U;
    const std::size_t size = element_count(model.row());
    std::size_t rows = 0;
    while (static_cast<double>(rows) < rows_enough(rule) && rows * size < kMostNumbers) {
      ahead_.push_back(read(model.block_rows()));
      rows += ahead_.back().size() / size;
      if (ahead_.back().empty()) {
        const std::size_t known = rows - input_.faults().size();
        return known > 0 ? require_some_flagged(rule, known) : void();
      }
    }
  }

 private:
  [[nodiscard]] std::vector<float> read(std::size_t most) {
    auto rows = input_.next(most);
    if (refuse_unknown_ && !input_.faults().empty()) {
      fail("{} (--unknown flag scores the other rows)", input_.faults().front().reason);
    }
    return rows;
  }

  prep::InputRows& input_;
  bool refuse_unknown_;
  std::deque<std::vector<float>> ahead_;
};

ScoreTable score_all(const pipeline::TrainedModel& model, Blocks& blocks,
                     const prep::InputRows& input, ScoreOutput& output,
                     const pipeline::ScoreRequest& request, const RawColumns& columns) {
  ScoreTable table;
  if ((request.wanted.error_maps || request.wanted.columns != nullptr) && model.row().size() == 1) {
    table.columns = columns.names;
  }
  if (request.wanted.contributions) {
    table.groups = model.groups();
  }
  table.contributions.resize(table.groups.size());
  pipeline::score_rows(
      model, [&](std::size_t most) { return blocks.next(most); },
      [&](pipeline::RowScores&& block) {
        table.scores.insert(table.scores.end(), block.scores.begin(), block.scores.end());
        for (std::size_t g = 0; g < table.groups.size(); ++g) {
          for (std::size_t row = 0; row < block.scores.size(); ++row) {
            table.contributions[g].push_back(block.contributions(row, g));
          }
        }
        if (request.wanted.error_maps && model.row().size() == 3) {
          output.append_maps(block.error_maps, {model.row()[1], model.row()[2]});
        } else if (request.wanted.error_maps) {
          const auto errors = columns.sums(block.error_maps);
          table.column_errors.insert(table.column_errors.end(), errors.begin(), errors.end());
        }
        const auto& parts = block.columns.values();
        table.column_contributions.insert(table.column_contributions.end(), parts.begin(),
                                          parts.end());
      },
      request);
  table.names = input.names();
  table.labels = input.labels();
  for (const double score : table.scores) {
    const bool beyond = score == detectors::kOverflow;
    table.states.emplace_back(beyond ? "overflow" : "scored");
    table.reasons.emplace_back(beyond ? "its values are too far from those of the training rows"
                                      : "");
  }
  for (const prep::RowFault& fault : input.faults()) {
    table.states[fault.row] = "unscored";
    table.reasons[fault.row] = fault.reason;
  }
  return table;
}

/// Says how many rows could not be scored, and why the first of them.
void tell_of(const std::vector<prep::RowFault>& faults, std::size_t rows) {
  constexpr std::size_t kMost = 3;
  const auto reasons =
      mapped(std::span(faults).first(std::min(kMost, faults.size())), &prep::RowFault::reason);
  if (!faults.empty()) {
    log::warn("{} of {} rows could not be scored (state unscored): {}{}", faults.size(), rows,
              join(reasons, "; "),
              faults.size() > kMost ? fmt::format("; and {} more", faults.size() - kMost) : "");
  }
}

void number_rows(ScoreTable& table, const prep::InputRequest& request) {
  table.rows = request.rows;
  if (table.rows.empty()) {
    table.rows.resize(table.scores.size());
    std::iota(table.rows.begin(), table.rows.end(), 0);
  }
}

}  // namespace

int score(const Arguments& arguments) {
  std::optional<ScoreOptions> options = parse_options(arguments);
  if (!options) {
    return static_cast<int>(ExitCode::done);
  }
  log::configure(options->quiet ? log::Level::quiet : log::Level::normal);
  const store::RunRecord run = pipeline::open_trained_run(options->run);
  const std::string method = pipeline::method_of(run, options->method);
  ask_for_own_rows(options->input, run);
  const bool features = wants_features(options->input, run.input);
  require(features || options->weights.empty(),
          "--weights is for pictures and a run that was trained on features of pictures; {} is no "
          "picture, or {} is no such run",
          options->input.path.string(), run.info.cell);
  const auto input = features ? open_picture_features(options->input, run.input, options->weights)
                              : prep::open_input(options->input, run.input);
  pipeline::ScoreRequest request;
  request.threads = static_cast<int>(run.info.threads);
  nn::configure_torch(request.threads);
  request.lanes = options->lanes;
  const pipeline::TrainedModel model(run, method, options->device);
  Blocks blocks(*input, options->refuse_unknown);
  blocks.judge(options->threshold, model);
  if (options->out != "-") {
    require_expendable(options->out, {options->run, options->input.path, options->background},
                       options->out.ends_with(".h5") ? "scores" : "");
  }
  const RawColumns columns = model.row().size() == 1 ? raw_columns(run.input) : RawColumns();
  std::optional<pipeline::ColumnRequest> by_columns;
  if (!options->background.empty()) {
    by_columns = {
        read_background({.path = options->background, .csv = options->input.csv}, run, model),
        columns.ends};
  }
  ScoreOutput output(options->out);
  request.wanted = {
      .contributions = !options->no_reasons,
      .error_maps = model.row().size() == 3
                        ? output.takes_maps() && !options->no_maps && model.reconstructs()
                        : !options->no_reasons && !model.groups().empty(),
      .columns = by_columns ? &*by_columns : nullptr};
  ScoreTable table = score_all(model, blocks, *input, output, request, columns);
  if (by_columns) {
    table.background_score = by_columns->background.mean_score();
  }
  require(!table.scores.empty(), "{}: there are no rows", options->input.path.string());
  number_rows(table, options->input);
  std::vector<double> known = table.scores;
  std::erase_if(known, [](double score) { return std::isnan(score); });
  const auto threshold = pipeline::choose_threshold(options->threshold, run, method, known);
  table.threshold = threshold.value;
  std::optional<Judgement> judgement;
  if (options->judged) {
    judgement = judge_scores(options->input.path.string(), table, options->normal);
  }
  output.write(table,
               {{"cell", run.info.cell},
                {"run", options->run},
                {"config_hash", run.info.config_hash},
                {"method", method},
                {"threshold_rule", threshold.rule},
                {"input", options->input.path.string()},
                {"software_version", build_info().version},
                {"date", utc_now()}},
               model.typical_score(), judgement ? &*judgement : nullptr);
  const auto flagged = std::ranges::count(table.flags(), 1);
  if (!threshold.doubt.empty()) {
    log::warn("{}", threshold.doubt);
  }
  std::FILE* const told = options->out == "-" ? stderr : stdout;
  fmt::print(told, "{}: {} rows by {} of {}; {} flagged (score above {:.6g}: {})\n",
             options->out == "-" ? "standard output" : options->out, table.scores.size(), method,
             run.info.cell, flagged, threshold.value, threshold.rule);
  if (judgement) {
    fmt::print(told, "{}\n", join(describe(*judgement), "\n"));
  }
  tell_of(input->faults(), table.scores.size());
  if (input->cut_rows() > 0) {
    log::warn(
        "{} of {} rows hold samples beyond the range of the training pictures, or of --range, "
        "which "
        "were cut to black or white",
        input->cut_rows(), table.scores.size());
  }
  return static_cast<int>(input->faults().empty() ? ExitCode::done : ExitCode::some_failed);
}

}  // namespace cance::cli
