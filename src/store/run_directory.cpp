#include "store/run_directory.hpp"

#include <algorithm>
#include <system_error>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace cance::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGridConfig = "grid.cfg";

void check_cell(const std::string& cell) {
  const auto steps = split(cell, '/');
  const bool inside = std::ranges::none_of(
      steps, [](const std::string& step) { return step.empty() || step == "." || step == ".."; });
  require(inside, "the cell name '{}' is no path below the run directory", cell);
}

fs::path failure_path(const fs::path& dir, const std::string& cell) {
  check_cell(cell);
  return dir / "failed" / (cell + ".txt");
}

/// Folders of a run directory that come and go, and hold no run file.
bool changes_while_a_grid_runs(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name == "checkpoints" || name == "stages" || name == "running" || name == "failed" ||
         name == "slurm";
}

}  // namespace

std::vector<FoundFile> files_below(const fs::path& folder) {
  return find_files(folder,
                    [](const fs::path& below) { return !changes_while_a_grid_runs(below); });
}

std::map<std::string, fs::path> texts_by_cell(const fs::path& folder) {
  std::map<std::string, fs::path> texts;
  for (const FoundFile& file : files_below(folder)) {
    require(file.fault.empty(), "{}: {}", file.path.string(), file.fault);
    if (file.path.extension() == ".txt") {
      const auto cell = file.path.lexically_relative(folder).replace_extension();
      texts[cell.generic_string()] = file.path;
    }
  }
  return texts;
}

fs::path run_path(const fs::path& dir, const std::string& cell) {
  check_cell(cell);
  return dir / (cell + ".h5");
}

void write_failure(const fs::path& dir, const std::string& cell, const std::string& message) {
  write_text_file(failure_path(dir, cell), message);
}

std::optional<std::string> read_failure(const fs::path& dir, const std::string& cell) {
  const fs::path path = failure_path(dir, cell);
  return fs::exists(path) ? std::optional(read_text_file(path)) : std::nullopt;
}

void clear_failure(const fs::path& dir, const std::string& cell) {
  std::error_code error;
  fs::remove(failure_path(dir, cell), error);
  require(!error, "{}: cannot be removed: {}", failure_path(dir, cell).string(), error.message());
}

std::map<std::string, std::string> read_failures(const fs::path& dir) {
  std::map<std::string, std::string> failures;
  for (const auto& [cell, file] : texts_by_cell(dir / "failed")) {
    failures[cell] = read_text_file(file);
  }
  return failures;
}

fs::path checkpoint_folder(const fs::path& dir, const std::string& cell) {
  check_cell(cell);
  return dir / "checkpoints" / cell;
}

void clear_checkpoints(const fs::path& dir, const std::string& cell) {
  std::error_code error;  // what stays does no harm: it belongs to a finished cell
  fs::remove_all(checkpoint_folder(dir, cell), error);
  for (fs::path folder = checkpoint_folder(dir, cell).parent_path(); folder != dir && !error;
       folder = folder.parent_path()) {
    fs::remove(folder, error);
  }
}

fs::path shared_stage_folder(const fs::path& dir, const std::string& key, const std::string& cell) {
  check_cell(cell);
  return dir / "stages" / key / cell;
}

void write_grid_configs(const fs::path& dir, const std::vector<std::string>& texts) {
  std::error_code error;  // a folder that is not there has none
  for (const auto& entry : fs::directory_iterator(dir, error)) {
    if (is_grid_config(entry.path()) && entry.path().filename() != kGridConfig) {
      fs::remove(entry.path(), error);
    }
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    write_text_file(dir / (i == 0 ? kGridConfig : fmt::format("grid-{}.cfg", i + 1)), texts[i]);
  }
}

bool is_grid_config(const fs::path& path) {
  const std::string name = path.filename().string();
  return name == kGridConfig || (name.starts_with("grid-") && name.ends_with(".cfg"));
}

}  // namespace cance::store
