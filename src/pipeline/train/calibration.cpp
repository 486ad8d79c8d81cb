#include "pipeline/train/calibration.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <optional>
#include <set>

#include "base/log.hpp"
#include "base/stop_flag.hpp"
#include "base/text.hpp"
#include "config/automatic.hpp"
#include "config/load.hpp"
#include "config/option_table.hpp"
#include "data/split.hpp"
#include "nn/draws.hpp"
#include "nn/failure.hpp"
#include "pipeline/composites.hpp"
#include "pipeline/train/cost.hpp"
#include "pipeline/train/streamed_rows.hpp"
#include "represent/row_moments.hpp"

namespace cance::pipeline {
namespace {

using at::Tensor;

constexpr std::int64_t kMostRows = 8192;  // of each kind, however quick a stage is
constexpr std::int64_t kFewTrained = 128, kFewScored = 64;
constexpr double kFirst = 0.1, kSecond = 0.5;  // seconds of training, and of scoring
constexpr double kShortest = 1e-6;             // share of every length: one epoch or step
constexpr std::uint64_t kSeed = 0;

/// What a stage is timed on: training and scored rows, and the share of all lengths.
struct Sample {
  std::int64_t trained = 0, scored = 0;
  double share = kShortest;
};

/// Some rows in every form.
struct TimedRows {
  std::unique_ptr<nn::Rows> raw, normalised;
  Tensor composite;
};

/// The first rows of a part.
class FirstRows {
 public:
  FirstRows(const TimedRows& part, std::int64_t rows)
      : raw_(*part.raw, places(rows)),
        normalised_(*part.normalised, places(rows)),
        composite_(part.composite.defined() ? part.composite.slice(0, 0, rows) : Tensor()) {}
  [[nodiscard]] detectors::CellRows view() { return {composite_, &normalised_, &raw_}; }

 private:
  static std::vector<std::int64_t> places(std::int64_t rows) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(rows));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  nn::SelectedRows raw_, normalised_;
  Tensor composite_;
};

/// At most kMostRows of them, from all over.
std::vector<std::int64_t> spread(const std::vector<std::int64_t>& rows) {
  const auto all = static_cast<std::int64_t>(rows.size());
  std::vector<std::int64_t> some(static_cast<std::size_t>(std::min(all, kMostRows)));
  const auto count = static_cast<std::int64_t>(some.size());
  for (std::int64_t i = 0; i < count; ++i) {
    some[static_cast<std::size_t>(i)] = rows[static_cast<std::size_t>(i * all / count)];
  }
  return some;
}

/// The stages of one experiment on one data set.
class Calibration {
 public:
  Calibration(const config::Config& config, const config::Cell& cell, LoadedDataset& dataset,
              const nn::Compute& compute, Speeds& speeds)
      : compute_(compute), speeds_(speeds), shape_(dataset.file().row_shape()) {
    const data::Split split = data::make_split(dataset.file(), cell, config.split);
    config_ =
        config::resolved_config(config, static_cast<std::int64_t>(split.train.size()), shape_);
    config_.feature.folds = 1;
    const auto load = [&](TimedRows& part, const std::string& name,
                          const std::vector<std::int64_t>& rows) {
      part.raw =
          dataset.rows(name, spread(rows), /*window=*/0, config_.autoencoder.batch, compute_);
    };
    load(train_, split.train_part, split.train);
    normaliser_.emplace(represent::normalisation_for(config_.input, shape_), *train_.raw,
                        dataset.file().one_hot_columns(), compute_);
    load(validation_, split.train_part, split.validation);
    load(scored_, split.test_part, split.test);
    if (!split.labelled.empty()) {
      load(labelled_.emplace(), split.train_part, split.labelled);
    }
    for (TimedRows* part : {&train_, &validation_, &scored_, labelled_ ? &*labelled_ : nullptr}) {
      if (part != nullptr) {
        part->normalised =
            std::make_unique<represent::PreparedRows>(*part->raw, *normaliser_, /*flips=*/false);
      }
    }
  }

