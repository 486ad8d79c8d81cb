// Deep SVDD (Ruff et al., ICML 2018) and Deep SAD (Ruff et al., ICLR 2020), whose loss on normal
// rows alone is that of Deep SVDD (and which moves labelled anomalies away): a network, pretrained
// as an encoder, moves all rows towards one centre; score = squared distance from it.
//
// Weight decay is AdamW's, as everywhere here. The published code adds its 5e-7 to the gradient,
// which Adam then scales; here it takes next to nothing off the weights.
#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "detectors/makers.hpp"
#include "detectors/shared/contrast_rows.hpp"
#include "detectors/shared/network_stage.hpp"
#include "detectors/shared/svdd_networks.hpp"
#include "detectors/svdd_loss.hpp"
#include "nn/convert.hpp"

namespace cance::detectors {
namespace {

using at::Tensor;

constexpr double kPretrainingTime = 0.5;  // of all, for progress

class SvddDetector final : public Detector {
 public:
  SvddDetector(std::string name, const config::DeepSvddOptions& options, bool knows_anomalies)
      : name_(std::move(name)), options_(options), knows_anomalies_(knows_anomalies) {}

  void require_usable(const Shape& row) override { make_networks(row, /*seed=*/0); }
  void fit(const TrainingData& data) override {
    compute_ = data.compute;
    make_networks(row_shape(*data.train.normalised), data.seed);
    if (images()) {
      contrast_ = Contrast(*data.train.raw, compute_.team);
    }
    if (knows_anomalies_ && data.labelled.raw != nullptr) {
      labelled_.emplace(images() ? *data.labelled.raw : *data.labelled.normalised, contrast_);
    }
    ContrastRows train = input(data.train);
    train_rows_ = train.size();
    ContrastRows validation = input(data.validation);
    if (options_.pretraining.epochs > 0) {
      pretrain(train, validation, data);
    }
    centre_ = centre_of(nn::map_rows(
        train, compute_.team, [this](const Tensor& x) { return networks_->encoder.forward(x); }));
    radius_ = compute_.to_device(at::zeros({}));
    shrink(train, validation, data);
    labelled_.reset();
  }

  void restore(const SavedMethod& saved) override {
    compute_ = saved.compute;
    make_networks(saved_shape(saved), /*seed=*/0);
    nn::restore_map(networks_->encoder.state(), saved.state);
    centre_ = compute_.to_device(nn::to_tensor(saved.state, "centre"));
    radius_ = compute_.to_device(nn::to_tensor(saved.state, "radius"));
    if (images()) {
      contrast_ = Contrast(compute_.to_device(nn::to_tensor(saved.state, "contrast")));
    }
  }

  [[nodiscard]] std::vector<double> score(const CellRows& rows) const override {
    ContrastRows seen = input(rows);
    return nn::to_doubles(nn::map_rows(seen, compute_.team, [this](const Tensor& x) {
      return (distances(x) - radius_.square()).cpu();
    }));
  }

  [[nodiscard]] std::string graph(nn::GraphBuilder& g, const GraphRows& rows) const override {
    const std::string x = images() ? contrast_.graph(g, rows.raw) : rows.normalised;
    const std::string output = g.layers(x, networks_->encoder.layers(), "");
    const std::string centre = g.constant("centre", centre_, g.network_type());
    const std::string distances = g.sum(g.square(g.add("Sub", {output, centre})), {1});
    return g.shifted(g.cast(distances, models::GraphType::float64),
                     -radius_.square().item<double>(), models::GraphType::float64);
  }

  [[nodiscard]] nn::NamedTensors state() override {
    auto all = networks_->encoder.state();
    all.emplace_back("centre", centre_);
    all.emplace_back("radius", radius_);
    all.emplace_back("shape", shape_tensor(shape_));
    if (images()) {
      all.emplace_back("contrast", contrast_.scale());
    }
    return all;
  }
  [[nodiscard]] double seconds(const CellSize& cell) const override {
    const nn::Work work = svdd_work(options_.channels, options_.hidden, options_.latent, cell.row);
    const CellSize seen = cell.row.size() == 3 ? cell.raw() : cell;
    return seconds_of(options_.pretraining, work * 2.5, {seen.rows, seen.row}) +
           seconds_of(options_.training, work, seen);
  }

 private:
  void make_networks(Shape shape, std::uint64_t seed) {
    shape_ = std::move(shape);
    networks_.emplace(make_svdd_networks(name_, options_, shape_, seed, compute_));
  }
  [[nodiscard]] bool images() const { return shape_.size() == 3; }
  [[nodiscard]] bool soft() const { return options_.objective == "soft-boundary"; }

  /// Images by their own contrast, tables as they are normalised.
  [[nodiscard]] ContrastRows input(const CellRows& rows) const {
    return {images() ? *rows.raw : *rows.normalised, contrast_};
  }

  /// Squared distances of outputs (B, latent) from the centre: (B).
  [[nodiscard]] Tensor from_centre(const Tensor& outputs) const {
    return (outputs - centre_).square().sum(1);
  }
  [[nodiscard]] Tensor distances(const Tensor& x) const {
    return from_centre(networks_->encoder.forward(x));
  }

