#include "detectors/shared/network_stage.hpp"

#include <cmath>

#include "base/cast.hpp"
#include "base/ranges.hpp"
#include "nn/convert.hpp"
#include "nn/descent.hpp"
#include "nn/draws.hpp"

namespace cance::detectors {

using at::Tensor;

void train_network(const NetworkStage& network, const config::TrainingOptions& options,
                   const TrainingData& data) {
  const std::vector<Tensor> parameters = nn::leaves(network.state);
  nn::Descent descent(parameters,
                      nn::AdamW(parameters, options.learning_rate, options.weight_decay,
                                /*maximize=*/false, network.beta1),
                      data.compute.team);
  nn::Stage stage;
  stage.learners = {{network.rows, data.seed, network.state, data.checkpoints,
                     data.progress_from(network.from, network.fraction)}};
  stage.optimisers = {&descent.optimiser()};
  stage.validate = network.validate;
  stage.steady_validation = network.validation != nullptr && network.validation->in_place();
  if (network.inputs) {
    stage.inputs = [&](std::span<const nn::Batch> batches) {
      return network.inputs(batches.front());
    };
  }
  stage.step = [&](const std::vector<Tensor>& inputs, std::int64_t rows) {
    return descent.step(network.loss(inputs, rows));
  };
  nn::StageOptions all;
  all.name = network.name;
  all.batch = options.batch;
  all.epochs = options.epochs;
  all.steps = options.steps;
  all.warmup_share = 0;
  all.final_rate = 1;
  all.drops = options.drops;
  data.record(network.name, nn::train_stage(all, stage, data.compute).front().taken());
}

double seconds_of(const config::TrainingOptions& options, const nn::Work& work,
                  const CellSize& cell) {
  const double seen = rows_seen(options.epochs, options.steps, options.batch, cell.rows);
  return nn::training_seconds(work, seen, options.batch) + nn::scoring_seconds(work, cell.scored);
}

Tensor sum_over(nn::Rows& rows, const nn::Team& team,
                const std::function<Tensor(const Tensor&)>& f) {
  Tensor sum = at::zeros({}, at::kDouble);  // of the host: the device's adds it as a number
  nn::for_blocks_to_the_end(
      rows, team, [&](const Tensor& x, std::int64_t) { sum = f(x).sum(at::kDouble) + sum; });
  return sum;
}

Shape row_shape(nn::Rows& rows) { return nn::shape_of(rows.range(0, 1).sizes().slice(1)); }

Tensor shape_tensor(const Shape& shape) {
  return at::tensor(nn::sizes_of(shape), at::kLong).to(at::kDouble);
}

Shape saved_shape(const SavedMethod& saved) {
  return mapped(nn::to_doubles(nn::to_tensor(saved.state, "shape")),
                [](double extent) { return to<std::size_t>(std::llround(extent)); });
}

Tensor normal_weight(std::int64_t out, std::int64_t in, std::uint64_t seed, std::uint64_t stream,
                     const nn::Compute& compute) {
  const Tensor values =
      nn::normals({out, in}, Random(seed, Purpose::weights, stream), 0, at::kDouble);
  const double deviation = std::sqrt(4.0 / static_cast<double>(in + out));
  return compute.to_device(values * deviation).set_requires_grad(true);
}

}  // namespace cance::detectors
