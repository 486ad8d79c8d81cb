#include "pipeline/cell_job.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "base/cast.hpp"
#include "base/sha256.hpp"
#include "data/split.hpp"
#include "detectors/detector.hpp"
#include "nn/convert.hpp"
#include "pipeline/provenance.hpp"
#include "represent/autoencoder.hpp"
#include "represent/composite.hpp"
#include "stats/auroc.hpp"
#include "stats/cholesky.hpp"
#include "stats/moments.hpp"

namespace cance::pipeline {
namespace {

using torch::Tensor;

constexpr double kThresholdShare =
    0.95;  // of the validation rows, all normal, score below the threshold
constexpr std::int64_t kMomentBatch = 4096;
constexpr std::size_t kGalleryEach = 8;  // most and least anomalous images
constexpr double kDensityCost =
    0.35;  // time of one density relative to the autoencoder, for progress

/// Of this rank's share of the rows (B, n), then of all.
stats::Moments moments_of(const Tensor& phi, const nn::Team& team) {
  const auto columns = to<std::size_t>(phi.size(1));
  stats::Moments own(columns);
  const nn::Share share = team.share(phi.size(0));
  for (const Tensor& batch : phi.slice(0, share.first, share.first + share.count)
                                 .to(torch::kFloat64)
                                 .split(kMomentBatch)) {
    own.add_rows(MatrixView<const double>{batch.const_data_ptr<double>(),
                                          to<std::size_t>(batch.size(0)), columns});
  }
  const Tensor packed =
      team.gather_rows(nn::to_tensor(std::span<const double>(own.pack())).unsqueeze(0));
  stats::Moments all(columns);
  for (std::int64_t rank = 0; rank < packed.size(0); ++rank) {
    all.merge(stats::Moments::unpack(nn::to_doubles(packed[rank]), columns));
  }
  return all;
}

store::MomentsRecord stored(const stats::Moments& moments) {
  const Matrix<double> covariance = moments.covariance();
  const std::size_t m = moments.columns() - 2;
  Matrix<double> latent(m, m);
  for (std::size_t i = 0; i < m; ++i) {
    std::copy_n(covariance.row(i).begin(), m, latent.row(i).begin());
  }
  return {to<std::int64_t>(moments.count()), moments.mean(), covariance.values(),
          stats::condition_number(latent)};
}

/// The value below which this share of the scores lies (linear interpolation).
double quantile(std::vector<double> scores, double share) {
  std::ranges::sort(scores);
  const double at = share * static_cast<double>(scores.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, scores.size() - 1);
  return scores[low] + (at - static_cast<double>(low)) * (scores[high] - scores[low]);
}

void store_tensors(store::RunRecord& record, const std::string& prefix,
                   const nn::NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) {
    const Tensor t = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
    store::Shape shape;
    for (const std::int64_t extent : t.sizes()) {
      shape.push_back(to<std::size_t>(extent));
    }
    const float* const data = t.const_data_ptr<float>();
    record.model[prefix + name] = {shape, std::vector<float>(data, data + t.numel())};
  }
}

std::vector<std::uint8_t> as_bytes(const Tensor& images) {
  const Tensor bytes =
      (images * 255).round().clamp(0, 255).to(torch::kCPU, torch::kUInt8).contiguous();
  const auto* const data = bytes.const_data_ptr<std::uint8_t>();
  return {data, data + bytes.numel()};
}

/// What a checkpoint of the cell depends on.
std::string checkpoint_key(const store::RunInfo& info) {
  return sha256(fmt::format("{}\n{}\n{}\n{} ranks, {} threads, {}, torch {}", info.config_hash,
                            info.dataset_sha256, info.split_sha256, info.ranks, info.threads,
                            info.device, info.libraries.at("torch")));
}

/// One cell in progress.
class CellJob {
 public:
  CellJob(const config::Config& config, const config::Cell& cell, LoadedDataset& dataset,
          const CellContext& context)
      : config_(config),
        seed_(static_cast<std::uint64_t>(cell.seed)),
        context_(context),
        compute_(context.compute),
        image_shape_(dataset.file().row_shape()),
        autoencoder_(config.autoencoder, config.schedule, seed_, compute_) {
    represent::require_network_shape(config.autoencoder.network, image_shape_);
    for (const std::string& method : config.grid.methods) {
      total_cost_ += kDensityCost * detectors::make_detector(method, config)->cost();
    }
    compute_.team.run_together([&] { load(cell, dataset); });
    if (!context.checkpoints.empty()) {
      checkpoints_.emplace(context.checkpoints, checkpoint_key(record_.info),
                           context.checkpoint_seconds, compute_.team.rank() == 0);
    }
  }

