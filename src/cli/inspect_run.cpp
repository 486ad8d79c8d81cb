#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "base/ranges.hpp"
#include "cli/inspect.hpp"
#include "config/methods.hpp"
#include "store/titles.hpp"

namespace cance::cli {
namespace {

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
  const bool represented = info.representation != store::kNoRepresentation;
  fmt::print("run {} (seed {}, {})\n", info.cell, info.seed,
             represented ? info.representation : "no representation");
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
  fmt::print("\n");
  if (represented) {
    fmt::print("  moments of {} training rows, cond(S(z)) {:.4g}\n", run.moments.count,
               run.moments.latent_condition);
  }
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

}  // namespace

Json inspect_run(const store::RunRecord& run, bool as_json) {
  if (!as_json) {
    print_run(run);
  }
  return describe(run);
}

}  // namespace cance::cli
