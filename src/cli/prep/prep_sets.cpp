#include "cli/prep/prep_sets.hpp"

#include <filesystem>

#include "data_prep/catalogue.hpp"
#include "data_prep/drawn/glyphs.hpp"
#include "data_prep/published/cifar10.hpp"
#include "data_prep/published/sets.hpp"

namespace cance::cli {
namespace {

prep::PrepSummary glyphs(const PrepCall& call) {
  return prep::prep_glyphs({.train_per_class = call.values["train-per-class"].as<std::int64_t>(),
                            .test_per_class = call.values["test-per-class"].as<std::int64_t>(),
                            .seed = call.values["seed"].as<std::int64_t>()},
                           call.out);
}

prep::PrepSummary idx_set(const PrepCall& call) {
  return prep::prep_idx_set(call.set, call.raw, call.out);
}

prep::PrepSummary odds_set(const PrepCall& call) {
  return prep::prep_odds(call.set, call.raw, call.out);
}

/// The function of a row whose preparation takes nothing but `raw` and `out`.
template <auto prepare>
prep::PrepSummary plain(const PrepCall& call) {
  return prepare(call.raw, call.out);
}

/// A row for a set of the catalogue.
PrepSet published(const std::string& name, prep::PrepSummary (*call)(const PrepCall&)) {
  const prep::PublicSet& set = prep::public_set(name);
  return {.name = name,
          .about = fmt::format("{}\n{}; {}", set.about, set.address, set.licence),
          .options = {"raw", "download"},
          .call = call};
}

}  // namespace

std::string PrepCall::text(const char* option) const {
  return values.count(option) != 0 ? values[option].as<std::string>() : "";
}

std::string PrepCall::name() const {
  const std::string given = text("name");
  return given.empty() ? std::filesystem::path(out).stem().string() : given;
}

std::span<const PrepSet> prep_sets() {
  static const std::vector<PrepSet> sets{
      {.name = "glyphs",
       .about = fmt::format("drawn digits, 28 x 28\ngenerated; {}", prep::kGlyphLicence),
       .options = {"train-per-class", "test-per-class", "seed"},
       .call = glyphs},
      published("mnist", idx_set),
      published("fashion-mnist", idx_set),
      {.name = "mnist-c",
       .about = "MNIST under 15 corruptions: out of mnist_c (zenodo.org/records/3239543), or\n"
                "generated out of MNIST's files; CC BY 4.0",
       .options = {"raw"},
       .call = plain<prep::prep_mnist_c>},
      published("cifar10", plain<prep::prep_cifar10>),
      published("kddcup99", plain<prep::prep_kddcup99>),
      published("abalone", plain<prep::prep_abalone>),
      published("thyroid", odds_set),
      published("arrhythmia", odds_set),
      published("adbench", plain<prep::prep_adbench>),
      {.name = "folder",
       .about = "your own pictures, JPEG, PNG or BMP\nin train/normal, test/normal, "
                "test/anomalous/KIND, or as MVTec AD has them, or a folder a class (--normal)",
       .options = {"raw", "size", "name", "grey", "colour", "range", "skip-broken", "normal"},
       .call = prep_folder},
      {.name = "table",
       .about =
           "your own table: .csv, .txt, .dat, .tsv (also .gz), .npy, .npz, .mat, .h5 (X and y, or "
           "X_train, y_train, X_test, y_test)\ncolumns of text become one-hot, refused where over "
           "20 texts, and over half as many as rows, differ\nwhat was found is printed",
       .options = {"raw", "test-raw", "name", "label", "labels", "test-labels", "normal",
                   "categorical", "drop", "missing", "header", "encoding"},
       .call = prep_table},
  };
  return sets;
}

void add_set_options(po::options_description& description) {
  const prep::GlyphOptions defaults;
  auto add = description.add_options();
  add("train-per-class", po::value<std::int64_t>()->default_value(defaults.train_per_class),
      "glyphs: training images of each digit");
  add("test-per-class", po::value<std::int64_t>()->default_value(defaults.test_per_class),
      "glyphs: test images of each digit");
  add("seed", po::value<std::int64_t>()->default_value(defaults.seed), "glyphs: 0 or more");
  add_folder_options(description);
  add_table_options(description);
}

}  // namespace cance::cli