  void pretrain(nn::Rows& train, nn::Rows& validation, const TrainingData& data) {
    auto& [encoder, decoder] = *networks_;
    const auto error = [](const Tensor& x, const Tensor& back, std::int64_t rows) {
      const auto elements = static_cast<double>(rows * c10::multiply_integers(x.sizes().slice(1)));
      return (back - x).square().sum() / elements;
    };
    NetworkStage stage;
    stage.name = name_ + ".pretraining";
    stage.rows = &train;
    stage.state = nn::joined({encoder.state("encoder."), decoder.state("decoder.")});
    stage.loss = [&](const std::vector<Tensor>& inputs, std::int64_t rows) {
      return error(inputs[0], decoder.train(encoder.train(inputs[0])), rows);
    };
    stage.validate = [&] {
      return sum_over(validation, compute_.team, [&](const Tensor& x) {
        return error(x, decoder.forward(encoder.forward(x)), validation.size());
      });
    };
    stage.validation = &validation;
    stage.fraction = kPretrainingTime;
    train_network(stage, options_.pretraining, data);
  }

  /// Labelled anomalies of a batch of so many rows, in proportion to the training rows.
  [[nodiscard]] std::int64_t labelled_rows(std::int64_t rows) const {
    return labelled_ ? std::max<std::int64_t>(
                           1, std::llround(static_cast<double>(rows * labelled_->size()) /
                                           static_cast<double>(train_rows_)))
                     : 0;
  }

  /// This rank's share of the batch's labelled anomalies, drawn anew for every step.
  [[nodiscard]] Tensor labelled(const nn::Batch& batch, std::uint64_t seed) {
    const nn::Share own = compute_.team.share(labelled_rows(batch.size()));
    const Random random(seed, Purpose::labelled, static_cast<std::uint64_t>(batch.step));
    std::vector<std::int64_t> rows;
    for (std::int64_t i = own.first; i < own.first + own.count; ++i) {
      rows.push_back(static_cast<std::int64_t>(random.below(
          static_cast<std::uint64_t>(labelled_->size()), static_cast<std::uint64_t>(i))));
    }
    return labelled_->select({rows});
  }

  void shrink(nn::Rows& train, nn::Rows& validation, const TrainingData& data) {
    NetworkStage stage;
    stage.name = name_;
    stage.rows = &train;
    stage.state = networks_->encoder.state();
    stage.state.emplace_back("radius", radius_);
    const std::int64_t steps =
        (train.size() + options_.training.batch - 1) / options_.training.batch;
    stage.inputs = [&, steps](const nn::Batch& batch) {
      const bool moves = soft() && batch.step >= steps * options_.warmup_epochs;
      std::vector<Tensor> inputs{train.select(batch.own_rows()),
                                 nn::sent(at::full({}, moves, at::kBool), compute_.device)};
      if (labelled_) {
        inputs.push_back(labelled(batch, data.seed));
      }
      return inputs;
    };
    stage.loss = [&](const std::vector<Tensor>& inputs, std::int64_t rows) {
      if (labelled_) {
        const Tensor both = from_centre(networks_->encoder.train(at::cat({inputs[0], inputs[2]})));
        return labelled_loss(both, inputs[0].size(0), options_.eta, rows + labelled_rows(rows));
      }
      const Tensor d = from_centre(networks_->encoder.train(inputs[0]));
      const Tensor loss = objective(d, rows);
      if (soft()) {
        move_radius(radius_, compute_.team.gather_rows(d.detach()), options_.nu, inputs[1]);
      }
      return loss;
    };
    stage.validate = [&] {
      const std::int64_t known = labelled_rows(validation.size());
      const auto objective_of = [&](const Tensor& x) {
        return objective(distances(x), validation.size() + known);
      };
      const Tensor normal = sum_over(validation, compute_.team, objective_of);
      return known == 0 ? normal : normal + labelled_part(known, validation.size() + known);
    };
    stage.validation = !labelled_ || labelled_->in_place() ? &validation : nullptr;
    if (options_.pretraining.epochs > 0) {
      stage.from = kPretrainingTime;
      stage.fraction = 1 - kPretrainingTime;
    }
    train_network(stage, options_.training, data);
  }

  /// Of a validation loss over `rows` rows, `known` of them labelled: the mean over all labelled.
  [[nodiscard]] Tensor labelled_part(std::int64_t known, std::int64_t rows) {
    const double each = static_cast<double>(known) / static_cast<double>(labelled_->size());
    const auto loss_of = [&](const Tensor& x) {
      return labelled_loss(distances(x), 0, options_.eta, rows);
    };
    return each * sum_over(*labelled_, compute_.team, loss_of);
  }

  [[nodiscard]] Tensor objective(const Tensor& d, std::int64_t rows) const {
    return soft() ? soft_boundary_loss(d, radius_, options_.nu, rows) : one_class_loss(d, rows);
  }

  std::string name_;
  config::DeepSvddOptions options_;
  bool knows_anomalies_;
  nn::Compute compute_;
  Shape shape_;  // of a row
  Contrast contrast_;
  std::optional<SvddNetworks> networks_;
  std::optional<ContrastRows> labelled_;
  std::int64_t train_rows_ = 0;
  Tensor centre_, radius_;
};

}  // namespace

Made make(const config::DeepSvddMethod&, const config::Config& config) {
  return std::make_unique<SvddDetector>("deep_svdd", config.deep_svdd, /*knows_anomalies=*/false);
}

Made make(const config::DeepSadMethod&, const config::Config& config) {
  return std::make_unique<SvddDetector>("deep_sad", config.deep_sad, /*knows_anomalies=*/true);
}

}  // namespace cance::detectors
