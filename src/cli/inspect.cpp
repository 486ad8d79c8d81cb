// `cance inspect`: what a dataset file, run file or archive holds, for people or as JSON.
#include "cli/inspect.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/parse.hpp"
#include "store/dataset_file.hpp"
#include "store/run_file.hpp"
#include "store/schema.hpp"

namespace cance::cli {
namespace {

constexpr const char* kInspectUsage = "cance inspect FILE [--cell CELL] [--json]";

Json describe(const store::DatasetFile& file) {
  const store::DatasetInfo& info = file.info();
  Json json = {{"kind", "dataset"},
               {"name", info.name},
               {"licence", info.licence},
               {"row_shape", file.row_shape()},
               {"encoded", file.encoded()},
               {"class_names", info.class_names},
               {"column_names", info.column_names}};
  for (const std::string& part : file.parts()) {
    std::vector<std::size_t> counts(info.class_names.size());
    for (const std::int32_t label : file.labels(part)) {
      ++counts[static_cast<std::size_t>(label)];
    }
    json["parts"][part] = {
        {"rows", file.rows(part)}, {"rows_by_class", counts}, {"named", !file.names(part).empty()}};
  }
  json["sources"] = Json::array();
  for (const store::SourceFile& source : info.sources) {
    json["sources"].push_back({{"name", source.name}, {"sha256", source.sha256}});
  }
  if (!info.manifest.empty()) {
    json["manifest"] = Json::parse(info.manifest, nullptr, /*allow_exceptions=*/false);
  }
  return json;
}

void print_dataset(const Json& json) {
  const auto rows =
      json["encoded"].get<bool>()
          ? "encoded pictures"
          : fmt::format("rows of ({})",
                        fmt::join(json["row_shape"].get<std::vector<std::size_t>>(), ", "));
  fmt::print("dataset {}, {}, licence: {}\n", json["name"].get<std::string>(), rows,
             json["licence"].get<std::string>());
  const auto classes = json["class_names"].get<std::vector<std::string>>();
  for (const auto& [part, content] : json["parts"].items()) {
    fmt::print("  {:<6}{:>8} rows{}\n", part, content["rows"].get<std::size_t>(),
               content["named"].get<bool>() ? " with names" : "");
    const auto counts = content["rows_by_class"].get<std::vector<std::size_t>>();
    for (std::size_t i = 0; i < classes.size(); ++i) {
      fmt::print("    {:<24}{:>8}\n", classes[i], counts[i]);
    }
  }
  for (const Json& source : json["sources"]) {
    fmt::print("  source {}  sha256 {}\n", source["name"].get<std::string>(),
               source["sha256"].get<std::string>());
  }
  if (json.contains("manifest")) {
    fmt::print("  manifest {}\n",
               json["manifest"].dump(-1, ' ', false, Json::error_handler_t::replace));
  }
}

/// What the file holds, printed unless it is wanted as JSON.
Json inspect_file(const std::filesystem::path& path, const std::string& cell, bool as_json) {
  const std::string schema = store::schema_of(path);
  require(cell.empty() || schema == store::kArchiveSchema,
          "{}: no archive, so --cell {} names nothing in it", path.string(), cell);
  if (schema == store::kDatasetSchema) {
    const Json json = describe(store::DatasetFile(path));
    if (!as_json) {
      print_dataset(json);
    }
    return json;
  }
  if (schema == store::kArchiveSchema) {
    const archive::ArchiveFile archive(path);
    if (!cell.empty()) {
      Json json = inspect_run(archive.run(cell, store::Detail::full), as_json);
      const archive::Member& member = *archive.find(cell);
      json["archive"] = path.string();
      json["file"] = member.file;
      json["file_sha256"] = member.file_sha256;
      json["sha256"] = member.sha256;
      if (!as_json) {
        fmt::print("  collected  from {} (SHA-256 {})\n", member.file, member.file_sha256);
      }
      return json;
    }
    const Json json = describe_archive(archive);
    if (!as_json) {
      print_archive(json);
    }
    return json;
  }
  require(schema == store::kRunSchema,
          "{}: neither a cance run file nor a dataset file nor an archive (schema: {})",
          path.string(), schema);
  return inspect_run(store::read_run_file(path, store::Detail::full), as_json);
}

}  // namespace

int inspect(const Arguments& arguments) {
  std::string file;
  std::string cell;
  bool as_json = false;
  po::options_description options("options");
  options.add_options()("file", po::value(&file)->required(),
                        "dataset file, run file or archive, also without the option's name")(
      "cell", po::value(&cell), "a run of an archive")("json", po::bool_switch(&as_json),
                                                       "print JSON");
  if (!parse(arguments, options, kInspectUsage,
             po::positional_options_description().add("file", 1))) {
    return static_cast<int>(ExitCode::done);
  }
  Json json = inspect_file(file, cell, as_json);
  json["file_bytes"] = std::filesystem::file_size(file);
  if (as_json) {
    fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    fmt::print("  {:<11}{} bytes\n", cell.empty() ? "file" : "archive",
               json["file_bytes"].get<std::uintmax_t>());
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace cance::cli
