#include "density/nce.hpp"

#include <cmath>

#include "nn/adamw.hpp"
#include "nn/convert.hpp"

namespace cance::density {

using torch::Tensor;

struct NceDensity::Optimisers {
  nn::AdamW network, noise;
};

NceDensity::NceDensity(const std::vector<double>& mean, const Matrix<double>& covariance,
                       bool augment, const config::NceOptions& options,
                       const config::ScheduleOptions& schedule, std::uint64_t seed)
    : options_(options),
      schedule_(schedule),
      seed_(seed),
      mode_(noise_mode(options.noise)),
      noise_(mean, covariance, options.noise_start),
      network_(noise_.mean(), noise_.deviation(), options.hidden, seed) {
  if (augment) {
    augmentation_.emplace(mean, covariance);
  }
}

NceDensity::~NceDensity() = default;

Tensor NceDensity::normals(std::int64_t data_rows, Purpose purpose, std::uint64_t step) const {
  const auto rows = std::max<std::int64_t>(
      1, std::llround(options_.noise_ratio * static_cast<double>(data_rows)));
  Tensor xi = torch::empty({rows, noise_.mean().size(0)});
  Random(seed_, purpose, step)
      .fill_normal(std::span(xi.mutable_data_ptr<float>(), static_cast<std::size_t>(xi.numel())));
  return xi;
}

double NceDensity::step(const Tensor& rows, std::int64_t step, double rate) {
  Tensor data = rows;
  const auto key = static_cast<std::uint64_t>(step);
  if (augmentation_) {
    augmentation_->mix(data, options_.artificial_share, seed_, key);
  }
  const std::int64_t count = data.size(0);
  const auto loss_of = [&](const Tensor& real, const Tensor& noise, bool frozen) {
    const Tensor f = network_.forward(torch::cat({real, noise}), frozen);
    return nce_loss(f.slice(0, 0, count), f.slice(0, count), options_.noise_ratio);
  };
  const Tensor a = scale();
  const Tensor xi = normals(count, Purpose::noise, key);
  const Tensor loss = loss_of(data, noise_.sample(xi, a.detach()), /*frozen=*/false);
  loss.backward();
  optimisers_->network.step(rate * options_.learning_rate);
  if (mode_ != NoiseMode::fixed) {
    const Tensor fresh = normals(count, Purpose::noise_game, key);
    loss_of(anchor_data(data, noise_.mean(), a, mode_), noise_.sample(fresh, a), /*frozen=*/true)
        .backward();
    optimisers_->noise.step(rate * options_.noise_learning_rate);
  }
  return loss.item<double>();
}

std::function<double()> NceDensity::validation_loss(const Tensor& validation) const {
  const Tensor artificial = augmentation_ ? augmentation_->artificial(validation, seed_) : Tensor();
  const Tensor xi = normals(validation.size(0), Purpose::noise_validation, 0);
  return [this, validation, artificial, xi] {
    const torch::NoGradGuard no_grad;
    const bool by_density = options_.checkpoint == "density";
    const Tensor a = scale();
    const Tensor unit = noise_.unit_scale();
    const auto odds = [&](const Tensor& phi) {
      const Tensor f = network_.forward(phi).to(torch::kFloat64);
      return by_density ? f + noise_.log_prob(phi, a) - noise_.log_prob(phi, unit) : f;
    };
    const Tensor f_noise = odds(noise_.sample(xi, by_density ? unit : a));
    double loss = nce_loss(odds(validation), f_noise, options_.noise_ratio).item<double>();
    if (artificial.defined()) {
      loss =
          0.5 * (loss + nce_loss(odds(artificial), f_noise, options_.noise_ratio).item<double>());
    }
    return loss;
  };
}

nn::StageHistory NceDensity::train(const Tensor& train, const Tensor& validation,
                                   const std::function<void(double)>& progress) {
  optimisers_.reset(
      new Optimisers{nn::AdamW(network_.parameters(), options_.weight_decay),
                     nn::AdamW({noise_.raw()}, /*weight_decay=*/0, /*maximize=*/true)});
  nn::Stage stage;
  stage.state = state();
  stage.progress = progress;
  stage.step = [&](std::span<const std::int64_t> rows, std::int64_t number, double rate) {
    return step(train.index_select(0, nn::index_view(rows)), number, rate);
  };
  stage.validate = validation_loss(validation);
  nn::StageOptions options;
  options.rows = train.size(0);
  options.batch = options_.batch;
  options.epochs = options_.epochs;
  options.warmup_share = schedule_.warmup_share;
  options.final_rate = schedule_.final_rate;
  options.seed = seed_;
  auto history = nn::train_stage(options, stage);
  optimisers_.reset();
  return history;
}

Tensor NceDensity::log_odds(const Tensor& phi) const {
  const torch::NoGradGuard no_grad;
  return network_.forward(phi);
}

Tensor NceDensity::score(const Tensor& phi) const {
  const torch::NoGradGuard no_grad;
  const Tensor a = scale();
  return -(log_odds(phi).to(torch::kFloat64) + noise_.log_prob(phi, a) +
           std::log(options_.noise_ratio));
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
