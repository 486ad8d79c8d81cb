// PixelCNN (van den Oord et al., NIPS 2016) as a density of images: score = -log p of its pixels in
// nats, each one of 256 levels by a softmax, or of fewer (pixelcnn.levels). No settings were
// published for anomaly detection; the defaults are a small network that CPUs can train.
#include "base/cast.hpp"
#include "base/ranges.hpp"
#include "detectors/makers.hpp"
#include "detectors/pixelcnn_network.hpp"
#include "detectors/shared/network_stage.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr std::int64_t kChunkLogits = 1 << 24;  // that are held at a time where rows are judged

class PixelCnnDetector final : public Detector {
 public:
  explicit PixelCnnDetector(const config::PixelCnnOptions& options) : options_(options) {}

  void require_usable(const Shape& row) override {
    require(row.size() == 3,
            "pixelcnn is for images, the dataset has tables; take it out of grid.methods");
    require(std::cmp_greater_equal(options_.features, row.front()),
            "pixelcnn.features = {}: expected at least {}, the channels of the images",
            options_.features, row.front());
  }
  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    nn::Rows& rows = *data.train.raw;
    nn::Rows& validation = *data.validation.raw;
    channels_ = rows.range(0, 1).size(1);
    network_.emplace(options_, channels_, data.seed, compute_);
    NetworkStage stage;
    stage.name = "pixelcnn";
    stage.rows = &rows;
    stage.state = network_->state();
    stage.loss = [this](const std::vector<Tensor>& inputs, std::int64_t count) {
      return network_->nll(inputs[0]).sum() / static_cast<double>(count);
    };
    stage.validate = [&] {
      return sum_over(validation, compute_.team, [&](const Tensor& x) {
        return nll(x) / static_cast<double>(validation.size());
      });
    };
    stage.validation = &validation;
    train_network(stage, options_.training, data);
  }

  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    channels_ = to<std::int64_t>(saved_shape(saved).front());
    network_.emplace(options_, channels_, /*seed=*/0, compute_);
    nn::restore_map(network_->state(), saved.state);
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(
        nn::map_rows(*rows.raw, compute_.team, [this](const Tensor& x) { return nll(x).cpu(); }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    const std::string x = g.cast(rows.raw, g.network_type());
    return g.cast(network_->graph(g, x), models::GraphType::float64);
  }

  [[nodiscard]] nn::NamedTensors state() override {
    auto all = network_->state();
    all.emplace_back("shape", shape_tensor(nn::shape_of({channels_})));
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    if (cell.row.size() != 3) {
      return 0;  // refused before it trains
    }
    const double f = options_.features;
    const double reach = options_.reach;
    nn::Work pixel;
    pixel.conv(f, 2 * f, (reach + 1) * (2 * reach + 1), 1).conv(f, 2 * f, reach + 1, 1);
    pixel.dense(2 * f, 2 * f).dense(f, f);
    const auto channels = static_cast<double>(cell.row[0]);
    const nn::Work all =
        pixel * options_.layers + nn::Work().chain({f, f, channels * options_.levels});
    return seconds_of(options_.training, all * static_cast<double>(cell.row[1] * cell.row[2]),
                      cell.raw());
  }

 private:
  /// Of rows (B, c, h, w), some at a time, without gradients.
  [[nodiscard]] Tensor nll(const Tensor& x) const {
    const std::int64_t elements = c10::multiply_integers(x.sizes().slice(1)) * options_.levels;
    const std::int64_t chunk = std::max<std::int64_t>(1, kChunkLogits / elements);
    const auto parts =
        mapped(x.split(chunk), [&](const Tensor& some) { return network_->nll(some); });
    return at::cat(parts);
  }

  config::PixelCnnOptions options_;
  nn::Compute compute_;
  std::int64_t channels_ = 0;  // of the images
  std::optional<PixelCnn> network_;
};

}  // namespace

Made make(const config::PixelCnnMethod& method, const config::Config&) {
  return std::make_unique<PixelCnnDetector>(method.pixelcnn);
}

}  // namespace cance::detectors
