// `cance prep`: from raw files, or from nothing, to a dataset file.
#include <fmt/format.h>

#include <filesystem>
#include <numeric>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/parse.hpp"
#include "data_prep/catalogue.hpp"
#include "data_prep/glyphs.hpp"
#include "data_prep/image_sets.hpp"

namespace cance::cli {
namespace {

constexpr const char* kUsage =
    "cance prep NAME --raw DIR --out FILE.h5 | cance prep glyphs --out FILE.h5";
constexpr const char* kGlyphs = "glyphs";

void print_sets() {
  fmt::print("data sets:\n  {:<14} generated; {}; needs no --raw\n", kGlyphs, prep::kGlyphLicence);
  for (const prep::PublicSet& set : prep::catalogue()) {
    fmt::print("  {:<14} {}; {}\n", set.name, set.address, set.licence);
  }
}

void print_summary(const prep::PrepSummary& summary, const std::string& out) {
  fmt::print("{}: {}, rows of {}\n", out, summary.name, fmt::join(summary.row_shape, " x "));
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
  const prep::GlyphOptions defaults;
  po::options_description description("options");
  auto add = description.add_options();
  add("name", po::value<std::string>(), "data set, also without the option's name; see below");
  add("raw", po::value<std::string>(), "folder of the files as published, gzipped or not");
  add("out", po::value<std::string>(), "dataset file to write");
  add("train-per-class", po::value<std::int64_t>()->default_value(defaults.train_per_class),
      "glyphs: training images of each digit");
  add("test-per-class", po::value<std::int64_t>()->default_value(defaults.test_per_class),
      "glyphs: test images of each digit");
  add("seed", po::value<std::int64_t>()->default_value(defaults.seed), "glyphs: 0 or more");
  return description;
}

std::string needed(const po::variables_map& values, const std::string& option) {
  const std::string name = option == "name" ? "a data set" : "--" + option;
  require(values.count(option) != 0, "{} is needed (usage: {})", name, kUsage);
  return values[option].as<std::string>();
}

prep::PrepSummary prep_glyph_set(const po::variables_map& values, const std::string& out) {
  require(values.count("raw") == 0, "--raw is not for {}, which is generated", kGlyphs);
  return prep::prep_glyphs({.train_per_class = values["train-per-class"].as<std::int64_t>(),
                            .test_per_class = values["test-per-class"].as<std::int64_t>(),
                            .seed = values["seed"].as<std::int64_t>()},
                           out);
}

prep::PrepSummary prep_public_set(const po::variables_map& values, const std::string& name,
                                  const std::string& out) {
  for (const char* option : {"train-per-class", "test-per-class", "seed"}) {
    require(values[option].defaulted(), "--{} is only for {}, not for {}", option, kGlyphs, name);
  }
  return prep::prep_idx_set(name, needed(values, "raw"), out);
}

}  // namespace

int prep(const Arguments& arguments) {
  po::positional_options_description positional;
  positional.add("name", 1);
  const auto values = parse(arguments, options(), kUsage, positional);
  if (!values) {
    print_sets();
    return static_cast<int>(ExitCode::done);
  }
  const std::string name = needed(*values, "name");
  if (name != kGlyphs) {
    static_cast<void>(prep::public_set(name, {kGlyphs}));
  }
  const std::string out = needed(*values, "out");
  require(!std::filesystem::is_directory(out), "{}: is a folder, expected a file to write", out);
  const auto summary =
      name == kGlyphs ? prep_glyph_set(*values, out) : prep_public_set(*values, name, out);
  print_summary(summary, out);
  return static_cast<int>(ExitCode::done);
}

}  // namespace cance::cli
