// The cells of a grid and their names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"

namespace cance::config {

/// One unit of work: a dataset, a protocol, a case and a seed.
struct Cell {
  std::string dataset;
  std::string protocol;
  Classes classes;  ///< of the case; none: the dataset says by itself what is normal
  int seed = 0;
  std::string variant = {};  ///< of a sweep, see Experiment; else empty

  [[nodiscard]] std::string case_name() const;  ///< "class3", "class0+8", "all"
  /// "mnist/unimodal/class3/seed0", behind "VARIANT/" in a sweep.
  [[nodiscard]] std::string name() const;
};

/// The cell outside of its sweep, and its name likewise.
[[nodiscard]] Cell without_variant(Cell cell);
[[nodiscard]] std::string without_variant(const std::string& cell);
/// The variant in front of a cell's name, empty where there is none.
[[nodiscard]] std::string variant_of(const std::string& cell);
/// What a variant sets: of "noise_ratio=4,latent=12" the two names with their values.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> variant_values(
    const std::string& variant);
/// Whether it is that of runs which grid.ensembles joined: "ensemble=seeds-max-cance".
[[nodiscard]] bool is_ensemble_variant(const std::string& variant);
/// Whether `name`, in a variant, is that of the setting `key`: its last word, or all of it.
[[nodiscard]] bool names_key(const std::string& name, const std::string& key);
/// A value of a setting as the names of variants have it: "128+128" of "128,128".
[[nodiscard]] std::string variant_value(std::string value);
/// Whether a variant has a name of this setting with this value. Another one may end alike, so the
/// name alone does not tell which is meant.
[[nodiscard]] bool says(const std::string& variant, const std::string& key,
                        const std::string& value);

/// Cases as a text says them: "0-9", "0+1,0+8", "all"; nothing where it does not.
[[nodiscard]] std::optional<std::vector<Classes>> parse_cases(const std::string& text);
[[nodiscard]] std::string cases_text(const std::vector<Classes>& cases);

/// Whether the protocol's cases are classes; the others have the one case "all".
[[nodiscard]] bool has_class_cases(const std::string& protocol);
/// Whether the protocol is one of the three that split the one part of a table, by seed.
[[nodiscard]] bool is_table_rule(const std::string& protocol);
/// Whether the seed draws which rows are judged: by those three, or held out where none is (fit).
[[nodiscard]] bool draws_test_rows(const std::string& protocol);

/// All cells, cases inner, then protocols and data sets, seeds outer: one seed of every case is
/// done first.
[[nodiscard]] std::vector<Cell> grid_cells(const GridSettings& grid);

/// Whether the cell's name, or a tail of it ("class3/seed0"), matches a shell pattern.
[[nodiscard]] bool matches(const Cell& cell, const std::string& pattern);

/// The settings of one cell: those of the grid with its data set, protocol, case and seed alone.
[[nodiscard]] Config cell_config(const Config& config, const Cell& cell);

}  // namespace cance::config
