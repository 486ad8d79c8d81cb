#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/inspect.hpp"

namespace cance::cli {
namespace {

/// Cells that differ in case and seed only, as one line.
struct CellGroup {
  std::set<std::string> cases, methods;
  std::set<std::int64_t> seeds;
  std::size_t runs = 0;
};

}  // namespace

Json describe_archive(const archive::ArchiveFile& archive) {
  std::map<std::string, CellGroup> groups;
  Json json = {{"kind", "archive"}, {"runs", archive.members().size()}, {"links", archive.links()}};
  json["cells"] = Json::array();
  for (const archive::Member& member : archive.members()) {
    const store::RunInfo& info = member.info;
    CellGroup& group = groups[info.dataset + " / " + info.protocol + " / " + info.representation];
    group.cases.insert(info.case_name);
    group.seeds.insert(info.seed);
    ++group.runs;
    for (const store::Metric& metric : member.metrics) {
      group.methods.insert(metric.method);
    }
    json["cells"].push_back({{"cell", info.cell},
                             {"config_hash", info.config_hash},
                             {"date", info.date},
                             {"file", member.file},
                             {"file_sha256", member.file_sha256},
                             {"sha256", member.sha256}});
  }
  for (const auto& [name, group] : groups) {
    json["groups"][name] = {{"runs", group.runs},
                            {"cases", group.cases.size()},
                            {"seeds", group.seeds.size()},
                            {"methods", group.methods}};
  }
  return json;
}

void print_archive(const Json& json) {
  fmt::print("archive of {} runs ({})\n", json["runs"].get<std::size_t>(),
             json["links"].get<bool>() ? "links to their files" : "copies");
  for (const auto& [name, group] : json["groups"].items()) {
    fmt::print("  {}: {} runs, {} cases, {} seeds; {}\n", name, group["runs"].get<std::size_t>(),
               group["cases"].get<std::size_t>(), group["seeds"].get<std::size_t>(),
               fmt::join(group["methods"].get<std::vector<std::string>>(), ", "));
  }
  for (const Json& cell : json["cells"]) {
    fmt::print("    {:<44} {}  {}\n", cell["cell"].get<std::string>(),
               cell["config_hash"].get<std::string>().substr(0, 12),
               cell["date"].get<std::string>());
  }
}

}  // namespace cance::cli
