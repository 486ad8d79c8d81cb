#include "cli/score_output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <numeric>

#include "base/cast.hpp"
#include "base/text.hpp"
#include "hdf5/lock.hpp"
#include "hdf5/table.hpp"
#include "store/schema.hpp"

namespace cance::cli {
namespace {

constexpr const char* kScoresSchema = "cance-scores";
constexpr const char* kMaps = "error_map";

bool is_hdf5(const std::filesystem::path& path) {
  const std::string ending = path.extension().string();
  require(ending == ".csv" || ending == ".h5",
          "--out {}: unknown kind of file; expected a name that ends in .csv or .h5",
          path.string());
  return ending == ".h5";
}

}  // namespace

std::vector<std::int64_t> ScoreTable::ranks() const {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [this](std::size_t i) { return scores[i]; });
  std::vector<std::int64_t> ranks(scores.size());
  for (std::size_t place = 0; place < order.size(); ++place) {
    ranks[order[place]] = signed_size(place + 1);
  }
  return ranks;
}

ScoreOutput::ScoreOutput(const std::filesystem::path& path) : file_(path) {
  if (is_hdf5(path)) {
    const hdf5::Lock lock;
    root_ = hdf5::create_file(file_.temporary(), file_.target().string());
    root_->set("schema", kScoresSchema);
    root_->set("schema_version", store::kSchemaVersion);
    root_->set("complete", false);
  }
}

void ScoreOutput::append_maps(std::span<const float> maps, const Shape& shape) {
  const hdf5::Lock lock;
  if (!has_maps_) {
    root_->create_rows<float>(kMaps, shape);
    has_maps_ = true;
  }
  root_->append_rows<float>(kMaps, maps);
}

void ScoreOutput::write_csv(const ScoreTable& table) {
  std::ofstream out(file_.temporary(), std::ios::binary);
  const auto put = [&](const std::string& text) {
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
  };
  put(fmt::format("row,{}score,rank,flagged{}{}\n", table.names.empty() ? "" : "name,",
                  table.groups.empty() ? "" : ",", fmt::join(table.groups, ",")));
  const auto ranks = table.ranks();
  for (std::size_t i = 0; i < table.scores.size(); ++i) {
    std::string line = fmt::format("{},", table.rows[i]);
    line += table.names.empty() ? "" : csv_field(table.names[i]) + ",";
    line += fmt::format("{},{},{}", table.scores[i], ranks[i],
                        table.scores[i] > table.threshold ? 1 : 0);
    for (const auto& column : table.contributions) {
      line += fmt::format(",{}", column[i]);
    }
    put(line + "\n");
  }
  out.close();
  require(out.good(), "{}: cannot be written ({}); is the disk full?", file_.target().string(),
          std::strerror(errno));
  file_.commit();
}

void ScoreOutput::write(const ScoreTable& table, const ScoreFacts& facts, double typical_score) {
  if (!root_) {
    write_csv(table);
    return;
  }
  const hdf5::Lock lock;
  hdf5::Table columns{{{"row", table.rows}}};
  if (!table.names.empty()) {
    columns.columns.emplace_back("name", table.names);
  }
  columns.columns.emplace_back("score", table.scores);
  columns.columns.emplace_back("rank", table.ranks());
  std::vector<std::int64_t> flagged;
  for (const double score : table.scores) {
    flagged.push_back(score > table.threshold ? 1 : 0);
  }
  columns.columns.emplace_back("flagged", flagged);
  for (std::size_t g = 0; g < table.groups.size(); ++g) {
    columns.columns.emplace_back(table.groups[g], table.contributions[g]);
  }
  hdf5::write_table(*root_, "table", columns);
  for (const auto& [name, text] : facts) {
    root_->set(name, text);
  }
  root_->set("threshold", table.threshold);
  if (!table.groups.empty()) {
    root_->set("typical_score", typical_score);
  }
  root_->set("complete", true);
  store::finish_file(root_, file_, "scores");
}

}  // namespace cance::cli
