// What a command may write over.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cance::cli {

/// The one rule: a command writes over what it makes itself, and what costs hours is kept (run
/// files and archives, which `run`, `collect` and `add-scores` replace on request only). Error
/// where `out` is one of the `inputs`, a sealed file of another kind than the command makes
/// (`made`, as "dataset"; empty: files without a seal, as CSV), or, where it makes sealed ones, any
/// other file. Error too where `out` is a folder.
void require_expendable(const std::filesystem::path& out,
                        const std::vector<std::filesystem::path>& inputs,
                        const std::string& made = "");

}  // namespace cance::cli
