#include "pipeline/train/cost.hpp"

#include "represent/networks.hpp"

namespace cance::pipeline {
namespace {

constexpr double kStart = 0.02;         // seconds of a training, however few rows it has
constexpr double kScoringStart = 5e-3;  // of scoring

/// What the stage takes here.
StageSeconds known(StageSeconds modelled, const std::string& stage, const Shape& row,
                   const Speeds* speeds) {
  if (speeds != nullptr) {
    modelled.training *= speeds->factor(stage, row);
    modelled.scoring *= speeds->factor(scoring_of(stage), row);
  }
  return modelled;
}

StageSeconds components_seconds(const config::Config& config, const detectors::CellSize& cell) {
  const double d = cell.elements();
  return {config.feature.folds * d * d * (2e-10 * cell.rows + 2e-10 * d),
          (cell.rows + cell.scored) * d * config.autoencoder.latent * 1e-9};
}

StageSeconds autoencoder_seconds(const config::Config& config, const detectors::CellSize& cell) {
  const config::AutoencoderOptions& a = config.autoencoder;
  const int folds = config.feature.folds;
  const auto rows = [&](int epochs, int steps) {
    const double others = cell.rows * (folds - 1) / folds;  // that the model of a fold trains on
    return detectors::rows_seen(epochs, steps, a.batch, cell.rows) +
           (folds == 1 ? 0 : folds * detectors::rows_seen(epochs, steps, a.batch, others));
  };
  const double seen =
      rows(a.epochs, a.steps) + 0.5 * rows(a.decoder_epochs, a.decoder_steps);  // half is frozen
  const nn::Work work = represent::network_work(a, cell.row);
  return {nn::training_seconds(work, seen, a.batch),
          nn::scoring_seconds(work, cell.rows + cell.scored)};
}

}  // namespace

detectors::CellSize size_of_cell(const config::Config& config, double train, const Shape& row,
                                 double scored) {
  const int copies = config.input.flips ? 2 : 1;
  return {copies * train, row, scored, copies};
}

StageSeconds representation_seconds(const config::Config& config, const detectors::CellSize& cell,
                                    const Speeds* speeds) {
  if (!config::methods_need_representation(config.grid.methods)) {
    return {};
  }
  const auto [training, scoring] = config.autoencoder.network == "pca"
                                       ? components_seconds(config, cell)
                                       : autoencoder_seconds(config, cell);
  return known({kStart + training, kScoringStart + scoring}, kRepresentation, cell.row, speeds);
}

StageSeconds method_seconds(const detectors::Detector& detector, const std::string& method,
                            const detectors::CellSize& cell, const Speeds* speeds) {
  const double training = detector.seconds({cell.rows, cell.row, 0, cell.copies});
  const double scoring = detector.seconds(cell) - training;
  return known({kStart + training, kScoringStart + scoring}, method, cell.row, speeds);
}

double reading_seconds(const detectors::CellSize& cell, const Speeds* speeds) {
  constexpr double kNumber = 2e-8;
  const double factor = speeds == nullptr ? 1 : speeds->factor(kReading, cell.row);
  return factor * (kStart + (cell.rows + cell.scored) * cell.elements() * kNumber);
}

std::string scoring_of(const std::string& stage) { return stage + " scoring"; }

std::vector<std::string> unknown_stages(const config::Config& config, const Shape& row,
                                        const Speeds& speeds) {
  std::vector<std::string> stages = config.grid.methods;
  if (config::methods_need_representation(stages)) {
    stages.insert(stages.begin(), kRepresentation);
  }
  const auto costs_nothing = [&](const std::string& stage) {
    return stage != kRepresentation &&
           detectors::make_detector(stage, config)->seconds({1, row, 1}) == 0;
  };
  std::erase_if(stages, [&](const std::string& stage) {
    return (speeds.knows(stage, row) && speeds.knows(scoring_of(stage), row)) ||
           costs_nothing(stage);
  });
  return stages;
}

std::vector<std::pair<std::string, double>> stage_seconds(const config::Config& config,
                                                          const detectors::CellSize& cell,
                                                          const Speeds* speeds) {
  const bool trains = config::methods_need_representation(config.grid.methods);
  std::vector<std::pair<std::string, double>> stages{
      {trains ? kRepresentation : kReading,
       reading_seconds(cell, speeds) + representation_seconds(config, cell, speeds).sum()}};
  for (const std::string& method : config.grid.methods) {
    const auto detector = detectors::make_detector(method, config);
    stages.emplace_back(method, method_seconds(*detector, method, cell, speeds).sum());
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
