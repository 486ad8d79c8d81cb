#include "density/nce.hpp"

#include <cmath>
#include <utility>

#include "base/ranges.hpp"
#include "nn/descent.hpp"
#include "nn/draws.hpp"
#include "nn/stack.hpp"

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

NceDensity::NceDensity(const Trainees& models, const nn::NamedTensors& stacked)
    : options_(models.front()->model.options_),
      schedule_(models.front()->model.schedule_),
      seed_(0),  // draws are the models'
      compute_(models.front()->model.compute_),
      mode_(models.front()->model.mode_),
      noise_(mapped(models, [](const auto* one) { return &std::as_const(one->model.noise_); }),
             stacked.back().second),
      network_(noise_.mean(), noise_.deviation(), stacked) {}

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
    return nce_loss(network_.forward(at::cat({real, noise}, -2), frozen), data.size(-2),
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

NceDensity::Validation NceDensity::validation_of(nn::Rows& rows) const {
  const nn::Share own = compute_.team.share(rows.size());
  const GameRows all = game_rows(rows.size());
  Validation validation{rows.range(own.first, own.count), Tensor(),
                        normals(all, Purpose::noise_validation, 0), own.count, all};
  if (augmentation_) {
    validation.artificial = augmentation_->artificial(validation.real, seed_, own.first);
  }
  return validation;
}

Tensor NceDensity::validation_loss(const Validation& validation) const {
  const at::NoGradGuard no_grad;
  const bool by_density = options_.checkpoint == "density";
  const Tensor a = scale();
  const Tensor unit = noise_.unit_scale();
  const auto odds = [&](const Tensor& phi) {
    const Tensor f = network_.forward(phi).to(at::kDouble);
    return by_density ? f + noise_.log_prob(phi, a) - noise_.log_prob(phi, unit) : f;
  };
  const Tensor f_noise = odds(noise_.sample(validation.xi, by_density ? unit : a));
  const auto loss_of = [&](const Tensor& phi) {
    return nce_loss(at::cat({odds(phi), f_noise}, -1), validation.own_data, options_.noise_ratio,
                    validation.rows)
        .to(at::kDouble);
  };
  const Tensor loss = loss_of(validation.real);
  return validation.artificial.defined() ? 0.5 * (loss + loss_of(validation.artificial)) : loss;
}

store::History NceDensity::train(nn::Rows& train, nn::Rows& validation, const std::string& stage,
                                 nn::Checkpoints* checkpoints,
                                 const nn::ProgressCallback& progress) {
  return nn::train_together<NceDensity>(
      stage, {*this, train, validation, checkpoints, progress}, compute_,
      [&stage](const Trainees& all) {
        if (all.size() == 1) {
          return all.front()->model.train_all(all, stage);
        }
        const nn::Stack stack(mapped(all, [](auto* one) { return one->model.state(); }));
        return NceDensity(all, stack.state()).train_all(all, stage);
      });
}

std::vector<nn::Trained> NceDensity::train_all(const Trainees& all, const std::string& stage_name) {
  Moves moves{{network_.parameters(),
               nn::AdamW(network_.parameters(), options_.learning_rate, options_.weight_decay),
               compute_.team},
              {{noise_.raw()},
               nn::AdamW({noise_.raw()}, options_.noise_learning_rate, /*weight_decay=*/0,
                         /*maximize=*/true),
               compute_.team}};
  nn::Stage stage;
  std::vector<Validation> validations;
  for (nn::Trainee<NceDensity>* const one : all) {
    NceDensity& model = one->model;
    stage.learners.push_back(
        {&one->train, model.seed_, model.state(), one->checkpoints, one->progress});
    validations.push_back(model.validation_of(one->validation));
  }
  stage.optimisers = {&moves.network.optimiser(), &moves.noise.optimiser()};
  stage.inputs = [&](std::span<const nn::Batch> batches) {
    std::vector<std::vector<Tensor>> read;
    for (std::size_t k = 0; k < all.size(); ++k) {
      read.push_back(all[k]->model.inputs(all[k]->train, batches[k]));
    }
    return nn::stacked(read);
  };
  stage.step = [&](const std::vector<Tensor>& read, std::int64_t rows) {
    return step(read, rows, moves);
  };
  Validation& watched = validations.front();
  const auto parts = nn::stacked(mapped(validations, [](const Validation& v) {
    return std::vector{v.real, v.artificial, v.xi};
  }));
  watched.real = parts[0];
  watched.artificial = parts[1];
  watched.xi = parts[2];
  stage.validate = [&] { return validation_loss(watched); };
  stage.steady_validation = true;  // of tensors that it holds
  nn::StageOptions options;
  options.name = stage_name;
  options.batch = options_.batch;
  options.epochs = options_.epochs;
  options.steps = options_.steps;
  options.warmup_share = schedule_.warmup_share;
  options.final_rate = schedule_.final_rate;
  return nn::train_stage(options, stage, compute_);
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
