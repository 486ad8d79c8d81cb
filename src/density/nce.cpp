#include "density/nce.hpp"

#include <cmath>

#include "nn/descent.hpp"
#include "nn/draws.hpp"

namespace cance::density {

using at::Tensor;

/// Those of the two players.
struct NceDensity::Moves {
  nn::Descent network, noise;
};

NceDensity::NceDensity(const std::vector<double>& mean, const Matrix<double>& covariance,
                       std::optional<Augmentation> augmentation, const config::NceOptions& options,
                       const config::ScheduleOptions& schedule, std::uint64_t seed,
                       const nn::Compute& compute)
    : options_(options),
      schedule_(schedule),
      seed_(seed),
      compute_(compute),
      mode_(noise_mode(options.noise)),
      noise_(mean, covariance, options.noise_start, compute, options.noise_freedom),
      network_(noise_.mean(), noise_.deviation(), options.hidden, seed),
      augmentation_(std::move(augmentation)) {}

NceDensity::~NceDensity() = default;

GameRows NceDensity::game_rows(std::int64_t data_rows) const {
  const auto noise = std::llround(options_.noise_ratio * static_cast<double>(data_rows));
  return {data_rows, std::max<std::int64_t>(1, noise)};
}

Tensor NceDensity::normals(const GameRows& rows, Purpose purpose, std::uint64_t step) const {
  const nn::Share own = compute_.team.share(rows.noise);
  return nn::normals({own.count, noise_.normals()}, Random(seed_, purpose, step), own.first,
                     compute_);
}

std::vector<Tensor> NceDensity::inputs(nn::Rows& rows, const nn::Batch& batch) const {
  Tensor data = rows.select(batch.own_rows());
  const auto key = static_cast<std::uint64_t>(batch.step);
  if (augmentation_) {
    augmentation_->mix(data, options_.artificial_share, seed_, key, batch.own.first);
  }
  const GameRows all = game_rows(batch.size());
  std::vector<Tensor> inputs{data, normals(all, Purpose::noise, key)};
  if (mode_ != NoiseMode::fixed) {
    inputs.push_back(normals(all, Purpose::noise_game, key));
  }
  return inputs;
}

Tensor NceDensity::step(const std::vector<Tensor>& inputs, std::int64_t rows, Moves& moves) const {
  const Tensor& data = inputs[0];
  const GameRows all = game_rows(rows);
  const auto loss_of = [&](const Tensor& real, const Tensor& noise, bool frozen) {
    return nce_loss(network_.forward(at::cat({real, noise}), frozen), data.size(0),
                    options_.noise_ratio, all);
  };
  const Tensor a = scale();
  const Tensor loss =
      moves.network.step(loss_of(data, noise_.sample(inputs[1], a.detach()), /*frozen=*/false));
  if (mode_ != NoiseMode::fixed) {
    moves.noise.step(loss_of(anchor_data(data, noise_.mean(), a, mode_),
                             noise_.sample(inputs[2], a), /*frozen=*/true));
  }
  return loss;
}

std::function<Tensor()> NceDensity::validation_loss(nn::Rows& validation) const {
  const nn::Share own = compute_.team.share(validation.size());
  const Tensor real = validation.range(own.first, own.count);
  const Tensor artificial =
      augmentation_ ? augmentation_->artificial(real, seed_, own.first) : Tensor();
  const GameRows all = game_rows(validation.size());
  const Tensor xi = normals(all, Purpose::noise_validation, 0);
  return [this, own, real, artificial, all, xi] {
    const at::NoGradGuard no_grad;
    const bool by_density = options_.checkpoint == "density";
    const Tensor a = scale();
    const Tensor unit = noise_.unit_scale();
    const auto odds = [&](const Tensor& phi) {
      const Tensor f = network_.forward(phi).to(at::kDouble);
      return by_density ? f + noise_.log_prob(phi, a) - noise_.log_prob(phi, unit) : f;
    };
    const Tensor f_noise = odds(noise_.sample(xi, by_density ? unit : a));
    const auto loss_of = [&](const Tensor& phi) {
      return nce_loss(at::cat({odds(phi), f_noise}), own.count, options_.noise_ratio, all)
          .to(at::kDouble);
    };
    const Tensor loss = loss_of(real);
    return artificial.defined() ? 0.5 * (loss + loss_of(artificial)) : loss;
  };
}

store::History NceDensity::train(nn::Rows& train, nn::Rows& validation,
                                 const std::string& stage_name, nn::Checkpoints* checkpoints,
                                 const nn::ProgressCallback& progress) {
  Moves moves{{network_.parameters(),
               nn::AdamW(network_.parameters(), options_.learning_rate, options_.weight_decay),
               compute_.team},
              {{noise_.raw()},
               nn::AdamW({noise_.raw()}, options_.noise_learning_rate, /*weight_decay=*/0,
                         /*maximize=*/true),
               compute_.team}};
  nn::Stage stage;
  stage.rows = &train;
  stage.state = state();
  stage.optimisers = {&moves.network.optimiser(), &moves.noise.optimiser()};
  stage.progress = progress;
  stage.inputs = [&](const nn::Batch& batch) { return inputs(train, batch); };
  stage.step = [&](const std::vector<Tensor>& read, std::int64_t rows) {
    return step(read, rows, moves);
  };
  stage.validate = validation_loss(validation);
  stage.steady_validation = true;  // of tensors that it holds
  nn::StageOptions options;
  options.name = stage_name;
  options.batch = options_.batch;
  options.epochs = options_.epochs;
  options.steps = options_.steps;
  options.warmup_share = schedule_.warmup_share;
  options.final_rate = schedule_.final_rate;
  options.seed = seed_;
  return nn::train_stage(options, stage, compute_, checkpoints);
}

Tensor NceDensity::log_odds(const Tensor& phi) const {
  const at::NoGradGuard no_grad;
  return network_.forward(phi);
}

Tensor NceDensity::score(const Tensor& phi) const {
  const at::NoGradGuard no_grad;
  const Tensor a = scale();
  return -(log_odds(phi).to(at::kDouble) + noise_.log_prob(phi, a) +
           std::log(options_.noise_ratio));
}

std::string NceDensity::graph(nn::GraphBuilder& g, const std::string& phi) const {
  constexpr auto kWide = models::GraphType::float64;
  const std::string sum =
      g.add("Add", {g.cast(network_.graph(g, phi), kWide), noise_.graph(g, phi, scale())});
  return g.add("Neg", {g.shifted(sum, std::log(options_.noise_ratio), kWide)});
}

Tensor NceDensity::scale() const {
  return mode_ == NoiseMode::fixed ? noise_.unit_scale() : noise_.scale();
}

nn::NamedTensors NceDensity::state() {
  auto all = network_.state();
  all.emplace_back("noise.w", noise_.raw());
  return all;
}

}  // namespace cance::density
