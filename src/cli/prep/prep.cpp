// `cance prep`: from raw files, or from nothing, to a dataset file.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/output_path.hpp"
#include "cli/prep/prep_sets.hpp"
#include "data_prep/catalogue.hpp"
#include "data_prep/published/download.hpp"

namespace cance::cli {
namespace {

constexpr const char* kUsage =
    "cance prep SET --raw DIR|FILE --out FILE.h5 | cance prep SET --download [--raw DIR] "
    "[--out FILE.h5] | cance prep glyphs --out FILE.h5";

void print_sets() {
  fmt::print("data sets:\n");
  for (const PrepSet& set : prep_sets()) {
    const auto lines = split(set.about, '\n');
    fmt::print("  {:<14} {}\n", set.name, lines.front());
    for (std::size_t i = 1; i < lines.size(); ++i) {
      fmt::print("  {:<14} {}\n", "", lines[i]);
    }
  }
}

void print_summary(const prep::PrepSummary& summary, const std::string& out) {
  const auto rows = summary.row_shape.empty()
                        ? "encoded pictures, for cance extract"
                        : fmt::format("rows of {}", fmt::join(summary.row_shape, " x "));
  fmt::print("{}: {}, {}\n", out, summary.name, rows);
  for (const prep::PartCounts& part : summary.parts) {
    const auto total =
        std::accumulate(part.rows_by_class.begin(), part.rows_by_class.end(), std::size_t{0});
    fmt::print("  {:<6} {:>7} rows; by class: {}\n", part.part, total,
               fmt::join(part.rows_by_class, " "));
  }
  for (const prep::CheckedSource& source : summary.sources) {
    fmt::print("  source {:<30} SHA-256 {} ({})\n", source.file.name, source.file.sha256,
               source.known ? "as published" : "unknown to the catalogue");
  }
}

po::options_description options() {
  po::options_description description("options");
  auto add = description.add_options();
  add("set", po::value<std::string>(), "data set, also without the option's name; see below");
  add("raw", po::value<std::string>(), "folder of the files as published, or the file");
  add("out", po::value<std::string>(), "dataset file to write");
  add("download", po::bool_switch(),
      "fetch the published files first, into --raw or raw/SET; interrupted, it goes on where it "
      "was. CANCE_CATALOGUE_URL names a mirror, which holds SET/FILE");
  add_set_options(description);
  return description;
}

std::string needed(const po::variables_map& values, const std::string& option) {
  const std::string name = option == "set" ? "a data set" : "--" + option;
  require(values.count(option) != 0, "{} is needed (usage: {})", name, kUsage);
  return values[option].as<std::string>();
}

const PrepSet& set_of(const std::string& name) {
  std::vector<std::string> names;
  for (const PrepSet& set : prep_sets()) {
    if (set.name == name) {
      return set;
    }
    names.push_back(set.name);
  }
  fail("unknown data set '{}'{} (known: {})", name, did_you_mean(name, names), join(names, ", "));
}

/// The sets that take `option`.
std::string takers(const std::string& option) {
  std::vector<std::string> names;
  for (const PrepSet& set : prep_sets()) {
    if (contains(set.options, option)) {
      names.push_back(set.name);
    }
  }
  return join(names, ", ");
}

void refuse_options_of_others(const PrepSet& set, const po::variables_map& values) {
  for (const auto& [option, value] : values) {
    const bool common = option == "set" || option == "out" || value.defaulted();
    require(common || contains(set.options, option), "--{} is not for {}, only for {}", option,
            set.name, takers(option));
  }
}

/// Where the raw files are or will be; empty for a set that has none.
std::string raw_place(const PrepSet& set, const po::variables_map& values) {
  if (!contains(set.options, "raw")) {
    return "";
  }
  const bool fetched = values["download"].as<bool>();
  return fetched && values.count("raw") == 0 ? "raw/" + set.name : needed(values, "raw");
}

}  // namespace

int prep(const Arguments& arguments) {
  po::positional_options_description positional;
  positional.add("set", 1);
  const auto values = parse(arguments, options(), kUsage, positional);
  if (!values) {
    print_sets();
    return static_cast<int>(ExitCode::done);
  }
  const PrepSet& set = set_of(needed(*values, "set"));
  refuse_options_of_others(set, *values);
  const std::string raw = raw_place(set, *values);
  if ((*values)["download"].as<bool>()) {
    prep::download_set(prep::public_set(set.name), raw);
    if (values->count("out") == 0) {
      return static_cast<int>(ExitCode::done);
    }
  }
  const std::string out = needed(*values, "out");
  require_expendable(out, {raw}, "dataset");
  print_summary(set.call({.set = set.name, .raw = raw, .out = out, .values = *values}), out);
  return static_cast<int>(ExitCode::done);
}

}  // namespace cance::cli
