// What `cance score` writes: one line or row of a table for every row, and error maps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/atomic_file.hpp"
#include "hdf5/group.hpp"

namespace cance::cli {

/// Scores of all rows; rows number i of the columns belong together.
struct ScoreTable {
  std::vector<std::int64_t> rows;                  ///< numbers in the input
  std::vector<std::string> names;                  ///< none where rows have no names
  std::vector<std::string> labels;                 ///< as written; none where none were asked for
  std::vector<double> scores;                      ///< NaN of a row that could not be scored
  std::vector<std::string> groups;                 ///< of contributions
  std::vector<std::vector<double>> contributions;  ///< by group
  /// Columns of the raw table, and the share of each in the error of each row, row by row.
  std::vector<std::string> columns;
  std::vector<float> column_errors;
  std::vector<double> column_contributions;  ///< what they contribute to the score; may be empty
  double background_score = 0;               ///< to which those are added
  /// "scored", "overflow" or "unscored", and why not "scored".
  std::vector<std::string> states, reasons;
  double threshold = 0;  ///< flagged is what scores above, and what could not be scored

  /// 1 = the highest score; equal ones in the order of the rows; 0 without a score.
  [[nodiscard]] std::vector<std::int64_t> ranks() const;
  [[nodiscard]] std::vector<std::int64_t> flags() const;
  /// Names of the three columns with the greatest contributions, or else errors, of each row,
  /// greatest first: "a; b; c".
  [[nodiscard]] std::vector<std::string> leading_columns() const;
};

struct Judgement;

/// Texts about the whole, for the attributes of an HDF5 file.
using ScoreFacts = std::vector<std::pair<std::string, std::string>>;

/// The file to be: whole or absent.
class ScoreOutput {
 public:
  /// CSV or, by its ending .h5, HDF5; "-" is CSV on standard output. Error: another ending, no
  /// folder to write to.
  explicit ScoreOutput(const std::filesystem::path& path);
  [[nodiscard]] bool takes_maps() const { return root_.has_value(); }
  /// Appends error maps (n, h, w) of `shape` {h, w}.
  void append_maps(std::span<const float> maps, const Shape& shape);
  /// Completes the file.
  void write(const ScoreTable& table, const ScoreFacts& facts, double typical_score,
             const Judgement* judgement);

 private:
  void write_csv(const ScoreTable& table);

  AtomicFile file_;
  std::optional<hdf5::Group> root_;  // of HDF5
  bool has_maps_ = false;
};

}  // namespace cance::cli
