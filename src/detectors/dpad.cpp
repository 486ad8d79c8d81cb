// DPAD (Fu et al., AAAI 2024), built from its description, as no code was published: a network
// without biases draws those normal rows together that are near each other already (pairwise
// distances, weighted with exp(-distance)) and is prevented from drawing all to one point by the
// norms of its weights; score = mean distance to the nearest training rows in its output.
//
// Our choices: the encoder of Deep SVDD; squared distances in units of their mean over a batch of
// training rows at the start; weights keep the Frobenius norms that they start with.
#include <algorithm>

#include "detectors/dpad_loss.hpp"
#include "detectors/makers.hpp"
#include "detectors/shared/neighbours.hpp"
#include "detectors/shared/network_stage.hpp"
#include "detectors/shared/svdd_networks.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

class DpadDetector final : public Detector {
 public:
  explicit DpadDetector(const config::DpadOptions& options) : options_(options) {}

  void require_usable(const Shape& row) override { make(row, /*seed=*/0); }
  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    nn::Rows& train = *data.train.normalised;
    make(row_shape(train), data.seed);
    measure(train);
    learn(train, *data.validation.normalised, data);
    search_among(outputs(train));
  }

  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    make(saved_shape(saved), /*seed=*/0);
    nn::restore_map(encoder_->state(), saved.state);
    search_among(compute_.to_device(nn::to_tensor(saved.state, "outputs")));
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(nn::map_rows(*rows.normalised, compute_.team, [this](const Tensor& x) {
      return neighbours_->distances(encoder_->forward(x), options_.neighbours, "mean").cpu();
    }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    const std::string output = g.layers(rows.normalised, encoder_->layers(), "");
    return neighbours_->graph(g, output, options_.neighbours, "mean");
  }

  [[nodiscard]] nn::NamedTensors state() override {
    auto all = encoder_->state();
    all.emplace_back("outputs", outputs_);
    all.emplace_back("shape", shape_tensor(shape_));
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    const double search = options_.latent * 3e-11 + 1e-9;  // of a row beside a training row
    return seconds_of(options_.training,
                      svdd_work(options_.channels, options_.hidden, options_.latent, cell.row),
                      cell) +
           cell.rows * cell.scored * search;
  }

 private:
  void make(Shape shape, std::uint64_t seed) {
    shape_ = std::move(shape);
    config::DeepSvddOptions networks;
    networks.channels = options_.channels;
    networks.hidden = options_.hidden;
    networks.latent = options_.latent;
    encoder_.emplace(make_svdd_encoder("dpad", networks, shape_, seed, compute_));
  }

  /// The unit of distance and the norms of the weights, both at the start: distances of the first
  /// rows, a batch of them, as training sees them, with the statistics of the batch. Collective.
  void measure(nn::Rows& train) {
    const at::NoGradGuard no_grad;
    const std::int64_t rows = std::min<std::int64_t>(options_.training.batch, train.size());
    const nn::Share own = compute_.team.share(rows);
    const Tensor z = encoder_->train(train.range(own.first, own.count));
    const Tensor all = rows_of_all(z, own, rows, compute_.team);
    unit_ = (2 * all.var(0, /*unbiased=*/true).sum()).clamp_min(1e-12);
    norms_ = norms_of(encoder_->parameters());
  }

  /// Of all rows (N, latent), in evaluation mode. Collective.
  [[nodiscard]] Tensor outputs(nn::Rows& rows) const {
    return nn::map_rows(rows, compute_.team,
                        [this](const Tensor& x) { return encoder_->forward(x); });
  }
  void search_among(const Tensor& outputs) {
    outputs_ = outputs;
    neighbours_.emplace(outputs);
  }

  void learn(nn::Rows& train, nn::Rows& validation, const TrainingData& data) {
    NetworkStage stage;
    stage.name = "dpad";
    stage.rows = &train;
    stage.state = encoder_->state();
    const std::vector<Tensor> parameters = encoder_->parameters();
    stage.loss = [&](const std::vector<Tensor>& inputs, std::int64_t rows) {
      const nn::Share own = compute_.team.share(rows);
      const Tensor z = encoder_->train(inputs[0]);
      const double fraction = static_cast<double>(own.count) / static_cast<double>(rows);
      return pair_loss(z, rows_of_all(z, own, rows, compute_.team), unit_) +
             fraction * options_.norm_weight * norm_penalty(parameters, norms_);
    };
    stage.validate = [&] {
      const at::NoGradGuard no_grad;
      const Tensor all = outputs(validation);
      const nn::Share own = compute_.team.share(validation.size());
      const double fraction =
          static_cast<double>(own.count) / static_cast<double>(validation.size());
      return (pair_loss(all.slice(0, own.first, own.first + own.count), all, unit_) +
              fraction * options_.norm_weight * norm_penalty(parameters, norms_))
          .to(at::kDouble);
    };
    stage.validation = compute_.team.alone() ? &validation : nullptr;  // a team gathers on the host
    train_network(stage, options_.training, data);
  }

  config::DpadOptions options_;
  nn::Compute compute_;
  Shape shape_;  // of a row
  std::optional<nn::Sequence> encoder_;
  Tensor unit_, norms_, outputs_;
  std::optional<Neighbours> neighbours_;
};

}  // namespace

Made make(const config::DpadMethod& method, const config::Config&) {
  return std::make_unique<DpadDetector>(method.dpad);
}

}  // namespace cance::detectors