  store::RunRecord run() {
    record_.labels = split_.test_labels;
    record_.index = split_.test;
    train_autoencoder();
    for (const std::string& method : config_.grid.methods) {
      run_method(method);
    }
    make_gallery();
    return std::move(record_);
  }

 private:
  void load(const config::Cell& cell, LoadedDataset& dataset) {
    split_ = data::make_split(dataset.file(), cell, config_.split);
    record_.info = provenance(config_, cell, dataset.file());
    record_.info.split_sha256 = split_.sha256;
    record_.info.ranks = compute_.team.size();
    record_.info.device = compute_.device_name;
    const auto rows = [&](const std::vector<std::int64_t>& indices) {
      return dataset.rows(split_.train_part, indices, config_.data.window,
                          config_.autoencoder.batch, compute_);
    };
    train_ = rows(split_.train);
    validation_ = rows(split_.validation);
    test_ = dataset.shared_rows(split_.test_part, split_.test, config_.data.window, compute_);
  }

  [[nodiscard]] nn::Checkpoints* checkpoints() { return checkpoints_ ? &*checkpoints_ : nullptr; }

  void train_autoencoder() {
    const auto histories =
        autoencoder_.train(*train_, *validation_, checkpoints(),
                           [&](const std::string& stage, const nn::StageProgress& progress) {
                             context_.progress(stage, progress.share / total_cost_, progress);
                           });
    for (const auto& [stage, history] : histories) {
      record_.history.emplace_back(stage, history);
    }
    done_cost_ = 1;
    train_phi_ = autoencoder_.composite(*train_);
    validation_phi_ = autoencoder_.composite(*validation_);
    test_phi_ = autoencoder_.composite(*test_);
    moments_ = moments_of(train_phi_, compute_.team);
    record_.moments = stored(*moments_);
    record_.composite_columns = represent::composite_columns(moments_->columns() - 2);
    record_.composite = {{"train", nn::to_matrix(train_phi_)},
                         {"validation", nn::to_matrix(validation_phi_)},
                         {"test", nn::to_matrix(test_phi_)}};
    store_tensors(record_, "", autoencoder_.state());
  }

  void run_method(const std::string& method) {
    const auto detector = detectors::make_detector(method, config_);
    const double cost = kDensityCost * detector->cost();
    detector->fit({train_phi_, validation_phi_, *moments_, seed_, compute_, checkpoints(),
                   [&](const nn::StageProgress& progress) {
                     context_.progress(method, (done_cost_ + cost * progress.share) / total_cost_,
                                       progress);
                   }});
    done_cost_ += cost;
    std::vector<double> scores = detector->score(test_phi_);
    require(std::ranges::all_of(scores, [](double s) { return std::isfinite(s); }),
            "method {} gave scores that are not finite", method);
    record_.metrics.push_back({method, "auroc", stats::auroc(scores, record_.labels)});
    record_.thresholds[method] = quantile(detector->score(validation_phi_), kThresholdShare);
    record_.threshold_rule = "95 % of the validation rows (all normal) score below";
    record_.scores.emplace_back(method, std::move(scores));
    if (const auto history = detector->history()) {
      record_.history.emplace_back(method, *history);
    }
    if (const auto scale = detector->noise_scale(); !scale.empty()) {
      record_.noise[method] = scale;
    }
    store_tensors(record_, method + ".", detector->state());
  }

  /// The images that the last method of the list finds most and least anomalous.
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
    std::vector<Tensor> images;
    for (const std::int64_t row : chosen) {
      images.push_back(test_->range(row, 1));
    }
    const Tensor input = torch::cat(images);
    const Tensor output = autoencoder_.reconstruct(input);
    record_.gallery = {method, image_shape_, chosen, as_bytes(input), as_bytes(output)};
  }

  const config::Config& config_;
  std::uint64_t seed_;
  const CellContext& context_;
  const nn::Compute& compute_;
  data::Split split_;
  store::Shape image_shape_;
  represent::Autoencoder autoencoder_;
  std::optional<nn::Checkpoints> checkpoints_;
  double total_cost_ = 1;
  double done_cost_ = 0;
  std::unique_ptr<nn::Rows> train_, validation_, test_;
  Tensor train_phi_, validation_phi_, test_phi_;
  std::optional<stats::Moments> moments_;  // of train_phi_
  store::RunRecord record_;
};

}  // namespace

store::RunRecord run_cell(const config::Config& config, const config::Cell& cell,
                          LoadedDataset& dataset, const CellContext& context) {
  const auto start = std::chrono::steady_clock::now();
  store::RunRecord record = CellJob(config, cell, dataset, context).run();
  record.info.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return record;
}

}  // namespace cance::pipeline