  /// Times a stage and learns of it. Methods stand on the features of the representation, which is
  /// therefore the first, also where it is known.
  void time(const std::string& stage, bool known) {
    Sample sample = sample_for(stage, kFirst, {1, 1});
    StageSeconds took = run(stage, sample);  // first calls are slow
    if (known) {
      return;
    }
    StageSeconds modelled = seconds(stage, sample);
    if (took.sum() < kSecond) {
      sample = sample_for(stage, kSecond,
                          {took.training / modelled.training, took.scoring / modelled.scoring});
      took = run(stage, sample);
      modelled = seconds(stage, sample);
    }
    if (compute_.graphs && !compute_.device.is_cpu()) {
      leave_out_start(stage, sample, took.training, modelled.training);
    }
    speeds_.learn(stage, shape_, took.training, modelled.training);
    speeds_.learn(scoring_of(stage), shape_, took.scoring, modelled.scoring);
  }

 private:
  /// The first steps of a stage run operator by operator and are recorded as graphs, which a long
  /// training hardly notices: what counts is how much longer a longer one takes.
  void leave_out_start(const std::string& stage, Sample sample, double& took, double& modelled) {
    if (sample.trained == train_.raw->size()) {
      sample.share = std::min(1.0, 2 * sample.share);
    } else {
      sample.trained = std::min(2 * sample.trained, train_.raw->size());
    }
    const double more = run(stage, sample).training - took;
    const double more_modelled = seconds(stage, sample).training - modelled;
    if (more > 0 && more_modelled > 0) {
      took = more;
      modelled = more_modelled;
    }
  }

  [[nodiscard]] config::Config shortened(double share) const {
    config::Config config = config_;
    config.schedule.share *= share;
    return config::trained_config(config);
  }

  /// By the model.
  [[nodiscard]] StageSeconds seconds(const std::string& stage, const Sample& sample) const {
    const config::Config config = shortened(sample.share);
    const auto trained = static_cast<double>(sample.trained);
    const auto scored = static_cast<double>(sample.scored);
    if (stage != kRepresentation) {
      return method_seconds(*detectors::make_detector(stage, config), stage,
                            {trained, shape_, scored});
    }
    return {representation_seconds(config, {trained, shape_}).training,
            representation_seconds(config, {0, shape_, scored}).scoring};  // a cell scores all rows
  }

  /// On which training and scoring take about so long each, where they are `factors` slower than
  /// the model says: all rows for a part of the epochs, or fewer rows once.
  [[nodiscard]] Sample sample_for(const std::string& stage, double target,
                                  const StageSeconds& factors) const {
    Sample sample{train_.raw->size(), scored_.raw->size()};
    const auto training = [&] { return factors.training * seconds(stage, sample).training; };
    while (sample.trained > kFewTrained && training() > target) {
      sample.trained = std::max(kFewTrained, sample.trained / 2);
    }
    if (sample.trained == train_.raw->size()) {
      sample.share = 1;
      sample.share = std::clamp(target / training(), kShortest, 1.0);
    }
    while (sample.scored > kFewScored &&
           factors.scoring * seconds(stage, sample).scoring > target) {
      sample.scored = std::max(kFewScored, sample.scored / 2);
    }
    return sample;
  }

