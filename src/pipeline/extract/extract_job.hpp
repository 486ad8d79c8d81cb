// `cance extract`: features of pictures by ResNet-18, in shards over the ranks, joined at the end.
#pragma once

#include "comm/world.hpp"
#include "pipeline/extract/extract_options.hpp"

namespace cance::pipeline {

/// Collective over the world. Shards lie in OUT.shards; those of the same weights, preprocessing
/// and data are kept. Errors, on all ranks: of options, data and weights; OUT is a dataset of other
/// weights, preprocessing or data; ExitCode::stopped where the run was stopped between batches.
void extract(const ExtractOptions& options, comm::World& world);

/// Throws the errors of options, data and weights and of OUT that `extract` would, but whether a
/// GPU is there.
void judge_extract(const ExtractOptions& options);

}  // namespace cance::pipeline
