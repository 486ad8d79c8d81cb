// What a command may write over.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cance::cli {

/// Error where writing `out` would lose what cannot be made again at once: one of the `inputs` of
/// the command, or a run file, an archive or a dataset file; of these, the kind `made` ("dataset"),
/// which the command makes, is left to it. Error too where `out` is a folder.
void require_expendable(const std::filesystem::path& out,
                        const std::vector<std::filesystem::path>& inputs,
                        const std::string& made = "");

}  // namespace cance::cli
