#include "cli/score_output.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

#include "base/cast.hpp"
#include "base/text.hpp"
#include "cli/score_judgement.hpp"
#include "hdf5/table.hpp"
#include "store/schema.hpp"

namespace cance::cli {
namespace {

constexpr const char* kScoresSchema = "cance-scores";
constexpr const char* kMaps = "error_map";

bool is_hdf5(const std::filesystem::path& path) {
  if (path == "-") {
    return false;
  }
  const std::string ending = path.extension().string();
  require(ending == ".csv" || ending == ".h5",
          "--out {}: unknown kind of file; expected a name that ends in .csv or .h5, or - for CSV "
          "on standard output",
          path.string());
  return ending == ".h5";
}

void write_judgement(const hdf5::Group& root, const Judgement& judgement) {
  std::vector<std::string> labels;
  std::vector<std::int64_t> normal, rows, flagged;
  std::vector<double> auroc;
  for (const KindCounts& kind : judgement.kinds) {
    labels.push_back(kind.name);
    normal.push_back(kind.normal ? 1 : 0);
    rows.push_back(signed_size(kind.rows));
    flagged.push_back(signed_size(kind.flagged));
    auroc.push_back(kind.auroc);
  }
  hdf5::write_table(root, "kinds",
                    {{{"label", labels},
                      {"normal", normal},
                      {"rows", rows},
                      {"flagged", flagged},
                      {"auroc", auroc}}});
  const std::pair<const char*, double> numbers[] = {{"auroc", judgement.auroc},
                                                    {"auprc", judgement.auprc},
                                                    {"precision", judgement.precision},
                                                    {"recall", judgement.recall},
                                                    {"f1", judgement.f1}};
  for (const auto& [name, value] : numbers) {
    root.set(name, value);
  }
}

}  // namespace

std::vector<std::int64_t> ScoreTable::ranks() const {
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    if (!std::isnan(scores[row])) {
      order.push_back(row);
    }
  }
  std::ranges::stable_sort(order, std::greater(), [this](std::size_t i) { return scores[i]; });
  std::vector<std::int64_t> ranks(scores.size());
  for (std::size_t place = 0; place < order.size(); ++place) {
    ranks[order[place]] = signed_size(place + 1);
  }
  return ranks;
}

std::vector<std::int64_t> ScoreTable::flags() const {
  std::vector<std::int64_t> flags;
  for (const double score : scores) {
    flags.push_back(score <= threshold ? 0 : 1);  // NaN is not
  }
  return flags;
}

ScoreOutput::ScoreOutput(const std::filesystem::path& path)
    : file_(path == "-" ? "/dev/stdout" : path) {
  if (is_hdf5(path)) {
    root_ = hdf5::create_file(file_.temporary(), file_.target().string());
    root_->set("schema", kScoresSchema);
    root_->set("schema_version", store::kSchemaVersion);
    root_->set("complete", false);
  }
}

std::vector<std::string> ScoreTable::leading_columns() const {
  constexpr std::size_t kLeading = 3;
  std::vector<std::string> texts;
  for (std::size_t row = 0; !columns.empty() && row < scores.size(); ++row) {
    const auto part = [&](std::size_t i) -> double {
      const std::size_t place = row * columns.size() + i;
      return column_contributions.empty() ? column_errors[place] : column_contributions[place];
    };
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (part(i) > 0) {  // NaN is not
        order.push_back(i);
      }
    }
    std::ranges::stable_sort(order, std::greater(), part);
    std::vector<std::string> leading;
    for (const std::size_t i : std::span(order).first(std::min(kLeading, order.size()))) {
      leading.push_back(columns[i]);
    }
    texts.push_back(join(leading, "; "));
  }
  return texts;
}

void ScoreOutput::append_maps(std::span<const float> maps, const Shape& shape) {
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
  put(fmt::format("row,{}{}score,rank,flagged{}{}{},state,reason\n",
                  table.names.empty() ? "" : "name,", table.labels.empty() ? "" : "label,",
                  table.groups.empty() ? "" : ",", fmt::join(table.groups, ","),
                  table.columns.empty() ? "" : ",columns"));
  const auto number = [](double value) {
    return std::isnan(value) ? "" : fmt::format("{}", value);
  };
  const auto ranks = table.ranks();
  const auto flags = table.flags();
  const auto leading = table.leading_columns();
  for (std::size_t i = 0; i < table.scores.size(); ++i) {
    std::string line = fmt::format("{},", table.rows[i]);
    line += table.names.empty() ? "" : csv_field(table.names[i]) + ",";
    line += table.labels.empty() ? "" : csv_field(table.labels[i]) + ",";
    line += fmt::format("{},{},{}", number(table.scores[i]), ranks[i], flags[i]);
    for (const auto& column : table.contributions) {
      line += "," + number(column[i]);
    }
    line += leading.empty() ? "" : "," + csv_field(leading[i]);
    put(fmt::format("{},{},{}\n", line, table.states[i], csv_field(table.reasons[i])));
  }
  out.close();
  require(out.good(), "{}: cannot be written ({}); is the disk full?", file_.target().string(),
          std::strerror(errno));
  file_.commit();
}

void ScoreOutput::write(const ScoreTable& table, const ScoreFacts& facts, double typical_score,
                        const Judgement* judgement) {
  if (!root_) {
    write_csv(table);
    return;
  }
  hdf5::Table columns{{{"row", table.rows}}};
  if (!table.names.empty()) {
    columns.columns.emplace_back("name", table.names);
  }
  if (!table.labels.empty()) {
    columns.columns.emplace_back("label", table.labels);
  }
  columns.columns.emplace_back("score", table.scores);
  columns.columns.emplace_back("rank", table.ranks());
  columns.columns.emplace_back("flagged", table.flags());
  for (std::size_t g = 0; g < table.groups.size(); ++g) {
    columns.columns.emplace_back(table.groups[g], table.contributions[g]);
  }
  if (!table.columns.empty()) {
    columns.columns.emplace_back("columns", table.leading_columns());
    const Shape shape{table.scores.size(), table.columns.size()};
    if (!table.column_errors.empty()) {
      root_->write<float>("column_error", table.column_errors, shape);
      root_->set_on("column_error", "columns", table.columns);
    }
    if (!table.column_contributions.empty()) {
      root_->write<double>("column_contribution", table.column_contributions, shape);
      root_->set_on("column_contribution", "columns", table.columns);
      root_->set("background_score", table.background_score);
    }
  }
  columns.columns.emplace_back("state", table.states);
  columns.columns.emplace_back("reason", table.reasons);
  hdf5::write_table(*root_, "table", columns);
  if (judgement != nullptr) {
    write_judgement(*root_, *judgement);
  }
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
