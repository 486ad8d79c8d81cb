// Reads runs one at a time into light records: numbers of every cell, what is drawn of the
// first seed of each case only. What is held grows with the cells, never with the rows they scored.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "report/runs/cell_record.hpp"
#include "report/runs/drawn.hpp"

namespace cance::report {

/// Cells that belong in one table.
struct CellGroup {
  std::string dataset, protocol, variant, representation;
  std::string default_variant;       ///< of the sweep that `variant` belongs to; empty without
  std::vector<std::string> methods;  ///< in the order of every table
  std::vector<std::string> cases;    ///< numbers inside names in numeric order
  std::vector<std::int64_t> seeds;
  std::vector<CellRecord> cells;               ///< by case, then seed
  std::map<std::string, CellFigures> figures;  ///< of the lowest seed of the first cases

  /// "mnist / unimodal / autoencoder", "noise_ratio=4 / " in front of a variant, ", schedule 0.1"
  /// where the lengths of training are shorter.
  [[nodiscard]] std::string title() const;
  [[nodiscard]] const CellRecord* find(const std::string& case_name, std::int64_t seed) const;
  /// The method whose scores are drawn: "cance" where it ran, else the best by mean AUROC.
  [[nodiscard]] std::string main_method() const;
};

struct Skipped {
  std::filesystem::path file;
  std::string reason;
};

struct Gathered {
  std::vector<CellGroup> groups;                ///< in the paper's order, members before ensembles
  std::size_t unjudged = 0;                     ///< runs without metrics (protocol fit)
  std::vector<Skipped> skipped;                 ///< damaged, incomplete, or a second file of a cell
  std::map<std::string, std::string> settings;  ///< SHA-256 -> shared settings text
  [[nodiscard]] std::size_t cell_count() const;
};

/// Reads all runs that `paths` name: run directories, run files, archives. Runs that share the
/// methods of a cell out among them become one cell; those of methods that look at no
/// representation stand beside the methods of any. Where two runs of the same rows have a method,
/// the newest counts with `newest`, and otherwise they must agree. Runs that cannot be used are
/// warned of and listed. Error when a path does not exist or no run could be read.
[[nodiscard]] Gathered gather(const std::vector<std::filesystem::path>& paths, bool newest = false);

}  // namespace cance::report
