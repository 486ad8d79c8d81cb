// A score graph as a TorchScript module.
#pragma once

#include <filesystem>
#include <string>

#include "models/score_graph.hpp"

namespace cance::nn {

/// A name of the graph as one of the program.
[[nodiscard]] std::string script_name(std::string name);

/// The source of `forward`, an assignment a node. Error: an operator that it does not know.
[[nodiscard]] std::string script_source(const models::ScoreGraph& graph);

/// Writes the module, whole or not at all: forward(rows) gives the scores, its constants are
/// buffers, the metadata are extra files of their names.
void write_torch_script(const std::filesystem::path& path, const models::ScoreGraph& graph);

}  // namespace cance::nn
