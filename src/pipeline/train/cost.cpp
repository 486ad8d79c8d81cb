#include "pipeline/train/cost.hpp"

#include "represent/networks.hpp"

namespace cance::pipeline {
namespace {

constexpr double kReading = 0.5;  // seconds of a cell beside all training

}  // namespace

double representation_seconds(const config::Config& config, const detectors::CellSize& cell) {
  const config::AutoencoderOptions& a = config.autoencoder;
  if (a.network == "pca") {
    const double d = cell.numbers();
    return kReading + d * d * (2e-10 * cell.rows + 2e-10 * d);
  }
  const auto rows = [&](int epochs, int steps) {
    return steps > 0 ? 1.0 * steps * a.batch : epochs * cell.rows;
  };
  const double seen =
      rows(a.epochs, a.steps) + 0.5 * rows(a.decoder_epochs, a.decoder_steps);  // half is frozen
  return kReading + nn::training_seconds(represent::network_work(a, cell.row), seen, a.batch);
}

double cell_seconds(const config::Config& config, const detectors::CellSize& cell) {
  double seconds = representation_seconds(config, cell);
  for (const std::string& method : config.grid.methods) {
    seconds += detectors::make_detector(method, config)->seconds(cell);
  }
  return seconds;
}

}  // namespace cance::pipeline
