#include "pipeline/apply/trained_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "archive/ensemble.hpp"
#include "archive/run_source.hpp"
#include "base/cast.hpp"
#include "base/gpus.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "nn/convert.hpp"
#include "nn/device.hpp"
#include "pipeline/apply/contributions.hpp"
#include "pipeline/apply/restored_method.hpp"
#include "pipeline/composites.hpp"
#include "pipeline/train/streamed_rows.hpp"
#include "represent/normaliser.hpp"

namespace cance::pipeline {
namespace {

using at::Tensor;

constexpr std::size_t kBlockFloats = std::size_t{1} << 22U;  // of rows that are scored together
constexpr std::size_t kMostBlocks = 8;

/// The mean of the training composites as the densities see it, as a composite: (1, n).
Tensor typical_composite(const store::RunRecord& run, const represent::FeatureTransform& transform,
                         at::ScalarType type) {
  std::vector<double> mean = run.moments.mean;
  const std::size_t error = mean.size() - 2;
  for (std::size_t k = 0; k < 2; ++k) {
    mean[error + k] = transform.undo(k, mean[error + k]);
  }
  return nn::to_tensor(std::span<const double>(mean)).unsqueeze(0).to(type);
}

nn::Compute compute_on(const std::string& device, const store::RunRecord& run) {
  const GpuDriver driver = device == "cpu" ? GpuDriver() : look_for_gpus();
  nn::Compute compute;
  compute.device = nn::choose_device(device, driver, /*local_rank=*/0);
  compute.device_name = nn::device_name(compute.device, driver);
  compute.type = run.info.precision == "float64" ? at::kDouble : at::kFloat;
  return compute;
}

}  // namespace

store::RunRecord open_trained_run(const std::filesystem::path& path) {
  store::RunRecord run = archive::find_run(path).read(store::Detail::full);
  require(!run.input.row.empty(),
          "{}: written by cance {}, which did not keep what new rows need; train the cell again",
          path.string(), run.info.software_version);
  return run;
}

std::string method_of(const store::RunRecord& run, const std::string& name) {
  const auto methods = mapped(run.scores, [](const auto& item) { return item.first; });
  require(!methods.empty(), "{}: the run has no method", run.info.cell);
  require(name.empty() || contains(methods, name), "{}: the run has no method '{}'{} (it has {})",
          run.info.cell, name, did_you_mean(name, methods), join(methods, ", "));
  return name.empty() ? methods.back() : name;
}

struct TrainedModel::Parts {
  nn::Compute compute;
  represent::Normaliser normaliser;
  std::unique_ptr<represent::Representation> representation;  // where the run has one
  std::unique_ptr<detectors::Detector> detector;
  std::vector<FeatureGroup> groups;
  Tensor typical;  // (1, n), of a method that sees composites alone
};

TrainedModel::TrainedModel(const store::RunRecord& run, const std::string& method,
                           const std::string& device)
    : row_(run.input.row) {
  const config::Config config = trained_settings(run.info);
  if (!run.members.empty()) {
    rule_ = config.ensemble.rule;
    tails_ = archive::tails_of(run);
    for (const store::EnsembleMember& member : run.members) {
      for (const auto& [name, scores] : member.run.scores) {
        members_.push_back(std::make_unique<TrainedModel>(member.run, name, device));
      }
    }
    return;
  }
  const nn::Compute compute = compute_on(device, run);
  contrast_ = config.feature.contrast;
  const bool represented = run.info.representation != store::kNoRepresentation;
  parts_ = std::make_unique<Parts>(
      Parts{compute,
            {represent::normalisation_for(config.input, row_), run.model, row_.size(), compute},
            represented ? restored_representation(run, compute) : nullptr,
            restored_method(run, method, compute),
            {},
            {}});
  if (parts_->detector->sees_composite_only()) {
    parts_->groups = feature_groups(config.autoencoder.latent, contrast_);
    parts_->typical = typical_composite(
        run, represent::FeatureTransform::restored(config.feature.transform, run.model),
        compute.type);
    for (const FeatureGroup& group : parts_->groups) {
      group_names_.push_back(group.name);
    }
    typical_score_ =
        detectors::scores_of(*parts_->detector, {parts_->typical, nullptr, nullptr}).front();
  }
}

TrainedModel::~TrainedModel() = default;

bool TrainedModel::on_cpu() const {
  return parts_ == nullptr ? members_.front()->on_cpu() : parts_->compute.device.is_cpu();
}

bool TrainedModel::reconstructs() const {
  return parts_ == nullptr
             ? std::ranges::any_of(members_, [](const auto& m) { return m->reconstructs(); })
             : parts_->representation != nullptr;
}

std::size_t TrainedModel::block_rows() const {
  const auto block = to<std::size_t>(nn::kBlock);
  const std::size_t fitting = kBlockFloats / (element_count(row_) * block);
  return block * std::clamp<std::size_t>(fitting, 1, kMostBlocks);
}

std::vector<float> TrainedModel::error_maps(std::span<const float> rows) const {
  nn::TensorRows raw(parts_->compute.to_device(as_tensor(rows, row_)));
  const Tensor maps = nn::map_rows(raw, parts_->compute.team, [this](const Tensor& block) {
    const Tensor x = parts_->normaliser.apply(block);
    const Tensor error = x - parts_->representation->reconstruct(x);
    const Tensor squares = error.square();
    return (squares.dim() == 4 ? squares.mean(1) : squares).to(at::kCPU, at::kFloat).contiguous();
  });
  const auto* const data = maps.const_data_ptr<float>();
  return {data, data + maps.numel()};
}

RowScores TrainedModel::joined_scores(std::span<const float> rows, const Wanted& wanted) const {
  RowScores result;
  std::vector<std::vector<double>> tails;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    RowScores one =
        members_[i]->score(rows, {.error_maps = wanted.error_maps && result.error_maps.empty()});
    std::ranges::transform(one.scores, one.scores.begin(), tails_[i]);
    tails.push_back(std::move(one.scores));
    if (!one.error_maps.empty()) {
      result.error_maps = std::move(one.error_maps);
    }
  }
  result.scores = archive::join_tails(tails, rule_);
  return result;
}

