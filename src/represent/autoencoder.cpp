#include "represent/autoencoder.hpp"

#include <ATen/ops/mse_loss.h>

#include <cmath>

#include "base/ranges.hpp"
#include "nn/descent.hpp"
#include "nn/stack.hpp"
#include "represent/composite.hpp"

namespace cance::represent {
namespace {

using at::Tensor;

constexpr std::uint64_t kDecoderStage = 1ULL << 32U;  // its shuffles differ from those of stage 1

/// Fewer rows than latents add no covariance term (src/method.md, section 10).
bool has_covariance(std::int64_t rows, std::int64_t latents) {
  return rows >= latents && rows >= 2;
}

/// The sum of squared errors of these rows as a part of the mean over `rows` rows, of K `models`
/// (K).
Tensor squared_error(const Tensor& xhat, const Tensor& x, std::int64_t rows, std::int64_t models) {
  const std::int64_t elements = rows * c10::multiply_integers(x.sizes().slice(1)) / models;
  if (models == 1) {
    return at::mse_loss(xhat, x, at::Reduction::Sum) / static_cast<double>(elements);
  }
  const Tensor squares = (xhat - x).square().unflatten(1, {models, -1}).transpose(0, 1);
  return squares.flatten(1).sum(1) / static_cast<double>(elements);
}

/// Latents (B, K m) of K `models` as covariance_loss takes them.
Tensor by_model(const Tensor& z, std::int64_t models) {
  return models == 1 ? z : z.unflatten(1, {models, -1}).transpose(0, 1);
}

/// Rows of K models, columns or channels one behind the other.
class RowsSideBySide final : public nn::Rows {
 public:
  explicit RowsSideBySide(std::vector<nn::Rows*> models) : models_(std::move(models)) {}
  [[nodiscard]] std::int64_t size() const override { return models_.front()->size(); }
  [[nodiscard]] Tensor select(const nn::Places& places) override {
    return side_by_side(mapped(models_, [&](nn::Rows* one) { return one->select(places); }));
  }
  [[nodiscard]] Tensor range(std::int64_t first, std::int64_t count) override {
    return side_by_side(mapped(models_, [&](nn::Rows* one) { return one->range(first, count); }));
  }
  [[nodiscard]] bool in_place() const override {
    return std::ranges::all_of(models_, &nn::Rows::in_place);
  }
  /// Each model's own batch.
  [[nodiscard]] Tensor select(std::span<const nn::Batch> batches) {
    std::vector<Tensor> all;
    for (std::size_t k = 0; k < models_.size(); ++k) {
      all.push_back(models_[k]->select(batches[k].own_rows()));
    }
    return side_by_side(all);
  }

