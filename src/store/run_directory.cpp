#include "store/run_directory.hpp"

#include <algorithm>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace cance::store {
namespace {

namespace fs = std::filesystem;

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

std::optional<std::string> read_if_there(const fs::path& path) {
  return fs::exists(path) ? std::optional(read_text_file(path)) : std::nullopt;
}

}  // namespace

fs::path run_path(const fs::path& dir, const std::string& cell) {
  check_cell(cell);
  return dir / (cell + ".h5");
}

void write_failure(const fs::path& dir, const std::string& cell, const std::string& message) {
  write_text_file(failure_path(dir, cell), message);
}

std::optional<std::string> read_failure(const fs::path& dir, const std::string& cell) {
  return read_if_there(failure_path(dir, cell));
}

void clear_failure(const fs::path& dir, const std::string& cell) {
  std::error_code error;
  fs::remove(failure_path(dir, cell), error);
  require(!error, "{}: cannot be removed: {}", failure_path(dir, cell).string(), error.message());
}

std::map<std::string, std::string> read_failures(const fs::path& dir) {
  std::map<std::string, std::string> failures;
  const fs::path folder = dir / "failed";
  if (!fs::is_directory(folder)) {
    return failures;
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".txt") {
      const auto cell = entry.path().lexically_relative(folder).replace_extension();
      failures[cell.generic_string()] = read_text_file(entry.path());
    }
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

void write_grid_config(const fs::path& dir, const std::string& text) {
  write_text_file(dir / "grid.cfg", text);
}

std::optional<std::string> read_grid_config(const fs::path& dir) {
  return read_if_there(dir / "grid.cfg");
}

}  // namespace cance::store
