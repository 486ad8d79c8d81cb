// The row `table` of `cance prep`.
#include <algorithm>
#include <cstdio>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/prep/prep_sets.hpp"
#include "data_prep/tables/table_plan.hpp"

namespace cance::cli {
namespace {

/// The words of 'a,b,"c, d"'; none when the option was not given.
std::vector<std::string> list_of(const PrepCall& call, const char* option) {
  return call.values.count(option) == 0 ? std::vector<std::string>()
                                        : parse_names(call.text(option), option);
}

prep::Missing missing_of(const std::string& word) {
  const std::vector<std::string> words{"refuse", "mean", "median"};
  const auto place = std::ranges::find(words, word);
  require(place != words.end(), "--missing is '{}', expected {}", word, join(words, ", "));
  return static_cast<prep::Missing>(place - words.begin());
}

}  // namespace

prep::PrepSummary prep_table(const PrepCall& call) {
  const prep::TablePlan plan =
      prep::plan_table({.files = {.raw = call.raw,
                                  .test_raw = call.text("test-raw"),
                                  .labels = call.text("labels"),
                                  .test_labels = call.text("test-labels"),
                                  .label = call.text("label"),
                                  .encoding = call.text("encoding"),
                                  .header = prep::header_of(call.text("header"))},
                        .name = call.name(),
                        .normal = list_of(call, "normal"),
                        .categorical = list_of(call, "categorical"),
                        .drop = list_of(call, "drop"),
                        .missing = missing_of(call.values["missing"].as<std::string>())});
  fmt::print("{}\n", fmt::join(prep::describe(plan), "\n"));
  std::fflush(stdout);
  return prep::write_table(plan, call.out);
}

void add_table_options(po::options_description& description) {
  auto add = description.add_options();
  add("test-raw", po::value<std::string>(),
      "table: a second file; the parts are then train and test instead of all");
  add("label", po::value<std::string>(),
      "table: the column of a CSV with the labels, 0 normal and 1 anomalous (without: all "
      "normal)");
  add("labels", po::value<std::string>(), "table: .npy of the labels of a .npy");
  add("test-labels", po::value<std::string>(), "table: the same of --test-raw");
  add("normal", po::value<std::string>(),
      "table: label values of normal rows, as 'a,b', in double quotes where they hold a comma; "
      "every other value is anomalous; folder: the folders of normal pictures (default: normal, "
      "good, ok)");
  add("header", po::value<std::string>(),
      "table: yes | no: whether the first line of a CSV names the columns, where it holds numbers; "
      "columns without names are x0, x1, ...");
  add("encoding", po::value<std::string>(),
      "table: of a CSV that is not in UTF-8, as cp1252, latin1 or UTF-16 (iconv -l)");
  add("categorical", po::value<std::string>(),
      "table: columns that are to be one-hot, as 'a,b': of numbers, or of texts that nearly all "
      "differ");
  add("drop", po::value<std::string>(), "table: columns to leave out, as 'a,b'");
  add("missing", po::value<std::string>()->default_value("refuse"),
      "table: what becomes of an empty field, NA, NULL, nan, inf and the like: refuse, or mean or "
      "median over the normal rows of all (or of train)");
}

}  // namespace cance::cli