 private:
  static Tensor side_by_side(const std::vector<Tensor>& models) {
    return models.size() == 1 ? models.front() : at::cat(models, 1);
  }
  std::vector<nn::Rows*> models_;
};

/// loss + weight * term, of float64. Scalars on the host in one expression, which compilers round
/// once; a GPU is not waited for.
Tensor plus(const Tensor& loss, double weight, const Tensor& term) {
  return term.is_cpu() && term.dim() == 0
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
  return stage;
}

store::Histories Autoencoder::train(nn::Rows& train, nn::Rows& validation,
                                    nn::Checkpoints* checkpoints, const StageCallback& progress) {
  const double batches = std::ceil(static_cast<double>(train.size()) / options_.batch);
  const double both = options_.steps > 0 ? options_.steps : options_.epochs * batches;
  const double decoder =
      options_.decoder_steps > 0 ? options_.decoder_steps : options_.decoder_epochs * batches;
  const double share = both / (both + 0.5 * decoder);
  const auto part = [&progress](const std::string& stage, double from, double size) {
    return [&progress, stage, from, size](const nn::StageProgress& p) {
      progress(stage, {from + size * p.fraction, p.epoch, p.epochs});
    };
  };
  const auto own = [&](const nn::ProgressCallback& told) {
    return Trainee{*this, train, validation, checkpoints, told};
  };
  store::Histories histories;
  histories.emplace_back(
      "autoencoder",
      train_stage("autoencoder", own(part("autoencoder", 0, share)), &Autoencoder::train_both));
  if (options_.decoder_epochs > 0 || options_.decoder_steps > 0) {
    histories.emplace_back("decoder", train_stage("decoder", own(part("decoder", share, 1 - share)),
                                                  &Autoencoder::train_decoder));
  }
  return histories;
}

store::History Autoencoder::train_stage(const std::string& stage, Trainee own,
                                        TrainStage train_all) const {
  return nn::train_together<Autoencoder>(stage, std::move(own), compute_, [&](const Trainees& all) {
    Autoencoder& first = all.front()->model;
    if (all.size() == 1) {
      return (first.*train_all)(all, first.network_);
    }
    const auto stack = [&all](nn::Sequence AutoencoderNetwork::*part) {
      return nn::Stack(
          mapped(all, [&](Trainee* one) { return (one->model.network_.*part).state(); }));
    };
    const nn::Stack encoders = stack(&AutoencoderNetwork::encoder);
    const nn::Stack decoders = stack(&AutoencoderNetwork::decoder);
    AutoencoderNetwork together{{first.network_.encoder, encoders.state()},
                                {first.network_.decoder, decoders.state()}};
    return (first.*train_all)(all, together);
  });
}

std::vector<nn::Trained> Autoencoder::train_both(const Trainees& all, AutoencoderNetwork& network) {
  const auto models = static_cast<std::int64_t>(all.size());
  const auto parameters =
      nn::leaves(nn::joined({network.encoder.state(), network.decoder.state()}));
  nn::Descent descent(parameters,
                      nn::AdamW(parameters, options_.learning_rate, options_.weight_decay),
                      compute_.team);
  RowsSideBySide train(mapped(all, [](Trainee* one) { return &one->train; }));
  RowsSideBySide validation(mapped(all, [](Trainee* one) { return &one->validation; }));
  nn::Stage stage;
  for (Trainee* const one : all) {
    stage.learners.push_back(
        {&one->train, one->model.seed_, one->model.state(), one->checkpoints, one->progress});
  }
  stage.optimisers = {&descent.optimiser()};
  stage.inputs = [&](std::span<const nn::Batch> batches) {
    return std::vector{train.select(batches)};
  };
  stage.step = [&](const std::vector<Tensor>& inputs, std::int64_t rows) {
    const Tensor& x = inputs[0];
    const Tensor z = network.encoder.train(x);
    Tensor loss = squared_error(network.decoder.train(z), x, rows, models);
    if (has_covariance(rows, options_.latent)) {
      loss = loss +
             options_.covariance_weight * covariance_loss(by_model(z, models), rows, compute_.team);
    }
    return descent.step(loss);
  };
  stage.steady_validation = validation.in_place();
  stage.validate = [&] {
    Tensor loss = at::zeros({}, at::kDouble);
    std::vector<Tensor> latents;
    nn::for_blocks_to_the_end(validation, compute_.team, [&](const Tensor& x, std::int64_t) {
      latents.push_back(network.encoder.forward(x));
      const Tensor xhat = network.decoder.forward(latents.back());
      loss = squared_error(xhat, x, validation.size(), models).to(at::kDouble) + loss;
    });
    if (has_covariance(validation.size(), options_.latent)) {
      const Tensor z =
          latents.empty() ? compute_.to_device(at::empty({0, options_.latent})) : at::cat(latents);
      loss = plus(
          loss, options_.covariance_weight,
          covariance_loss(by_model(z, models), validation.size(), compute_.team).to(at::kDouble));
    }
    return loss;
  };
  return nn::train_stage(stage_options("autoencoder", options_.epochs, options_.steps), stage,
                         compute_);
}

std::vector<nn::Trained> Autoencoder::train_decoder(const Trainees& all,
                                                    AutoencoderNetwork& network) {
  const auto models = static_cast<std::int64_t>(all.size());
  std::vector<nn::TensorRows> train_codes, validation_codes;
  for (Trainee* const one : all) {
    train_codes.emplace_back(one->model.encode(one->train));
    validation_codes.emplace_back(one->model.encode(one->validation));
  }
  const auto rows_of = [](nn::TensorRows& rows) -> nn::Rows* { return &rows; };
  RowsSideBySide train_z(mapped(train_codes, rows_of));
  RowsSideBySide validation_z(mapped(validation_codes, rows_of));
  RowsSideBySide train(mapped(all, [](Trainee* one) { return &one->train; }));
  RowsSideBySide validation(mapped(all, [](Trainee* one) { return &one->validation; }));
  const auto parameters = network.decoder.parameters();
  nn::Descent descent(parameters,
                      nn::AdamW(parameters, options_.decoder_learning_rate, options_.weight_decay),
                      compute_.team);
  nn::Stage stage;
  for (Trainee* const one : all) {
    stage.learners.push_back({&one->train, one->model.seed_ ^ kDecoderStage,
                              one->model.network_.decoder.state(), one->checkpoints,
                              one->progress});
  }
  stage.optimisers = {&descent.optimiser()};
  stage.inputs = [&](std::span<const nn::Batch> batches) {
    return std::vector{train_z.select(batches), train.select(batches)};
  };
  stage.step = [&](const std::vector<Tensor>& inputs, std::int64_t rows) {
    const Tensor xhat = network.decoder.train(inputs[0]);
    return descent.step(squared_error(xhat, inputs[1], rows, models));
  };
  stage.steady_validation = validation.in_place();
  stage.validate = [&] {
    Tensor loss = at::zeros({}, at::kDouble);
    nn::for_blocks_to_the_end(validation, compute_.team, [&](const Tensor& x, std::int64_t first) {
      const Tensor z = validation_z.range(first, x.size(0));
      loss =
          squared_error(network.decoder.forward(z), x, validation.size(), models).to(at::kDouble) +
          loss;
    });
    return loss;
  };
  auto options = stage_options("decoder", options_.decoder_epochs, options_.decoder_steps);
  options.start_counts = true;
  return nn::train_stage(options, stage, compute_);
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