  [[nodiscard]] StageSeconds run(const std::string& stage, const Sample& sample) {
    const config::Config config = shortened(sample.share);
    FirstRows train(train_, sample.trained);
    FirstRows validation(
        validation_,
        std::max<std::int64_t>(1, validation_.raw->size() * sample.trained / train_.raw->size()));
    FirstRows scored(scored_, sample.scored);
    const auto silent = [](const auto&...) {};
    const auto start = Clock::now();
    Clock::time_point trained;
    if (stage == kRepresentation) {
      const auto representation = represent::make_representation(config, shape_, kSeed, compute_);
      (void)representation->train(*train.view().normalised, *validation.view().normalised, nullptr,
                                  silent);
      trained = Clock::now();
      const Tensor phi =
          composites_of(*representation, *normaliser_, *scored.view().raw,
                        *scored.view().normalised, config.feature.contrast, compute_);
      const auto end = Clock::now();
      take_features(phi);
      return {seconds_between(start, trained), seconds_between(trained, end)};
    }
    const auto detector = detectors::make_detector(stage, config);
    std::optional<FirstRows> labelled;
    if (labelled_) {
      labelled.emplace(*labelled_, labelled_->raw->size());
    }
    detector->fit({train.view(), validation.view(), transform_, raw_moments_, moments_, kSeed,
                   compute_, nullptr, silent, labelled ? labelled->view() : detectors::CellRows()});
    trained = Clock::now();
    (void)detectors::scores_of(*detector, scored.view());
    return {seconds_between(start, trained), seconds_between(trained, Clock::now())};
  }

  /// Those of few rows stand for all, each a little off, as no method is to meet one row twice.
  void take_features(const Tensor& phi) {
    const Random random(kSeed, Purpose::noise);
    for (TimedRows* part : {&train_, &validation_, &scored_}) {
      const std::int64_t rows = part->raw->size();
      const Tensor tiled =
          phi.repeat({(rows + phi.size(0) - 1) / phi.size(0), 1}).slice(0, 0, rows);
      part->composite = tiled * (1 + 0.1 * nn::normals(tiled.sizes(), random).abs());
    }
    raw_moments_ = represent::moments_of(train_.composite, compute_.team);
    if (config_.feature.transform == config::kAuto) {
      config_.feature.transform = represent::fitting_transform(raw_moments_);
    }
    transform_ = represent::transform_for(config_.feature.transform, raw_moments_);
    moments_ = represent::moments_of(transform_.apply(train_.composite), compute_.team);
  }

  const nn::Compute& compute_;
  Speeds& speeds_;
  Shape shape_;  // of a row
  config::Config config_;
  TimedRows train_, validation_, scored_;
  std::optional<TimedRows> labelled_;
  std::optional<represent::Normaliser> normaliser_;
  represent::FeatureTransform transform_;
  stats::Moments raw_moments_{0}, moments_{0};  // without a representation of no columns
};

}  // namespace

void calibrate(const std::vector<config::Experiment>& experiments,
               const std::vector<PlannedCell>& cells, const DataRoot& data, nn::Compute compute,
               Speeds& speeds) {
  compute.team = nn::Team();
  std::set<std::pair<std::size_t, std::string>> seen;
  for (const PlannedCell& planned : cells) {
    if (!seen.emplace(planned.experiment, planned.cell.dataset).second) {
      continue;
    }
    const config::Config& config = experiments[planned.experiment].config;
    LoadedDataset dataset(data.path(planned.cell.dataset));
    auto stages = unknown_stages(config, dataset.file().row_shape(), speeds);
    if (stages.empty()) {
      continue;
    }
    log::info("timing a few steps, once on this machine, on {}: {}", planned.cell.dataset,
              join(stages, ", "));
    compute.type = config.compute.precision == "float64" ? at::kDouble : at::kFloat;
    // The representation comes first, whether it is known or not.
    const bool known = std::erase(stages, kRepresentation) == 0;
    if (config::methods_need_representation(config.grid.methods)) {
      stages.insert(stages.begin(), kRepresentation);
    }
    std::optional<Calibration> calibration;
    for (const std::string& stage : stages) {
      try {
        if (!calibration) {
          calibration.emplace(config, planned.cell, dataset, compute, speeds);
        }
        calibration->time(stage, known && stage == kRepresentation);
      } catch (const std::exception& error) {
        if (stop_requested()) {
          return;
        }
        log::info("no calibration of {} on {}: {}", stage, planned.cell.dataset,
                  nn::words_of(error));
        if (stage == kRepresentation) {
          break;  // methods have no features
        }
      }
      speeds.save();  // also where the rest is not waited for
    }
  }
}

}  // namespace cance::pipeline
