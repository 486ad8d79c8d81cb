#include "pipeline/train/cell_job.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>

#include "archive/member.hpp"
#include "base/cast.hpp"
#include "base/log.hpp"
#include "base/named_lock.hpp"
#include "base/ranges.hpp"
#include "base/stop_flag.hpp"
#include "config/automatic.hpp"
#include "config/load.hpp"
#include "config/option_table.hpp"
#include "data/split.hpp"
#include "detectors/detector.hpp"
#include "nn/convert.hpp"
#include "pipeline/apply/threshold.hpp"
#include "pipeline/composites.hpp"
#include "pipeline/train/cost.hpp"
#include "pipeline/train/provenance.hpp"
#include "represent/composite.hpp"
#include "represent/normaliser.hpp"
#include "represent/representation.hpp"
#include "represent/row_moments.hpp"
#include "stats/eigen.hpp"
#include "stats/moments.hpp"

namespace cance::pipeline {
namespace {

using at::Tensor;

constexpr double kNear = 1e6;            // deviations from the training rows
constexpr std::size_t kGalleryEach = 8;  // most and least anomalous images

/// `m` latents.
store::MomentsRecord stored(const stats::Moments& moments, std::size_t m,
                            const std::string& transform) {
  const Matrix<double> covariance = moments.covariance();
  Matrix<double> latent(m, m);
  for (std::size_t i = 0; i < m; ++i) {
    std::copy_n(covariance.row(i).begin(), m, latent.row(i).begin());
  }
  return {to<std::int64_t>(moments.count()), moments.mean(), covariance.values(),
          stats::condition_number(latent), transform};
}

void store_tensors(store::RunRecord& record, const std::string& prefix,
                   const nn::NamedTensors& tensors) {
  for (auto& [name, array] : nn::to_map(tensors)) {
    record.model[prefix + name] = array;
  }
}

std::vector<std::uint8_t> as_bytes(const Tensor& images) {
  const Tensor bytes = (images * 255).round().clamp(0, 255).to(at::kCPU, at::kByte).contiguous();
  const auto* const data = bytes.const_data_ptr<std::uint8_t>();
  return {data, data + bytes.numel()};
}

/// Training, validation or test rows in every form.
struct Part {
  std::unique_ptr<nn::Rows> raw, normalised;
  Tensor composite;
  std::vector<double> farthest;  // pipeline::farthest_values
  [[nodiscard]] detectors::CellRows view() const {
    return {composite, normalised.get(), raw.get()};
  }
};

/// Rows that say which are read, those of a pass in order.
class WatchedRows final : public nn::Rows {
 public:
  WatchedRows(nn::Rows& rows, std::function<void(std::int64_t)> read)
      : rows_(rows), read_(std::move(read)) {}
  [[nodiscard]] std::int64_t size() const override { return rows_.size(); }
  [[nodiscard]] Tensor select(const nn::Places& places) override { return rows_.select(places); }
  [[nodiscard]] Tensor range(std::int64_t first, std::int64_t count) override {
    read_(first);
    return rows_.range(first, count);
  }
  [[nodiscard]] bool in_place() const override { return rows_.in_place(); }

 private:
  nn::Rows& rows_;
  std::function<void(std::int64_t)> read_;
};

/// Seconds on a clock that, of fused cells, counts this one's share.
double seconds_now(const nn::Compute& compute) {
  return compute.seat != nullptr ? compute.seat->seconds() : seconds_between({}, Clock::now());
}

/// One cell in progress.
class CellJob {
 public:
  CellJob(const config::Config& config, const config::Cell& cell, LoadedDataset& dataset,
          const CellContext& context)
      : given_(config),
        seed_(static_cast<std::uint64_t>(cell.seed)),
        context_(context),
        compute_(context.compute),
        shape_(dataset.file().row_shape()) {
    compute_.team.run_together([&] { load(cell, dataset); });
    nn::Compute own = compute_;
    if (!context.shared_stages.empty()) {
      own.seat = nullptr;  // who waits for a turn at such stages cannot wait for companions too
    }
    if (config::methods_need_representation(config_.grid.methods)) {
      representation_ = represent::make_representation(config_, shape_, seed_, own);
    }
    size_ = size_of_cell(config_, static_cast<double>(split_.train.size()), shape_,
                         static_cast<double>(split_.validation.size() + split_.test.size()));
    total_cost_ = cell_seconds(config_, size_, context.speeds);
    anew_ = !std::filesystem::exists(context.checkpoints);
    if (!context.checkpoints.empty()) {
      const auto make = [&](const std::filesystem::path& folder, const std::string& settings) {
        return nn::Checkpoints(folder, checkpoint_key(settings, record_.info),
                               context.checkpoint_seconds, compute_.team.rank() == 0);
      };
      representation_checkpoints_ =
          make(context.shared_stages.empty() ? context.checkpoints : context.shared_stages,
               representation_settings(config_, cell));
      method_checkpoints_ =
          make(context.checkpoints, config::config_text(config::cell_config(config_, cell)));
    }
  }

