// `cance inspect`: what a dataset file, run file or archive holds, for people or as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/ranges.hpp"
#include "cli/commands.hpp"
#include "cli/inspect_archive.hpp"
#include "cli/parse.hpp"
#include "config/methods.hpp"
#include "store/dataset_file.hpp"
#include "store/run_file.hpp"
#include "store/schema.hpp"
#include "store/titles.hpp"

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

Json describe_info(const store::RunInfo& info) {
  return {{"cell", info.cell},
          {"dataset", info.dataset},
          {"protocol", info.protocol},
          {"case", info.case_name},
          {"representation", info.representation},
          {"seed", info.seed},
          {"config_hash", info.config_hash},
          {"software", info.software},
          {"software_version", info.software_version},
          {"git_commit", info.git_commit},
          {"date", info.date},
          {"machine", info.machine},
          {"device", info.device},
          {"precision", info.precision},
          {"ranks", info.ranks},
          {"threads", info.threads},
          {"fused", info.fused},
          {"seconds", info.seconds},
          {"libraries", info.libraries},
          {"dataset_sha256", info.dataset_sha256},
          {"split_sha256", info.split_sha256},
          {"config", info.config},
          {"chosen", info.chosen}};
}

Json describe(const store::RunRecord& run) {
  Json json = {{"kind", "run"}};
  json.update(describe_info(run.info));
  json["test_rows"] = run.labels.size();
  json["anomalous_rows"] = std::ranges::count(run.labels, 1);
  json["metrics"] = Json::array();
  for (const store::Metric& metric : run.metrics) {
    json["metrics"].push_back(
        {{"method", metric.method}, {"metric", metric.metric}, {"value", metric.value}});
  }
  for (const store::EnsembleMember& member : run.members) {
    json["members"].push_back({{"file", member.file},
                               {"sha256", member.sha256},
                               {"cell", member.run.info.cell},
                               {"config_hash", member.run.info.config_hash}});
  }
  json["columns"] = run.composite_columns;
  json["noise"] = run.noise;
  json["latent_condition"] = run.moments.latent_condition;
  json["training_rows"] = run.moments.count;
  json["history"] = Json::array();
  for (const auto& [stage, history] : run.history) {
    if (!history.epoch.empty()) {
      json["history"].push_back({{"stage", stage},
                                 {"epoch", history.epoch.back()},
                                 {"train_loss", history.train_loss.back()},
                                 {"validation_loss", history.validation_loss.back()},
                                 {"seconds", history.seconds.back()}});
    }
  }
  for (const auto& [part, values] : run.composite) {
    json["composite"][part] = {values.rows(), values.cols()};
  }
  for (const auto& [name, tensor] : run.model) {
    json["model"][name] = tensor.shape;
  }
  for (const auto& [method, origin] : run.origins) {
    json["origins"][method] = {
        {"file", origin.file}, {"sha256", origin.sha256}, {"date", origin.date}};
  }
  json["thresholds"] = run.thresholds;
  json["threshold_rule"] = run.threshold_rule;
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

void print_metrics(const store::RunRecord& run) {
  if (run.metrics.empty()) {
    fmt::print("\n  nothing was judged; thresholds ({}):\n", run.threshold_rule);
    for (const auto& [method, threshold] : run.thresholds) {
      fmt::print("  {:<20}{:>12.6g}\n", config::method_title(method), threshold);
    }
    return;
  }
  for (const auto& [method, origin] : run.origins) {
    fmt::print("\n  {}: scores of another program, from {}, added {}, sha256 {}\n", method,
               origin.file, origin.date, origin.sha256);
  }
  auto metrics = run.metrics;
  std::ranges::stable_sort(metrics, {}, [](const store::Metric& metric) {
    return std::pair(config::method_rank(metric.method), metric.method);
  });
  fmt::print("\n  {:<12}{:<20}{:>12}\n", "method", "metric", "value");
  for (const store::Metric& metric : metrics) {
    fmt::print("  {:<12}{:<20}{:>12.6f}\n", config::method_title(metric.method), metric.metric,
               metric.value);
  }
  if (store::metric_title("f1", run.info.protocol) != store::metric_title("f1", "")) {
    fmt::print(
        "  precision, recall and f1 are of the normal rows: they compare with no other F1\n");
  }
}

void print_run(const store::RunRecord& run) {
  const store::RunInfo& info = run.info;
  const auto libraries = mapped(
      info.libraries, [](const auto& library) { return library.first + " " + library.second; });
  fmt::print("run {} (seed {}, {})\n", info.cell, info.seed, info.representation);
  fmt::print("  settings   {}\n", info.config_hash);
  if (!info.chosen.empty()) {
    fmt::print("  auto       {}\n", fmt::join(info.chosen, ", "));
  }
  fmt::print("  written    {} on {} ({}, {}, ranks x threads {} x {}{}), in {}\n", info.date,
             info.machine, info.device, info.precision, info.ranks, info.threads,
             info.fused > 1 ? fmt::format(", {} cells in one step", info.fused) : "",
             log::duration_text(info.seconds));
  fmt::print("  software   {} {} ({}); {}\n", info.software, info.software_version, info.git_commit,
             fmt::join(libraries, ", "));
  fmt::print("  test rows  {}, of which {} anomalous\n", run.labels.size(),
             std::ranges::count(run.labels, 1));
  print_metrics(run);
  for (const store::EnsembleMember& member : run.members) {
    fmt::print("  member {} (settings {:.12}, file {:.12})\n", member.file,
               member.run.info.config_hash, member.sha256);
  }
  if (!run.members.empty()) {
    return;
  }
  fmt::print("\n  moments of {} training rows, cond(S(z)) {:.4g}\n", run.moments.count,
             run.moments.latent_condition);
  for (const auto& [method, scales] : run.noise) {
    fmt::print("  noise scales {:<12}{:.4g}\n", method, fmt::join(scales, " "));
  }
  for (const auto& [stage, history] : run.history) {
    if (!history.epoch.empty()) {
      fmt::print("  {:<28}epoch {}: train {:.6g}, validation {:.6g}, {:.1f} s\n", stage,
                 history.epoch.back(), history.train_loss.back(), history.validation_loss.back(),
                 history.seconds.back());
    }
  }
  for (const auto& [part, values] : run.composite) {
    fmt::print("  composite {:<12}{} x {}\n", part, values.rows(), values.cols());
  }
  std::size_t numbers = 0;
  for (const auto& [name, tensor] : run.model) {
    numbers += tensor.values.size();
  }
  fmt::print("  model      {} tensors, {} numbers\n", run.model.size(), numbers);
}

Json inspect_run(const store::RunRecord& run, bool as_json) {
  if (!as_json) {
    print_run(run);
  }
  return describe(run);
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
