#include "pipeline/train/cost.hpp"

#include "represent/networks.hpp"

namespace cance::pipeline {

double representation_seconds(const config::Config& config, const detectors::CellSize& cell,
                              const Speeds* speeds) {
  const double factor = speeds == nullptr ? 1 : speeds->factor(kRepresentation, cell.row);
  const config::AutoencoderOptions& a = config.autoencoder;
  const int folds = config.feature.folds;
  if (a.network == "pca") {
    const double d = cell.elements();
    return factor * (kStart + folds * d * d * (2e-10 * cell.rows + 2e-10 * d)) +
           features_seconds(config, cell, speeds);
  }
  const auto rows = [&](int epochs, int steps) {
    const double others = cell.rows * (folds - 1) / folds;  // that the model of a fold trains on
    return detectors::rows_seen(epochs, steps, a.batch, cell.rows) +
           (folds == 1 ? 0 : folds * detectors::rows_seen(epochs, steps, a.batch, others));
  };
  const double seen =
      rows(a.epochs, a.steps) + 0.5 * rows(a.decoder_epochs, a.decoder_steps);  // half is frozen
  const nn::Work work = represent::network_work(a, cell.row);
  return factor * (kStart + nn::training_seconds(work, seen, a.batch)) +
         features_seconds(config, cell, speeds);
}

double features_seconds(const config::Config& config, const detectors::CellSize& cell,
                        const Speeds* speeds) {
  const double factor = speeds == nullptr ? 1 : speeds->factor(kRepresentation, cell.row);
  const double rows = cell.rows + cell.scored;
  const config::AutoencoderOptions& a = config.autoencoder;
  return factor * (a.network == "pca"
                       ? rows * cell.elements() * a.latent * 1e-9
                       : nn::scoring_seconds(represent::network_work(a, cell.row), rows));
}

double method_seconds(const detectors::Detector& detector, const std::string& method,
                      const detectors::CellSize& cell, const Speeds* speeds) {
  return (speeds == nullptr ? 1 : speeds->factor(method, cell.row)) *
         (kStart + detector.seconds(cell));
}

std::vector<std::string> unknown_stages(const config::Config& config, const Shape& row,
                                        const Speeds& speeds) {
  std::vector<std::string> stages{kRepresentation};
  stages.insert(stages.end(), config.grid.methods.begin(), config.grid.methods.end());
  const auto costs_nothing = [&](const std::string& stage) {
    return stage != kRepresentation &&
           detectors::make_detector(stage, config)->seconds({1, row, 1}) == 0;
  };
  std::erase_if(stages, [&](const std::string& stage) {
    return speeds.knows(stage, row) || costs_nothing(stage);
  });
  return stages;
}

std::vector<std::pair<std::string, double>> stage_seconds(const config::Config& config,
                                                          const detectors::CellSize& cell,
                                                          const Speeds* speeds) {
  std::vector<std::pair<std::string, double>> stages{
      {kRepresentation, kReading + representation_seconds(config, cell, speeds)}};
  for (const std::string& method : config.grid.methods) {
    const auto detector = detectors::make_detector(method, config);
    stages.emplace_back(method, method_seconds(*detector, method, cell, speeds));
  }
  return stages;
}

double cell_seconds(const config::Config& config, const detectors::CellSize& cell,
                    const Speeds* speeds) {
  double seconds = 0;
  for (const auto& [stage, own] : stage_seconds(config, cell, speeds)) {
    seconds += own;
  }
  return seconds;
}

}  // namespace cance::pipeline
