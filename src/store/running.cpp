#include "store/running.hpp"

#include <fmt/chrono.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <variant>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "store/run_directory.hpp"

namespace cance::store {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const fs::path& runs) { return runs / "running"; }

fs::path record_path(const fs::path& runs, const std::string& cell) {
  return run_path(folder_of(runs), cell).replace_extension(".txt");
}

using Field = std::variant<std::string RunningCell::*, int RunningCell::*,
                           std::int64_t RunningCell::*, double RunningCell::*>;
void set(std::string& field, const std::string& text, const std::string&) { field = text; }

template <class T>
void set(T& field, const std::string& text, const std::string& where) {
  const auto value = parse_number<T>(text);
  require(value.has_value(), "{}: '{}' is no number; remove the file, it is only for cance status",
          where, text);
  field = *value;
}

void set_field(RunningCell& record, const std::string& key, const std::string& value,
               const std::string& where) {
  static const std::map<std::string, Field> kFields{{"host", &RunningCell::host},
                                                    {"stage", &RunningCell::stage},
                                                    {"rank", &RunningCell::rank},
                                                    {"process", &RunningCell::process},
                                                    {"space", &RunningCell::space},
                                                    {"epoch", &RunningCell::epoch},
                                                    {"epochs", &RunningCell::epochs},
                                                    {"done", &RunningCell::done},
                                                    {"seconds_left", &RunningCell::seconds_left}};
  if (key == "stopped") {
    record.stopped = value == "yes";
  } else if (const auto field = kFields.find(key); field != kFields.end()) {
    std::visit([&](auto f) { set(record.*f, value, where); }, field->second);
  }  // a later version may write more
}

void set_time(RunningCell& record, fs::file_time_type written) {
  const auto age = fs::file_time_type::clock::now() - written;
  record.age = std::chrono::duration<double>(age).count();
  const auto time = std::chrono::file_clock::to_sys(written);
  record.updated =
      fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                  fmt::gmtime(std::chrono::system_clock::to_time_t(
                      std::chrono::time_point_cast<std::chrono::system_clock::duration>(time))));
}

/// Nothing when the record has just been removed.
std::optional<RunningCell> read_record(const fs::path& path, const std::string& cell) {
  RunningCell record;
  record.cell = cell;
  try {
    set_time(record, fs::last_write_time(path));
    for (const std::string& line : split(read_text_file(path), '\n')) {
      const auto equals = line.find('=');
      if (equals != std::string::npos) {
        set_field(record, trim(line.substr(0, equals)), trim(line.substr(equals + 1)),
                  path.string());
      }
    }
  } catch (const std::exception&) {
    if (!fs::exists(path)) {
      return std::nullopt;
    }
    throw;
  }
  record.gone = has_ended(record.process, record.space);
  return record;
}

}  // namespace

void write_running(const fs::path& runs, const RunningCell& record) {
  for (const std::string& text : {record.host, record.stage}) {
    require(text.find('\n') == std::string::npos, "a running cell's '{}' is not one line", text);
  }
  write_text_file(
      record_path(runs, record.cell),
      fmt::format(
          "host = {}\nrank = {}\nprocess = {}\nspace = {}\nstopped = {}\nstage = {}\nepoch = {}\n"
          "epochs = {}\ndone = {:.4f}\nseconds_left = {:.1f}\n",
          record.host, record.rank, record.process, record.space, record.stopped ? "yes" : "no",
          record.stage, record.epoch, record.epochs, record.done, record.seconds_left),
      /*durable=*/false);
}

std::vector<RunningCell> read_running(const fs::path& runs) {
  std::vector<RunningCell> records;
  for (const auto& [cell, file] : texts_by_cell(folder_of(runs))) {
    if (auto record = read_record(file, cell)) {
      records.push_back(std::move(*record));
    }
  }
  std::ranges::sort(records, {}, &RunningCell::cell);
  return records;
}

std::vector<RunningCell> running_elsewhere(const fs::path& runs,
                                           std::span<const std::string> cells) {
  std::vector<RunningCell> records;
  for (const std::string& cell : cells) {
    const fs::path file = record_path(runs, cell);
    auto record = fs::exists(file) ? read_record(file, cell) : std::nullopt;
    const bool own = record && record->process == ::getpid() && record->space == process_space();
    if (record && !own && !record->stopped && !record->silent()) {
      records.push_back(std::move(*record));
    }
  }
  return records;
}

void clear_running(const fs::path& runs, const std::string& cell) {
  std::error_code error;
  const fs::path path = record_path(runs, cell);
  fs::remove(path, error);
  require(!error, "{}: cannot be removed: {}", path.string(), error.message());
}

}  // namespace cance::store
