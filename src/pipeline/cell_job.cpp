#include "pipeline/cell_job.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "base/cast.hpp"
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
constexpr std::size_t kMomentBatch = 4096;
constexpr std::size_t kGalleryEach = 8;  // most and least anomalous images
constexpr double kDensityCost =
    0.35;  // time of one density relative to the autoencoder, for progress

/// Images as (n, c, h, w) in 0..1, in the memory order that the CPU kernels like.
Tensor image_tensor(const std::vector<float>& values, const store::Shape& row_shape) {
  std::vector<std::int64_t> shape{-1};
  for (const std::size_t extent : row_shape) {
    shape.push_back(to<std::int64_t>(extent));
  }
  const MatrixView<const float> all{values.data(), 1, values.size()};
  return (nn::to_tensor(all).view(shape) / 255).contiguous(torch::MemoryFormat::ChannelsLast);
}

Tensor select_rows(const Tensor& x, const std::vector<std::int64_t>& rows) {
  return x.index_select(0, nn::index_view(rows)).contiguous(torch::MemoryFormat::ChannelsLast);
}

store::History stored(const nn::StageHistory& history) {
  return {history.epoch, history.train_loss, history.validation_loss, history.seconds};
}

stats::Moments moments_of(const Matrix<float>& phi) {
  stats::Moments moments(phi.cols());
  for (std::size_t first = 0; first < phi.rows(); first += kMomentBatch) {
    const std::size_t count = std::min(kMomentBatch, phi.rows() - first);
    moments.add_rows(MatrixView<const float>{phi.row(first).data(), count, phi.cols()});
  }
  return moments;
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
    const Tensor t = tensor.detach().to(torch::kFloat32).contiguous();
    store::Shape shape;
    for (const std::int64_t extent : t.sizes()) {
      shape.push_back(to<std::size_t>(extent));
    }
    const float* const data = t.const_data_ptr<float>();
    record.model[prefix + name] = {shape, std::vector<float>(data, data + t.numel())};
  }
}

std::vector<std::uint8_t> as_bytes(const Tensor& images) {
  const Tensor bytes = (images * 255).round().clamp(0, 255).to(torch::kUInt8).contiguous();
  const auto* const data = bytes.const_data_ptr<std::uint8_t>();
  return {data, data + bytes.numel()};
}

/// One cell in progress.
class CellJob {
 public:
  CellJob(const config::Config& config, const config::Cell& cell, LoadedDataset& dataset,
          const CellProgress& progress)
      : config_(config),
        seed_(static_cast<std::uint64_t>(cell.seed)),
        progress_(progress),
        split_(data::make_split(dataset.file(), cell, config.split)),
        image_shape_(dataset.file().row_shape()),
        autoencoder_(config.autoencoder, config.schedule, seed_) {
    represent::require_network_shape(config.autoencoder.network, image_shape_);
    record_.info = provenance(config, cell, dataset.file());
    record_.info.split_sha256 = split_.sha256;
    for (const std::string& method : config.grid.methods) {
      total_cost_ += kDensityCost * detectors::make_detector(method, config)->cost();
    }
    train_x_ = image_tensor(dataset.file().read(split_.train_part, split_.train), image_shape_);
    validation_x_ =
        image_tensor(dataset.file().read(split_.train_part, split_.validation), image_shape_);
    test_x_ = select_rows(image_tensor(dataset.rows(split_.test_part), image_shape_), split_.test);
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
  void report(const std::string& stage, double cost_done) const {
    progress_(stage, cost_done / total_cost_);
  }

  void train_autoencoder() {
    const auto histories = autoencoder_.train(train_x_, validation_x_,
                                              [&](double done) { report("autoencoder", done); });
    for (const auto& [stage, history] : histories) {
      record_.history.emplace_back(stage, stored(history));
    }
    done_cost_ = 1;
    train_phi_ = autoencoder_.composite(train_x_);
    validation_phi_ = autoencoder_.composite(validation_x_);
    test_phi_ = autoencoder_.composite(test_x_);
    moments_ = moments_of(train_phi_);
    record_.moments = stored(*moments_);
    record_.composite_columns = represent::composite_columns(train_phi_.cols() - 2);
    record_.composite = {
        {"train", train_phi_}, {"validation", validation_phi_}, {"test", test_phi_}};
    store_tensors(record_, "", autoencoder_.state());
  }

  void run_method(const std::string& method) {
    const auto detector = detectors::make_detector(method, config_);
    detector->fit({std::as_const(train_phi_).view(), std::as_const(validation_phi_).view(),
                   *moments_, seed_, [&](double done) {
                     report(method, done_cost_ + kDensityCost * detector->cost() * done);
                   }});
    done_cost_ += kDensityCost * detector->cost();
    std::vector<double> scores = detector->score(std::as_const(test_phi_).view());
    require(std::ranges::all_of(scores, [](double s) { return std::isfinite(s); }),
            "method {} gave scores that are not finite", method);
    record_.metrics.push_back({method, "auroc", stats::auroc(scores, record_.labels)});
    record_.thresholds[method] =
        quantile(detector->score(std::as_const(validation_phi_).view()), kThresholdShare);
    record_.threshold_rule = "95 % of the validation rows (all normal) score below";
    record_.scores.emplace_back(method, std::move(scores));
    if (const auto history = detector->history()) {
      record_.history.emplace_back(method, stored(*history));
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
    const Tensor input = select_rows(test_x_, chosen);
    const Tensor output = autoencoder_.reconstruct(input);
    record_.gallery = {method, image_shape_, chosen, as_bytes(input), as_bytes(output)};
  }

  const config::Config& config_;
  std::uint64_t seed_;
  const CellProgress& progress_;
  data::Split split_;
  store::Shape image_shape_;
  represent::Autoencoder autoencoder_;
  double total_cost_ = 1;
  double done_cost_ = 0;
  Tensor train_x_, validation_x_, test_x_;
  Matrix<float> train_phi_, validation_phi_, test_phi_;
  std::optional<stats::Moments> moments_;  // of train_phi_
  store::RunRecord record_;
};

}  // namespace

const std::vector<float>& LoadedDataset::rows(const std::string& part) {
  auto& rows = rows_[part];
  if (rows.empty()) {
    std::vector<std::int64_t> all(file_.rows(part));
    std::iota(all.begin(), all.end(), 0);
    rows = file_.read(part, all);
  }
  return rows;
}

store::RunRecord run_cell(const config::Config& config, const config::Cell& cell,
                          LoadedDataset& dataset, const CellProgress& progress) {
  const auto start = std::chrono::steady_clock::now();
  store::RunRecord record = CellJob(config, cell, dataset, progress).run();
  record.info.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return record;
}

}  // namespace cance::pipeline
