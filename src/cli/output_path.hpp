// What a command may write over.
#pragma once

#include <filesystem>
#include <vector>

namespace cance::cli {

/// Error where writing `out` would lose what cannot be made again at once: one of the `inputs` of
/// the command, or a run file, an archive or a dataset file.
void require_expendable(const std::filesystem::path& out,
                        const std::vector<std::filesystem::path>& inputs);

}  // namespace cance::cli
