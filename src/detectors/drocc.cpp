// DROCC (Goyal et al., ICML 2020): a classifier of normal rows against points that it would call
// normal itself, found by gradient ascent in a shell around each row. The checkpoint is the one
// with the lowest validation loss (the released code keeps the best epoch on the test set); score =
// -f.
#include <fmt/ranges.h>

#include <cmath>
#include <map>

#include "base/error.hpp"
#include "base/random.hpp"
#include "detectors/drocc_ascent.hpp"
#include "detectors/makers.hpp"
#include "detectors/shared/network_stage.hpp"
#include "detectors/shared/svdd_networks.hpp"
#include "nn/convert.hpp"
#include "nn/draws.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr double kDroccSlope = 0.01;            // of the leaky ReLU in convolutional nets
constexpr double kDroccPretrainingTime = 0.05;  // of all, for progress

/// One hidden layer with ReLU for tables; Deep SVDD's convolutions and three dense layers for
/// images.
nn::Sequence make_network(const config::DroccOptions& options, at::IntArrayRef shape,
                          std::uint64_t seed) {
  nn::Sequence net(seed);
  if (shape.size() == 1) {
    net.dense(shape.front(), options.hidden, /*bias=*/true).leaky(0);
    net.dense(options.hidden, 1, /*bias=*/true);
    return net;
  }
  std::int64_t in = shape[0];
  for (const int out : options.channels) {
    net.conv(in, out, 5, 1, 2, /*bias=*/false).norm(out, /*affine=*/false, kDroccSlope).pool();
    in = out;
  }
  const auto halvings = options.channels.size();
  net.flatten().dense(in * (shape[1] >> halvings) * (shape[2] >> halvings), options.hidden, false);
  net.leaky(kDroccSlope).dense(options.hidden, options.hidden / 2, false);
  net.leaky(kDroccSlope).dense(options.hidden / 2, 1, false);
  return net;
}

/// Root of the mean squared distance of the rows from their mean: sqrt(d) where columns are
/// standardised. Collective.
double spread_of(nn::Rows& rows, const nn::Team& team) {
  const auto count = static_cast<double>(rows.size());
  Tensor sum = at::zeros_like(rows.range(0, 1).flatten(), at::kDouble);
  nn::for_blocks(rows, team, [&](const Tensor& x, std::int64_t) {
    sum += x.flatten(1).to(at::kDouble).sum(0);
  });
  const Tensor mean = team.summed(sum) / count;
  const auto from_mean = [&](const Tensor& x) {
    return (x.flatten(1).to(at::kDouble) - mean).square();
  };
  double squares = sum_over(rows, team, from_mean).item<double>();
  team.sum(std::span(&squares, 1));
  return std::sqrt(squares / count);
}

class DroccDetector final : public Detector {
 public:
  explicit DroccDetector(const config::DroccOptions& options) : options_(options) {}

