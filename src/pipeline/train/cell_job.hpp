// One cell from data to its record: split, autoencoder, composite features, moments, every method,
// metrics.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "config/cell.hpp"
#include "nn/training.hpp"
#include "pipeline/train/speeds.hpp"
#include "pipeline/train/streamed_rows.hpp"
#include "store/run_file.hpp"

namespace cance::pipeline {

/// Told what is going on ("autoencoder"), the share of the cell that is done, 0 to 1, and where the
/// stage stands.
using CellProgress =
    std::function<void(const std::string& stage, double done, const nn::StageProgress&)>;

/// How a cell is computed; nothing here changes its numbers but the precision and the size of the
/// team in the last digits.
struct CellContext {
  nn::Compute compute;
  std::filesystem::path checkpoints = {};  ///< folder of the cell's checkpoints; empty: none
  /// Folder of the representation's, which stay there for other cells; empty: with the others.
  std::filesystem::path shared_stages = {};
  double checkpoint_seconds = 60;  ///< between two of them
  CellProgress progress = {};
  Speeds* speeds = nullptr;  ///< learn what stages take, where they begin anew
};

/// Trains and judges the cell. Deterministic in (config, data, threads, team size). Collective over
/// the team: all ranks get the record. Throws Error on unusable data and Stopped on request.
[[nodiscard]] store::RunRecord run_cell(const config::Config& config, const config::Cell& cell,
                                        LoadedDataset& dataset, const CellContext& context);

}  // namespace cance::pipeline
