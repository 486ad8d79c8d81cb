// GOAD (Bergman and Hoshen, ICLR 2020): which random affine map was applied to a row? Normal rows
// are easy to tell. Settings of the published code; score = -sum over the maps of the log
// probability of the own one, by distances from the maps' centres over all training rows.
//
// As in the published code, features are those behind the leaky ReLU (there it works in place), and
// maps have no offsets unless goad.offsets is on (the paper calls them affine). Features before the
// leaky ReLU would have centres that are all 0 where rows are standardised and maps linear.
#include "base/error.hpp"
#include "base/ranges.hpp"
#include "detectors/goad_network.hpp"
#include "detectors/makers.hpp"
#include "detectors/shared/network_stage.hpp"
#include "detectors/shared/squared_distances.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr std::int64_t kRowsAtOnce =
    64;  // rows that are judged at a time: each takes R x R numbers

/// f of the rows (B, d) a few at a time, results (B) joined.
template <class F>
Tensor in_chunks(const Tensor& x, const F& f) {
  const auto parts = mapped(x.split(kRowsAtOnce), f);
  return at::cat(parts);
}

class GoadDetector final : public Detector {
 public:
  explicit GoadDetector(const config::GoadOptions& options) : options_(options) {}

  void require_usable(const Shape& row) override {
    require(row.size() == 1,
            "goad is for tables, the dataset has images; take it out of grid.methods");
  }
  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    nn::Rows& rows = *data.train.normalised;
    nn::Rows& validation = *data.validation.normalised;
    network_.emplace(options_, rows.range(0, 1).size(1), data.seed, compute_);
    NetworkStage stage;
    stage.name = "goad";
    stage.rows = &rows;
    stage.state = network_->state();
    stage.beta1 = 0.5;
    stage.loss = [this](const std::vector<Tensor>& inputs, std::int64_t count) {
      const auto output = network_->forward(inputs[0]);
      const Tensor centres = compute_.team.sum(output.features.sum(0)) / static_cast<double>(count);
      return goad_loss(output, centres, options_, count);
    };
    stage.validate = [&] {
      const Tensor centres = centres_of(validation, nn::for_blocks_to_the_end);
      return sum_over(validation, compute_.team, [&](const Tensor& x) {
        return in_chunks(x, [&](const Tensor& chunk) {
          return goad_loss(network_->forward(chunk), centres, options_, validation.size())
              .view({1});
        });
      });
    };
    stage.validation = &validation;
    train_network(stage, options_.training, data);
    centres_ = centres_of(rows, nn::for_blocks);
  }

  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    network_.emplace(options_, nn::to_tensor(saved.state, "maps").size(0), /*seed=*/0, compute_);
    nn::restore_map(network_->state(), saved.state);
    centres_ = compute_.to_device(nn::to_tensor(saved.state, "centres"));
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    return nn::to_doubles(nn::map_rows(*rows.normalised, compute_.team, [this](const Tensor& x) {
      return in_chunks(x, [this](const Tensor& chunk) {
        const Tensor distances = centre_distances(network_->features(chunk), centres_);
        const Tensor logs = at::log_softmax(-distances.to(at::kDouble), 2);
        return -logs.diagonal(0, 1, 2).sum(1).cpu();
      });
    }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    constexpr auto kWide = models::GraphType::float64;
    const std::string features = network_->graph(g, rows.normalised);
    const std::string distances =
        squared_distances(g, features, centres_, "centres", g.network_type(), /*axis=*/2);
    const std::string logs = g.add("LogSoftmax", {g.add("Neg", {g.cast(distances, kWide)})},
                                   {{"axis", std::int64_t{2}}});
    const std::string own = g.constant("own", at::eye(options_.transforms), kWide);
    return g.add("Neg", {g.sum(g.add("Mul", {logs, own}), {1, 2})});
  }

  [[nodiscard]] nn::NamedTensors state() override {
    auto all = network_->state();
    all.emplace_back("centres", centres_);
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    const double maps = options_.transforms;
    nn::Work view;  // of a row through one map
    view.chain({cell.elements(), 1.0 * options_.size, 1.0 * options_.width, maps});
    view.dense(options_.width, maps);
    return seconds_of(options_.training, view * maps, cell);
  }

 private:
  /// Mean features of the rows under each map (R, w), gone through by one of nn's `for_blocks`.
  /// Collective.
  [[nodiscard]] Tensor centres_of(nn::Rows& rows, decltype(nn::for_blocks)& for_blocks) const {
    Tensor sum = at::zeros({options_.transforms, options_.width},
                           at::device(compute_.device).dtype(at::kDouble));
    for_blocks(rows, compute_.team, [&](const Tensor& x, std::int64_t) {
      sum += network_->features(x).sum(0, /*keepdim=*/false, at::kDouble);
    });
    return compute_.to_device(compute_.team.summed(sum) / static_cast<double>(rows.size()));
  }

  config::GoadOptions options_;
  nn::Compute compute_;
  std::optional<GoadNetwork> network_;
  Tensor centres_;
};

}  // namespace

Made make(const config::GoadMethod& method, const config::Config&) {
  return std::make_unique<GoadDetector>(method.goad);
}

}  // namespace cance::detectors
