#include "represent/autoencoder.hpp"

#include "nn/adamw.hpp"
#include "nn/convert.hpp"
#include "represent/composite.hpp"

namespace cance::represent {
namespace {

using torch::Tensor;

constexpr std::int64_t kEvaluationBatch = 512;
constexpr std::uint64_t kDecoderStage = 1ULL << 32U;  // its shuffles differ from those of stage 1

/// f on consecutive blocks of x without gradients, results joined.
Tensor in_blocks(const Tensor& x, const std::function<Tensor(const Tensor&)>& f) {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> parts;
  for (const Tensor& block : x.split(kEvaluationBatch)) {
    parts.push_back(f(block));
  }
  return torch::cat(parts);
}

/// Fewer rows than latents add no covariance term (method.md section 10).
bool has_covariance(const Tensor& z) { return z.size(0) >= z.size(1) && z.size(0) >= 2; }

}  // namespace

Autoencoder::Autoencoder(const config::AutoencoderOptions& options,
                         const config::ScheduleOptions& schedule, std::uint64_t seed)
    : options_(options),
      schedule_(schedule),
      seed_(seed),
      network_(make_network(options.network, options.latent, seed)) {}

nn::StageOptions Autoencoder::stage_options(std::int64_t rows, std::int64_t epochs) const {
  nn::StageOptions stage;
  stage.rows = rows;
  stage.batch = options_.batch;
  stage.epochs = epochs;
  stage.warmup_share = schedule_.warmup_share;
  stage.final_rate = schedule_.final_rate;
  stage.seed = seed_;
  return stage;
}

Histories Autoencoder::train(const Tensor& train_x, const Tensor& validation_x,
                             const std::function<void(double)>& progress) {
  const double both = static_cast<double>(options_.epochs);
  const double share = both / (both + 0.5 * static_cast<double>(options_.decoder_epochs));
  Histories histories;
  histories.emplace_back("autoencoder", train_both(train_x, validation_x,
                                                   [&](double done) { progress(share * done); }));
  if (options_.decoder_epochs > 0) {
    histories.emplace_back("decoder", train_decoder(train_x, validation_x, [&](double done) {
                             progress(share + (1 - share) * done);
                           }));
  }
  return histories;
}

nn::StageHistory Autoencoder::train_both(const Tensor& train_x, const Tensor& validation_x,
                                         const std::function<void(double)>& progress) {
  auto parameters = network_.encoder.parameters();
  for (const Tensor& parameter : network_.decoder.parameters()) {
    parameters.push_back(parameter);
  }
  nn::AdamW optimiser(parameters, options_.weight_decay);
  nn::Stage stage;
  stage.state = state();
  stage.progress = progress;
  stage.step = [&](std::span<const std::int64_t> rows, std::int64_t, double rate) {
    const Tensor x = train_x.index_select(0, nn::index_view(rows));
    const Tensor z = network_.encoder.forward(x, /*training=*/true);
    Tensor loss = torch::mse_loss(network_.decoder.forward(z, /*training=*/true), x);
    if (has_covariance(z)) {
      loss = loss + options_.covariance_weight * covariance_loss(z);
    }
    loss.backward();
    optimiser.step(rate * options_.learning_rate);
    return loss.item<double>();
  };
  stage.validate = [&] {
    const Tensor z = encode(validation_x);
    const Tensor xhat =
        in_blocks(z, [&](const Tensor& block) { return network_.decoder.forward(block, false); });
    double loss = torch::mse_loss(xhat, validation_x).item<double>();
    if (has_covariance(z)) {
      loss += options_.covariance_weight * covariance_loss(z).item<double>();
    }
    return loss;
  };
  return nn::train_stage(stage_options(train_x.size(0), options_.epochs), stage);
}

nn::StageHistory Autoencoder::train_decoder(const Tensor& train_x, const Tensor& validation_x,
                                            const std::function<void(double)>& progress) {
  const Tensor train_z = encode(train_x);
  const Tensor validation_z = encode(validation_x);
  nn::AdamW optimiser(network_.decoder.parameters(), options_.weight_decay);
  nn::Stage stage;
  stage.state = network_.decoder.state();
  stage.progress = progress;
  stage.step = [&](std::span<const std::int64_t> rows, std::int64_t, double rate) {
    const Tensor index = nn::index_view(rows);
    const Tensor xhat = network_.decoder.forward(train_z.index_select(0, index), /*training=*/true);
    const Tensor loss = torch::mse_loss(xhat, train_x.index_select(0, index));
    loss.backward();
    optimiser.step(rate * options_.decoder_learning_rate);
    return loss.item<double>();
  };
  stage.validate = [&] {
    const Tensor xhat = in_blocks(
        validation_z, [&](const Tensor& block) { return network_.decoder.forward(block, false); });
    return torch::mse_loss(xhat, validation_x).item<double>();
  };
  auto options = stage_options(train_x.size(0), options_.decoder_epochs);
  options.start_counts = true;
  options.seed ^= kDecoderStage;
  return nn::train_stage(options, stage);
}

Tensor Autoencoder::encode(const Tensor& x) {
  return in_blocks(x, [&](const Tensor& block) { return network_.encoder.forward(block, false); });
}

Matrix<float> Autoencoder::composite(const Tensor& x) {
  return nn::to_matrix(in_blocks(x, [&](const Tensor& block) {
    const Tensor z = network_.encoder.forward(block, /*training=*/false);
    return composite_feature(z, block, network_.decoder.forward(z, false));
  }));
}

Tensor Autoencoder::reconstruct(const Tensor& x) {
  return in_blocks(x, [&](const Tensor& block) {
    return network_.decoder.forward(network_.encoder.forward(block, false), /*training=*/false);
  });
}

nn::NamedTensors Autoencoder::state() {
  auto all = network_.encoder.state("encoder.");
  for (auto& named : network_.decoder.state("decoder.")) {
    all.push_back(std::move(named));
  }
  return all;
}

}  // namespace cance::represent