RowScores TrainedModel::score(std::span<const float> rows, const Wanted& wanted) const {
  RowScores result = parts_ == nullptr ? joined_scores(rows, wanted) : own_scores(rows, wanted);
  if (wanted.columns != nullptr) {
    result.columns = stats::shapley_values(
        [this](std::span<const float> mixed) { return score(mixed, {}).scores; }, rows,
        result.scores, wanted.columns->background, wanted.columns->ends, block_rows());
  }
  return result;
}

RowScores TrainedModel::own_scores(std::span<const float> rows, const Wanted& wanted) const {
  const std::size_t size = element_count(row_);
  std::vector<float> whole(rows.begin(), rows.end());
  std::vector<std::size_t> unmade;
  for (std::size_t row = 0; row < rows.size() / size; ++row) {
    const auto values = std::span(whole).subspan(row * size, size);
    if (std::ranges::any_of(values, [](float value) { return std::isnan(value); })) {
      unmade.push_back(row);
      std::ranges::fill(values, 0.0F);
    }
  }
  nn::TensorRows raw(parts_->compute.to_device(as_tensor(whole, row_)));
  represent::PreparedRows prepared(raw, parts_->normaliser, /*flips=*/false);
  Tensor phi;
  if (parts_->representation) {
    phi = composites_of(*parts_->representation, parts_->normaliser, raw, prepared, contrast_,
                        parts_->compute);
  }
  RowScores result;
  result.scores = scores_of(*parts_->detector, {phi, &prepared, &raw},
                            farthest_values(prepared, parts_->compute));
  if (wanted.contributions && !group_names_.empty()) {
    result.contributions = contributions(*parts_->detector, phi, result.scores, parts_->typical,
                                         typical_score_, parts_->groups);
  }
  if (wanted.error_maps && parts_->representation) {
    result.error_maps = error_maps(whole);
  }
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const std::size_t pixels =
      result.error_maps.size() / std::max<std::size_t>(1, rows.size() / size);
  for (const std::size_t row : unmade) {
    result.scores[row] = kNone;
    if (result.contributions.rows() > 0) {
      std::ranges::fill(result.contributions.row(row), kNone);
    }
    std::ranges::fill(std::span(result.error_maps).subspan(row * pixels, pixels),
                      static_cast<float>(kNone));
  }
  return result;
}

}  // namespace cance::pipeline
