#include "represent/autoencoder.hpp"

#include <ATen/ops/mse_loss.h>

#include "nn/descent.hpp"
#include "represent/composite.hpp"

namespace cance::represent {
namespace {

using at::Tensor;

constexpr std::uint64_t kDecoderStage = 1ULL << 32U;  // its shuffles differ from those of stage 1

/// Fewer rows than latents add no covariance term (src/method.md, section 10).
bool has_covariance(std::int64_t rows, std::int64_t latents) {
  return rows >= latents && rows >= 2;
}

/// The sum of squared errors of these rows as a part of the mean over `rows` rows.
Tensor squared_error(const Tensor& xhat, const Tensor& x, std::int64_t rows) {
  const auto elements = static_cast<double>(rows * c10::multiply_integers(x.sizes().slice(1)));
  return at::mse_loss(xhat, x, at::Reduction::Sum) / elements;
}

/// loss + weight * term, scalars of float64. On the host in one expression, which compilers round
/// once; a GPU is not waited for.
Tensor plus(const Tensor& loss, double weight, const Tensor& term) {
  return term.is_cpu()
             ? at::full({}, loss.item<double>() + weight * term.item<double>(), at::kDouble)
             : loss + weight * term;
}

}  // namespace

Autoencoder::Autoencoder(const config::AutoencoderOptions& options,
                         const config::ScheduleOptions& schedule, const Shape& shape,
                         bool unit_range, std::uint64_t seed, const nn::Compute& compute)
    : options_(options),
      schedule_(schedule),
      seed_(seed),
      compute_(compute),
      network_(make_network(options, shape, unit_range, seed, compute)) {}

nn::StageOptions Autoencoder::stage_options(const std::string& name, std::int64_t epochs,
                                            std::int64_t steps) const {
  nn::StageOptions stage;
  stage.name = name;
  stage.batch = options_.batch;
  stage.epochs = epochs;
  stage.steps = steps;
  stage.warmup_share = schedule_.warmup_share;
  stage.final_rate = schedule_.final_rate;
  stage.seed = seed_;
  return stage;
}

store::Histories Autoencoder::train(nn::Rows& train, nn::Rows& validation,
                                    nn::Checkpoints* checkpoints, const StageCallback& progress) {
  const double both = static_cast<double>(options_.epochs);
  const double share = both / (both + 0.5 * static_cast<double>(options_.decoder_epochs));
  const auto part = [&progress](const std::string& stage, double from, double size) {
    return [&progress, stage, from, size](const nn::StageProgress& p) {
      progress(stage, {from + size * p.fraction, p.epoch, p.epochs});
    };
  };
  store::Histories histories;
  histories.emplace_back("autoencoder",
                         train_both(train, validation, checkpoints, part("autoencoder", 0, share)));
  if (options_.decoder_epochs > 0 || options_.decoder_steps > 0) {
    histories.emplace_back("decoder", train_decoder(train, validation, checkpoints,
                                                    part("decoder", share, 1 - share)));
  }
  return histories;
}

store::History Autoencoder::train_both(nn::Rows& train, nn::Rows& validation,
                                       nn::Checkpoints* checkpoints,
                                       const nn::ProgressCallback& progress) {
  const auto parameters = nn::leaves(state());
  nn::Descent descent(parameters,
                      nn::AdamW(parameters, options_.learning_rate, options_.weight_decay),
                      compute_.team);
  nn::Stage stage;
  stage.rows = &train;
  stage.state = state();
  stage.optimisers = {&descent.optimiser()};
  stage.progress = progress;
  stage.step = [&](const std::vector<Tensor>& inputs, std::int64_t rows) {
    const Tensor& x = inputs[0];
    const Tensor z = network_.encoder.train(x);
    Tensor loss = squared_error(network_.decoder.train(z), x, rows);
    if (has_covariance(rows, options_.latent)) {
      loss = loss + options_.covariance_weight * covariance_loss(z, rows, compute_.team);
    }
    return descent.step(loss);
  };
  stage.steady_validation = validation.in_place();
  stage.validate = [&] {
    Tensor loss = at::zeros({}, at::kDouble);
    std::vector<Tensor> latents;
    nn::for_blocks(validation, compute_.team, [&](const Tensor& x, std::int64_t) {
      latents.push_back(network_.encoder.forward(x));
      const Tensor xhat = network_.decoder.forward(latents.back());
      loss = squared_error(xhat, x, validation.size()).to(at::kDouble) + loss;
    });
    if (has_covariance(validation.size(), options_.latent)) {
      const Tensor z =
          latents.empty() ? compute_.to_device(at::empty({0, options_.latent})) : at::cat(latents);
      loss = plus(loss, options_.covariance_weight,
                  covariance_loss(z, validation.size(), compute_.team).to(at::kDouble));
    }
    return loss;
  };
  return nn::train_stage(stage_options("autoencoder", options_.epochs, options_.steps), stage,
                         compute_, checkpoints);
}

store::History Autoencoder::train_decoder(nn::Rows& train, nn::Rows& validation,
                                          nn::Checkpoints* checkpoints,
                                          const nn::ProgressCallback& progress) {
  nn::TensorRows train_z(encode(train));
  nn::TensorRows validation_z(encode(validation));
  const auto parameters = network_.decoder.parameters();
  nn::Descent descent(parameters,
                      nn::AdamW(parameters, options_.decoder_learning_rate, options_.weight_decay),
                      compute_.team);
  nn::Stage stage;
  stage.rows = &train;
  stage.state = network_.decoder.state();
  stage.optimisers = {&descent.optimiser()};
  stage.progress = progress;
  stage.inputs = [&](const nn::Batch& batch) {
    return std::vector{train_z.select(batch.own_rows()), train.select(batch.own_rows())};
  };
  stage.step = [&](const std::vector<Tensor>& inputs, std::int64_t rows) {
    const Tensor xhat = network_.decoder.train(inputs[0]);
    return descent.step(squared_error(xhat, inputs[1], rows));
  };
  stage.steady_validation = validation.in_place();
  stage.validate = [&] {
    Tensor loss = at::zeros({}, at::kDouble);
    nn::for_blocks(validation, compute_.team, [&](const Tensor& x, std::int64_t first) {
      const Tensor z = validation_z.range(first, x.size(0));
      loss =
          squared_error(network_.decoder.forward(z), x, validation.size()).to(at::kDouble) + loss;
    });
    return loss;
  };
  auto options = stage_options("decoder", options_.decoder_epochs, options_.decoder_steps);
  options.start_counts = true;
  options.seed ^= kDecoderStage;
  return nn::train_stage(options, stage, compute_, checkpoints);
}

Tensor Autoencoder::encode(nn::Rows& rows) {
  return nn::map_rows(rows, compute_.team,
                      [&](const Tensor& block) { return network_.encoder.forward(block); });
}

Tensor Autoencoder::composite(nn::Rows& rows) {
  return nn::map_rows(rows, compute_.team, [&](const Tensor& block) {
    const Tensor z = network_.encoder.forward(block);
    return composite_feature(z, block, network_.decoder.forward(z)).to(at::kCPU);
  });
}

Tensor Autoencoder::reconstruct(const Tensor& x) {
  const at::NoGradGuard no_grad;
  return network_.decoder.forward(network_.encoder.forward(x));
}

nn::NamedTensors Autoencoder::state() {
  return nn::joined({network_.encoder.state("encoder."), network_.decoder.state("decoder.")});
}

void Autoencoder::restore(const store::TensorMap& saved) { nn::restore_map(state(), saved); }

CodeGraph Autoencoder::graph(nn::GraphBuilder& g, const std::string& x) const {
  const std::string z = g.layers(x, network_.encoder.layers(), "encoder.");
  return {z, g.layers(z, network_.decoder.layers(), "decoder.")};
}

}  // namespace cance::represent
