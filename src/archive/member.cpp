#include "archive/member.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "hdf5/group_hash.hpp"
#include "hdf5/seal.hpp"
#include "stats/judge.hpp"

namespace cance::archive {
namespace {

constexpr double kTolerance = 1e-12;
using Json = nlohmann::json;

stats::Judging judging_of(const store::RunRecord& run) {
  return {stats::flag_rule(run.info.protocol), run.flagged_share, run.kinds, run.kind_names};
}

}  // namespace

std::span<const std::pair<const char*, InfoField>> info_fields() {
  constexpr std::size_t kColumns = 18;  // without the program and the settings
  return store::info_fields().first(kColumns);
}

Member member_of(const store::RunRecord& record) {
  Member member;
  member.info = record.info;
  member.metrics = record.metrics;
  member.anomalies = std::ranges::count(record.labels, 1);
  member.normals = std::ranges::count(record.labels, 0);
  return member;
}

Member examine(const hdf5::Group& group) {
  const store::RunRecord run = store::read_run(group, store::Detail::full);
  static_cast<void>(check_metrics(run));
  Member member = member_of(run);
  member.sha256 = hdf5::group_sha256(group);
  return member;
}

Member examine(const std::filesystem::path& file) {
  Member member = examine(hdf5::open_file(file, /*whole=*/true));
  member.file = file.string();
  member.file_sha256 = hdf5::content_sha256(file);
  return member;
}

void require_cells_once(std::span<const Member> members) {
  std::map<std::string, const Member*> cells;
  for (const Member& member : members) {
    const auto [place, fresh] = cells.emplace(member.info.cell, &member);
    require(fresh, "the cell {} is there twice, in {} and {}; give one of the two",
            member.info.cell, place->second->file, member.file);
  }
}

void require_methods_once(std::span<const Member> members) {
  std::map<std::pair<std::string, std::string>, const Member*> places;
  for (const Member& member : members) {
    for (const store::Metric& metric : member.metrics) {
      const auto [place, fresh] =
          places.emplace(std::pair(member.info.cell, metric.method), &member);
      require(fresh || place->second == &member,
              "{} of the cell {} is there twice, in {} and {}; give one of the two", metric.method,
              member.info.cell, place->second->file, member.file);
    }
  }
}

std::vector<store::Metric> metrics_of(const store::RunRecord& run, const std::string& method,
                                      std::span<const double> scores) {
  if (std::ranges::count(run.labels, 1) == 0) {
    return {};
  }
  return mapped(stats::judge(scores, run.labels, judging_of(run)), [&](const auto& one) {
    return store::Metric{method, one.first, one.second};
  });
}

std::optional<double> metric_value(const store::RunRecord& run, const std::string& method,
                                   const std::string& metric) {
  for (const store::Metric& one : run.metrics) {
    if (one.method == method && one.metric == metric) {
      return one.value;
    }
  }
  return std::nullopt;
}

std::size_t check_metrics(const store::RunRecord& run) {
  if (run.metrics.empty() && std::ranges::count(run.labels, 1) == 0) {
    return 0;  // protocol fit judges nothing
  }
  std::map<std::string, std::map<std::string, double>> computed;
  for (const auto& [method, scores] : run.scores) {
    for (const auto& [metric, value] : stats::judge(scores, run.labels, judging_of(run))) {
      computed[method][metric] = value;
    }
  }
  for (const store::Metric& metric : run.metrics) {
    require(computed.contains(metric.method),
            "/metrics has {} of '{}', but /scores has no such method", metric.metric,
            metric.method);
    const auto& own = computed.at(metric.method);
    const auto found = own.find(metric.metric);
    require(found != own.end(), "/metrics has '{}' of {}, which protocol {} does not have",
            metric.metric, metric.method, run.info.protocol);
    require(std::abs(found->second - metric.value) <= kTolerance,
            "{} of {} is {} by its scores, but /metrics says {}", metric.metric, metric.method,
            found->second, metric.value);
  }
  for (const auto& [method, scores] : run.scores) {
    require(metric_value(run, method, "auroc").has_value(),
            "/scores has {}, but /metrics does not have its auroc", method);
  }
  return run.metrics.size();
}

std::string to_json(const Member& member) {
  Json json;
  for (const auto& [name, field] : info_fields()) {
    std::visit([&, key = name](auto f) { json[key] = member.info.*f; }, field);
  }
  for (const store::Metric& metric : member.metrics) {
    json["metrics"].push_back({metric.method, metric.metric, metric.value});
  }
  json["rows"] = {member.normals, member.anomalies};
  json["from"] = {member.sha256, member.file, member.file_sha256};
  return json.dump();
}

Member from_json(const std::string& text) {
  const Json json = Json::parse(text);
  Member member;
  for (const auto& [name, field] : info_fields()) {
    std::visit([&, key = name](auto f) { json.at(key).get_to(member.info.*f); }, field);
  }
  for (const Json& metric : json.value("metrics", Json::array())) {
    member.metrics.push_back({metric[0], metric[1], metric[2]});
  }
  json["rows"][0].get_to(member.normals);
  json["rows"][1].get_to(member.anomalies);
  json["from"][0].get_to(member.sha256);
  json["from"][1].get_to(member.file);
  json["from"][2].get_to(member.file_sha256);
  return member;
}

}  // namespace cance::archive
