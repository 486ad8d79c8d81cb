// `cance inspect`: what a dataset or run file holds, for people or as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/log.hpp"
#include "cli/commands.hpp"
#include "cli/parse.hpp"
#include "store/dataset_file.hpp"
#include "store/run_file.hpp"

namespace cance::cli {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kUsage = "cance inspect FILE [--json]";

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
          {"seconds", info.seconds},
          {"libraries", info.libraries},
          {"dataset_sha256", info.dataset_sha256},
          {"split_sha256", info.split_sha256},
          {"config", info.config}};
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
    fmt::print("  manifest {}\n", json["manifest"].dump());
  }
}

void print_metrics(const store::RunRecord& run) {
  auto metrics = run.metrics;
  std::ranges::stable_sort(metrics, {}, [](const store::Metric& metric) {
    return std::pair(store::method_rank(metric.method), metric.method);
  });
  fmt::print("\n  {:<12}{:<20}{:>12}\n", "method", "metric", "value");
  for (const store::Metric& metric : metrics) {
    fmt::print("  {:<12}{:<20}{:>12.6f}\n", store::method_title(metric.method), metric.metric,
               metric.value);
  }
}

void print_run(const store::RunRecord& run) {
  const store::RunInfo& info = run.info;
  std::vector<std::string> libraries;
  for (const auto& [name, version] : info.libraries) {
    libraries.push_back(name + " " + version);
  }
  fmt::print("run {} (seed {}, {})\n", info.cell, info.seed, info.representation);
  fmt::print("  settings   {}\n", info.config_hash);
  fmt::print("  written    {} on {} ({}, {}, {} ranks of {} threads), in {}\n", info.date,
             info.machine, info.device, info.precision, info.ranks, info.threads,
             log::duration_text(info.seconds));
  fmt::print("  software   {} {} ({}); {}\n", info.software, info.software_version, info.git_commit,
             fmt::join(libraries, ", "));
  fmt::print("  test rows  {}, of which {} anomalous\n", run.labels.size(),
             std::ranges::count(run.labels, 1));
  print_metrics(run);
  fmt::print("\n  moments of {} training rows, cond(S(z)) {:.4g}\n", run.moments.count,
             run.moments.latent_condition);
  for (const auto& [method, scales] : run.noise) {
    fmt::print("  noise scales {:<9}{:.4g}\n", method, fmt::join(scales, " "));
  }
  for (const auto& [stage, history] : run.history) {
    if (!history.epoch.empty()) {
      fmt::print("  {:<22}epoch {}: train {:.6g}, validation {:.6g}, {:.1f} s\n", stage,
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

void inspect_file(const std::filesystem::path& path, bool as_json) {
  const auto schema = [&path] {
    const store::Group root = store::open_file(path);
    return root.has_attribute("schema") ? root.text("schema") : "none";
  }();
  const auto size = std::filesystem::file_size(path);
  Json json;
  if (schema == store::kDatasetSchema) {
    json = describe(store::DatasetFile(path));
    if (!as_json) {
      print_dataset(json);
    }
  } else {
    require(schema == store::kRunSchema,
            "{}: neither a cance run file nor a dataset file (schema: {})", path.string(), schema);
    const auto run = store::read_run_file(path, store::Detail::full);
    json = describe(run);
    if (!as_json) {
      print_run(run);
    }
  }
  json["file_bytes"] = size;
  if (as_json) {
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print("  file       {} bytes\n", size);
  }
}

}  // namespace

int inspect(const Arguments& arguments) {
  po::options_description options("options");
  options.add_options()("file", po::value<std::string>(),
                        "run or dataset file, also without the option's name");
  options.add_options()("json", po::bool_switch(), "print JSON");
  po::positional_options_description positional;
  positional.add("file", 1);
  const auto values = parse(arguments, options, kUsage, positional);
  if (!values) {
    return static_cast<int>(ExitCode::done);
  }
  require(values->count("file") != 0, "no file given (usage: {})", kUsage);
  inspect_file((*values)["file"].as<std::string>(), (*values)["json"].as<bool>());
  return static_cast<int>(ExitCode::done);
}

}  // namespace cance::cli