  void require_usable(const Shape& row) override { make(row, /*seed=*/0); }
  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    nn::Rows& train = *data.train.normalised;
    make(row_shape(train), data.seed);
    shell_ = {options_.radius > 0 ? options_.radius : spread_of(train, compute_.team) / 2,
              options_.gamma};
    if (options_.pretraining_epochs > 0) {
      learn(train, data, /*negatives=*/false);
    }
    learn(train, data, /*negatives=*/true);
  }

  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    make(saved_shape(saved), /*seed=*/0);
    nn::restore_map(network_->state(), saved.state);
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(nn::map_rows(*rows.normalised, compute_.team, [this](const Tensor& x) {
      return -logits(x).to(at::kCPU, at::kDouble);
    }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    const std::string f = g.layers(rows.normalised, network_->layers(), "");
    return g.add("Neg", {g.cast(f, models::GraphType::float64)});
  }

  [[nodiscard]] nn::NamedTensors state() override {
    auto all = network_->state();
    all.emplace_back("shape", shape_tensor(shape_));
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    const nn::Work work =
        svdd_work(options_.channels, {options_.hidden}, options_.hidden, cell.row);
    config::TrainingOptions before = options_.training;
    before.epochs = options_.pretraining_epochs;
    before.steps = 0;
    return seconds_of(before, work, cell) + seconds_of(options_.training,
                                                       work * (2.0 + options_.ascent_steps),
                                                       {cell.rows, cell.row});
  }

 private:
  void make(Shape shape, std::uint64_t seed) {
    require(shape.size() == 1 || std::min(shape[1], shape[2]) >> options_.channels.size() > 0,
            "drocc.channels = {} halves images {} times, the dataset has images of {}; give fewer",
            fmt::join(options_.channels, ","), options_.channels.size(), fmt::join(shape, "x"));
    shape_ = std::move(shape);
    network_.emplace(make_network(options_, nn::sizes_of(shape_), seed));
    network_->to(compute_);
  }

  [[nodiscard]] Tensor logits(const Tensor& x) const { return network_->forward(x).squeeze(1); }

  /// Standard normals of the shape of x (B, ...), rows of the global batch from `first` on.
  [[nodiscard]] Tensor noise(const Tensor& x, const Random& random, std::int64_t first) const {
    return nn::normals(x.sizes(), random, first, compute_);
  }

  /// The loss of these rows and of the negatives that start at the noise; no noise, no negatives.
  /// f: logits (B) of rows (B, ...).
  [[nodiscard]] Tensor loss(const std::function<Tensor(const Tensor&)>& f, const Tensor& x,
                            const Tensor& start, std::int64_t rows) const {
    if (!start.defined()) {
      return drocc_loss(f(x), {}, options_.mu, rows);
    }
    const Tensor negatives = shell_negatives(f, x, start, shell_, options_);
    const Tensor of_negatives = f(negatives);  // before the rows, as batch norms take note of both
    return drocc_loss(f(x), of_negatives, options_.mu, rows);
  }

  void learn(nn::Rows& train, const TrainingData& data, bool negatives) {
    nn::Rows& validation = *data.validation.normalised;
    NetworkStage stage;
    stage.name = negatives ? "drocc" : "drocc.pretraining";
    stage.rows = &train;
    stage.state = network_->state();
    stage.inputs = [&, negatives](const nn::Batch& batch) {
      std::vector<Tensor> inputs{train.select(batch.own_rows())};
      if (negatives) {
        inputs.push_back(noise(
            inputs[0], Random(data.seed, Purpose::ascent, static_cast<std::uint64_t>(batch.step)),
            batch.own.first));
      }
      return inputs;
    };
    stage.loss = [&](const std::vector<Tensor>& inputs, std::int64_t rows) {
      return loss([this](const Tensor& x) { return network_->train(x).squeeze(1); }, inputs[0],
                  inputs.size() > 1 ? inputs[1] : Tensor(), rows);
    };
    std::map<std::int64_t, Tensor> starts;  // of negatives, of each block of rows, at every epoch
    stage.validate = [&, negatives] {
      Tensor sum = at::zeros({}, at::kDouble);
      nn::for_blocks_to_the_end(
          validation, compute_.team, [&](const Tensor& x, std::int64_t first) {
            Tensor& start = starts[first];
            if (negatives && !start.defined()) {
              start = noise(x, Random(data.seed, Purpose::ascent_validation), first);
            }
            sum = loss([this](const Tensor& at) { return logits(at); }, x, start, validation.size())
                      .to(at::kDouble) +
                  sum;
          });
      return sum;
    };
    stage.validation = &validation;
    config::TrainingOptions training = options_.training;
    if (!negatives) {
      training.epochs = options_.pretraining_epochs;
      training.steps = 0;
      training.drops = {};
    }
    const double before = options_.pretraining_epochs > 0 ? kDroccPretrainingTime : 0;
    stage.from = negatives ? before : 0;
    stage.fraction = negatives ? 1 - before : before;
    train_network(stage, training, data);
  }

  config::DroccOptions options_;
  nn::Compute compute_;
  Shape shape_;  // of a row
  Shell shell_;
  std::optional<nn::Sequence> network_;
};

}  // namespace

Made make(const config::DroccMethod& method, const config::Config&) {
  return std::make_unique<DroccDetector>(method.drocc);
}

}  // namespace cance::detectors