  store::RunRecord run() {
    record_.labels = split_.test_labels;
    record_.index = split_.test;
    record_.kinds = split_.test_kinds;
    record_.split = {split_.train_part, split_.test_part, split_.train, split_.validation,
                     split_.labelled};
    normalise();
    if (representation_) {
      learn_features();
    } else {
      record_.moments.count = train_.normalised->size();
    }
    record_.info.chosen = config::chosen_settings(given_, resolved_);
    for (const std::string& method : config_.grid.methods) {
      run_method(method);
    }
    if (shape_.size() == 3 && record_.labels.size() > 1) {
      make_gallery();
    }
    learn_reading();
    return std::move(record_);
  }

 private:
  void load(const config::Cell& cell, LoadedDataset& dataset) {
    represent::require_usable(given_, shape_);
    split_ = data::make_split(dataset.file(), cell, given_.split);
    resolved_ = config::resolved_config(given_, signed_size(split_.train.size()), shape_);
    config_ = config::trained_config(resolved_);
    record_.info = provenance(given_, cell, dataset.file());
    record_.info.split_sha256 = split_.sha256;
    record_.info.ranks = compute_.team.size();
    record_.info.device = compute_.device_name;
    record_.info.fused = compute_.seat == nullptr ? 1 : to<std::int64_t>(compute_.seat->models());
    record_.flagged_share = config_.split.flagged_share;
    if (!split_.test_kinds.empty()) {
      record_.kind_names = dataset.file().info().class_names;
    }
    one_hot_columns_ = dataset.file().one_hot_columns();
    const store::DatasetInfo& info = dataset.file().info();
    record_.input = {shape_, info.column_names, info.one_hot_columns, info.preparation,
                     info.manifest};
    const auto rows = [&](const std::vector<std::int64_t>& indices) {
      return dataset.rows(split_.train_part, indices, config_.data.window,
                          config_.autoencoder.batch, compute_);
    };
    train_.raw = rows(split_.train);
    validation_.raw = rows(split_.validation);
    if (!split_.labelled.empty()) {  // few: in memory
      labelled_.raw = dataset.rows(split_.train_part, split_.labelled, /*window=*/0,
                                   config_.autoencoder.batch, compute_);
    }
    test_.raw = dataset.shared_rows(split_.test_part, split_.test, config_.data.window, compute_);
  }

  static nn::Checkpoints* pointer_to(std::optional<nn::Checkpoints>& checkpoints) {
    return checkpoints ? &*checkpoints : nullptr;
  }

  void normalise() {
    normaliser_.emplace(represent::normalisation_for(config_.input, shape_), *train_.raw,
                        one_hot_columns_, compute_);
    const auto prepare = [this](Part& part, bool flips) {
      part.normalised = std::make_unique<represent::PreparedRows>(*part.raw, *normaliser_, flips);
    };
    prepare(train_, config_.input.flips);
    prepare(validation_, false);
    prepare(test_, false);
    if (labelled_.raw) {
      prepare(labelled_, false);
    }
    store_tensors(record_, "", normaliser_->state());
    for (Part* part : {&validation_, &test_}) {
      part->farthest = farthest_values(*part->normalised, compute_);
    }
    leave_out_far_rows();
  }

