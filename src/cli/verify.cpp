// `cance verify`: reads whole files with every check, and computes the metrics anew.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "archive/check.hpp"
#include "archive/member.hpp"
#include "archive/run_source.hpp"
#include "base/error.hpp"
#include "base/plural.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/parse.hpp"
#include "hdf5/seal.hpp"
#include "image/decode.hpp"
#include "store/dataset_file.hpp"
#include "store/run_file.hpp"
#include "store/schema.hpp"

namespace cance::cli {
namespace {

constexpr const char* kVerifyUsage =
    "cance verify PATH...\n"
    "Archives, run files, dataset files, and folders of run files: checksums, shapes, and every "
    "metric computed anew from scores\nand labels. Exit code 2 where anything differs; each "
    "difference is named. Exit code 1 where\nsomething cannot be read and nothing else is wrong.";

std::string sealed_text(hdf5::Seal seal) {
  return seal == hdf5::Seal::good ? "SHA-256 fits" : "no checksum line";
}

std::string verify_run(const std::filesystem::path& path, hdf5::Seal seal) {
  const auto run = store::read_run_file(path, store::Detail::full);
  return fmt::format("run {}, {} test rows, {} methods, {} metrics computed anew, {}",
                     run.info.cell, run.labels.size(), run.scores.size(),
                     archive::check_metrics(run), sealed_text(seal));
}

// Reads these rows; pictures are decoded too.
void read_rows(const store::DatasetFile& file, const std::string& part,
               const std::vector<std::int64_t>& rows) {
  if (!file.encoded()) {
    static_cast<void>(file.read(part, rows));
    return;
  }
  const auto pictures = file.read_encoded(part, rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = static_cast<std::size_t>(rows[i]);
    const auto name = file.names(part).empty() ? "" : " (" + file.names(part)[row] + ")";
    static_cast<void>(image::decode(pictures[i], fmt::format("{} row {}{}", part, row, name)));
  }
}

std::string verify_dataset(const std::filesystem::path& path, hdf5::Seal seal) {
  const store::DatasetFile file(path);
  std::string text = "dataset " + file.info().name;
  for (const std::string& part : file.parts()) {
    const std::size_t block = file.encoded() ? 64 : 4096;
    std::vector<std::int64_t> rows;
    for (std::size_t first = 0; first < file.rows(part); first += block) {
      rows.resize(std::min(block, file.rows(part) - first));
      std::iota(rows.begin(), rows.end(), static_cast<std::int64_t>(first));
      read_rows(file, part, rows);
    }
    text += fmt::format(", {} {} rows", file.rows(part), part);
  }
  return fmt::format("{}, all {}, labels in 0..{}, {}", text,
                     file.encoded() ? "pictures readable" : "finite",
                     file.info().class_names.size() - 1, sealed_text(seal));
}

std::string verify_archive(const std::filesystem::path& path, hdf5::Seal seal) {
  const archive::ArchiveCheck check = archive::check_archive(path);
  require(check.faults.empty(), "{} of {} runs and tables differ:\n  {}", check.faults.size(),
          check.runs, join(check.faults, "\n  "));
  return fmt::format("archive of {} runs, checksums fit, {} metrics computed anew, {}", check.runs,
                     check.metrics, sealed_text(seal));
}

// What is right about a file; Error says what is wrong.
std::string verify_file(const std::filesystem::path& path) {
  const std::string schema = store::schema_of(path);
  const hdf5::Seal seal = hdf5::check_seal(path, /*whole=*/true);
  if (schema == store::kDatasetSchema) {
    return verify_dataset(path, seal);
  }
  if (schema == store::kArchiveSchema) {
    return verify_archive(path, seal);
  }
  require(schema == store::kRunSchema,
          "{}: neither a cance run file nor a dataset file nor an archive (schema: {})",
          path.string(), schema);
  return verify_run(path, seal);
}

// Folders become the run files in them.
std::vector<FoundFile> files_of(const std::vector<std::string>& paths) {
  std::vector<FoundFile> files;
  for (const std::string& path : paths) {
    if (!look_up(path)) {
      files.push_back({path});
      continue;
    }
    auto found = store::find_run_files(path);
    require(!found.empty(), "{}: there is no run file below it", path);
    std::ranges::move(found, std::back_inserter(files));
  }
  return files;
}

// Prints what is right or wrong about a file.
ExitCode verify_found(const FoundFile& found) {
  const std::string file = found.path.string();
  if (!found.fault.empty()) {
    fmt::print("{}: {}\n", file, found.fault);
    return ExitCode::some_failed;
  }
  try {
    fmt::print("{}: ok ({})\n", file, verify_file(found.path));
    return ExitCode::done;
  } catch (const Error& error) {
    fmt::print("{}: {}\n", file, archive::left_out(file, error).reason);
    return ExitCode::bad_input;
  }
}

}  // namespace

int verify(const Arguments& arguments) {
  po::options_description options("options");
  options.add_options()("file", po::value<std::vector<std::string>>(),
                        "archives, run or dataset files, folders; also without the option's name");
  po::positional_options_description positional;
  positional.add("file", -1);
  const auto values = parse(arguments, options, kVerifyUsage, positional);
  if (!values) {
    return static_cast<int>(ExitCode::done);
  }
  require(values->count("file") != 0, "no file given (usage: cance verify PATH...)");
  ExitCode code = ExitCode::done;
  std::size_t unread = 0;
  for (const FoundFile& file : files_of((*values)["file"].as<std::vector<std::string>>())) {
    code = std::max(code, verify_found(file));
    unread += file.fault.empty() ? 0 : 1;
  }
  if (unread > 0) {
    fmt::print("{} left out, as they cannot be read\n", plural(unread, "file"));
  }
  return static_cast<int>(code);
}

}  // namespace cance::cli