  /// Training watches the validation rows that lie near the training rows: one beyond would be all
  /// of a mean loss, or make it overflow. Scores and thresholds take all of them.
  void leave_out_far_rows() {
    double farthest = kNear;
    const auto& values = validation_.farthest;
    if (!values.empty() && normaliser_->none()) {
      const auto trained = represent::farthest_values(*train_.normalised, compute_.team);
      farthest = std::min(kNear * std::ranges::max(trained), represent::Normaliser::kCut);
    }
    std::vector<std::int64_t> near;
    for (std::size_t row = 0; row < values.size(); ++row) {
      if (values[row] <= farthest) {
        near.push_back(to<std::int64_t>(row));
      }
    }
    if (near.empty() || near.size() == split_.validation.size()) {
      return;
    }
    if (compute_.team.rank() == 0) {
      log::warn(
          "{}: {} of {} validation rows hold a value more than a million {} the "
          "training rows; they count for thresholds, but not for the loss that training watches",
          record_.info.cell, split_.validation.size() - near.size(), split_.validation.size(),
          normaliser_->none() ? "times those of" : "deviations from");
    }
    watched_.raw = std::make_unique<nn::SelectedRows>(*validation_.raw, near);
    watched_.normalised = std::make_unique<nn::SelectedRows>(*validation_.normalised, near);
    near_ = std::move(near);
  }

  [[nodiscard]] const Part& watched() const { return near_.empty() ? validation_ : watched_; }

  /// Nobody else trains the shared stages of this cell while the lock is held; a rank that does not
  /// lead its team gets none. Collective.
  [[nodiscard]] std::optional<NamedLock> wait_for_turn() const {
    constexpr std::chrono::milliseconds kPause{200};
    std::optional<NamedLock> lock;
    while (true) {
      compute_.team.run_together([&] {
        if (compute_.team.rank() == 0) {
          lock = NamedLock::try_lock(context_.shared_stages / "lock");
        }
      });
      std::array<double, 2> all{lock ? 1.0 : 0.0, stop_requested() ? 1.0 : 0.0};
      compute_.team.sum(all);
      if (all[1] > 0) {
        stop_with_others();
      }
      if (all[0] > 0) {
        return lock;
      }
      std::this_thread::sleep_for(kPause);
    }
  }

  /// Gives whether nothing of it was there before.
  bool train_representation() {
    const std::optional<NamedLock> turn =
        context_.shared_stages.empty() ? std::nullopt : wait_for_turn();
    const bool anew =
        anew_ && (context_.shared_stages.empty() ||
                  !std::filesystem::exists(context_.shared_stages / "autoencoder.ckpt"));
    const auto histories =
        representation_->train(*train_.normalised, *watched().normalised,
                               pointer_to(representation_checkpoints_), representation_progress());
    for (const auto& [stage, history] : histories) {
      record_.history.emplace_back(stage, history);
    }
    return anew;
  }

  /// Of the cell's own representation, or that of a fold from 1 on: each an equal share.
  [[nodiscard]] represent::StageCallback representation_progress(int fold = 0) {
    const int folds = config_.feature.folds;
    const int models = folds > 1 ? 1 + folds : 1;
    const double cost = representation_seconds(config_, size_, context_.speeds).training / models;
    const double done = fold * cost;
    return [this, fold, folds, cost, done](const std::string& stage,
                                           const nn::StageProgress& progress) {
      const std::string name =
          fold > 0 ? fmt::format("{}, fold {} of {}", stage, fold, folds) : stage;
      context_.progress(name, (done + cost * progress.fraction) / total_cost_, progress);
    };
  }

  /// e and c of the training rows as representations see them that were trained without them, in
  /// place of those of rows that the cell's own knows (src/method.md, section 3).
  void cross_fit() {
    const std::int64_t rows = train_.raw->size();
    const int folds = config_.feature.folds;
    require(folds <= rows / 2,
            "feature.folds = {}: there are {} training rows; expected at most {}", folds, rows,
            rows / 2);
    Tensor errors = train_.composite.slice(1, train_.composite.size(1) - 2);
    for (int fold = 0; fold < folds; ++fold) {
      std::vector<std::int64_t> judged, others;
      for (std::int64_t row = 0; row < train_.normalised->size(); ++row) {  // mirrored ones behind
        (row % rows % folds == fold ? judged : others).push_back(row);
      }
      nn::SelectedRows known(*train_.normalised, others);
      nn::SelectedRows unknown(*train_.normalised, judged);
      const auto model = represent::make_representation(config_, shape_, seed_, compute_);
      (void)model->train(known, *watched().normalised, nullptr, representation_progress(fold + 1));
      const Tensor phi = model->composite(unknown);
      errors.index_copy_(0, nn::index_view(judged), phi.slice(1, phi.size(1) - 2));
    }
  }

  /// What a stage took whose steps were all trained here, by a rank alone, as the model means it.
  void learn(const std::string& stage, StageSeconds took, StageSeconds modelled) {
    if (context_.speeds != nullptr && compute_.team.alone()) {
      in_stages_ += took.sum();
      context_.speeds->learn(stage, shape_, took.training, modelled.training);
      context_.speeds->learn(scoring_of(stage), shape_, took.scoring, modelled.scoring);
    }
  }
  /// What all but the stages took, of a cell all of whose stages were learned of.
  void learn_reading() {
    if (context_.speeds != nullptr && anew_ && context_.shared_stages.empty() && in_stages_ > 0) {
      context_.speeds->learn(kReading, shape_, seconds_now(compute_) - begun_ - in_stages_,
                             reading_seconds(size_));
    }
  }

  void learn_features() {
    const double start = seconds_now(compute_);
    const bool anew = train_representation();
    const double trained = seconds_now(compute_);
    for (Part* part : {&train_, &validation_, &test_}) {
      part->composite = composites_of(*representation_, *normaliser_, *part->raw, *part->normalised,
                                      config_.feature.contrast, compute_);
    }
    if (!near_.empty()) {
      watched_.composite = validation_.composite.index_select(0, nn::index_view(near_));
    }
    const double scored = seconds_now(compute_);
    if (config_.feature.folds > 1) {
      cross_fit();
    }
    done_cost_ = representation_seconds(config_, size_, context_.speeds).sum();
    if (anew) {
      learn(kRepresentation, {trained - start + seconds_now(compute_) - scored, scored - trained},
            representation_seconds(config_, size_));
    }
    raw_moments_ = represent::moments_of(train_.composite, compute_.team);
    if (config_.feature.transform == config::kAuto) {
      resolved_.feature.transform = represent::fitting_transform(raw_moments_);
      config_.feature.transform = resolved_.feature.transform;
    }
    transform_ = represent::transform_for(config_.feature.transform, raw_moments_);
    moments_ = represent::moments_of(transform_.apply(train_.composite), compute_.team);
    const auto latents = to<std::size_t>(config_.autoencoder.latent.value);
    record_.moments = stored(moments_, latents, config_.feature.transform);
    record_.composite_columns = represent::composite_columns(latents, config_.feature.contrast);
    record_.composite = {{"train", nn::to_matrix(train_.composite)},
                         {"validation", nn::to_matrix(validation_.composite)},
                         {"test", nn::to_matrix(test_.composite)}};
    store_tensors(record_, "", representation_->state());
    store_tensors(record_, "", transform_.state());
  }

  void run_method(const std::string& method) {
    const auto detector = detectors::make_detector(method, config_);
    const StageSeconds cost = method_seconds(*detector, method, size_, context_.speeds);
    const double start = seconds_now(compute_);
    detector->fit({train_.view(), watched().view(), transform_, raw_moments_, moments_, seed_,
                   compute_, pointer_to(method_checkpoints_),
                   [&](const nn::StageProgress& progress) {
                     context_.progress(
                         method, (done_cost_ + cost.training * progress.fraction) / total_cost_,
                         progress);
                   },
                   labelled_.view(), &record_.history});
    const double trained = seconds_now(compute_);
    const auto all = static_cast<double>(test_.raw->size() + validation_.raw->size());
    const auto scores_of_part = [&](const Part& part, std::int64_t before) {
      const auto read = [&](std::int64_t first) {
        const std::int64_t behind = nn::rows_behind(*part.raw, compute_.team, first);
        const double share = static_cast<double>(before + behind) / all;
        context_.progress(method + ", scoring",
                          (done_cost_ + cost.training + cost.scoring * share) / total_cost_, {});
      };
      WatchedRows normalised(*part.normalised, read);
      WatchedRows raw(*part.raw, read);
      return scores_of(*detector, {part.composite, &normalised, &raw}, part.farthest);
    };
    std::vector<double> scores = scores_of_part(test_, 0);
    std::ranges::move(archive::metrics_of(record_, method, scores),
                      std::back_inserter(record_.metrics));
    std::vector<double> normal_scores = scores_of_part(validation_, test_.raw->size());
    done_cost_ += cost.sum();
    const Threshold threshold = threshold_of_normals(normal_scores, kStoredShare);
    record_.thresholds[method] = threshold.value;
    record_.threshold_rule = threshold.rule;
    record_.validation_scores[method] = std::move(normal_scores);
    record_.validation_in_row_order = true;
    record_.scores.emplace_back(method, std::move(scores));
    if (const auto scale = detector->noise_scale(); !scale.empty()) {
      record_.noise[method] = scale;
    }
    store_tensors(record_, method + ".", detector->state());
    if (anew_) {
      learn(method, {trained - start, seconds_now(compute_) - trained},
            method_seconds(*detector, method, size_));
    }
  }

  /// The images that the last method of the list finds most and least anomalous, among all test
  /// rows, among the normal ones (most) and among the anomalous ones (least).
  void make_gallery() {
    const auto& [method, scores] = record_.scores.back();
    std::vector<std::int64_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) {
      return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
    });
    const std::size_t each = std::min(kGalleryEach, order.size() / 2);
    std::vector<std::int64_t> chosen(order.begin(),
                                     order.begin() + static_cast<std::ptrdiff_t>(each));
    chosen.insert(chosen.end(), order.end() - static_cast<std::ptrdiff_t>(each), order.end());
    for (const int label : {0, 1}) {
      std::size_t left = each;
      for (const std::int64_t row : order) {
        if (left > 0 && record_.labels[static_cast<std::size_t>(row)] == label) {
          --left;
          if (!contains(chosen, row)) {
            chosen.push_back(row);
          }
        }
      }
      std::ranges::reverse(order);
    }
    std::vector<Tensor> images;
    for (const std::int64_t row : chosen) {
      images.push_back(test_.raw->range(row, 1));
    }
    const Tensor input = at::cat(images);
    record_.gallery = {method, shape_, chosen, as_bytes(input), {}};
    if (representation_) {
      record_.gallery.output = as_bytes(
          normaliser_->undo(representation_->reconstruct(normaliser_->apply(input)), input));
    }
  }

  const config::Config& given_;
  config::Config resolved_, config_;  // without auto, and that as trained
  std::uint64_t seed_;
  const CellContext& context_;
  const nn::Compute& compute_;
  data::Split split_;
  Shape shape_;  // of a row
  std::vector<std::int64_t> one_hot_columns_;
  std::unique_ptr<represent::Representation> representation_;  // none where no method needs it
  std::optional<nn::Checkpoints> representation_checkpoints_, method_checkpoints_;
  detectors::CellSize size_;
  double total_cost_ = 1, done_cost_ = 0;  // seconds, estimated
  double begun_ = seconds_now(compute_);
  double in_stages_ = 0;  // seconds, as learned
  bool anew_ = true;      // no checkpoint of the cell is there
  std::optional<represent::Normaliser> normaliser_;
  Part train_, validation_, test_, labelled_;
  std::vector<std::int64_t> near_;  // places of watched_ in validation_; none: all
  Part watched_;                    // of validation_, which must outlive it
  represent::FeatureTransform transform_;
  stats::Moments raw_moments_{0}, moments_{0};  // of train_.composite, and transformed
  store::RunRecord record_;
};

}  // namespace

store::RunRecord run_cell(const config::Config& config, const config::Cell& cell,
                          LoadedDataset& dataset, const CellContext& context) {
  const double start = seconds_now(context.compute);
  store::RunRecord record = CellJob(config, cell, dataset, context).run();
  record.info.seconds = seconds_now(context.compute) - start;
  return record;
}

}  // namespace cance::pipeline
