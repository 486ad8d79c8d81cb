// Which rows train, validate and test in a cell: a function of the cell's name alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/cell.hpp"
#include "config/options.hpp"
#include "store/dataset_file.hpp"

namespace cance::data {

struct Split {
  std::string train_part;  ///< part of the dataset file that train and validation index
  std::string test_part;
  std::vector<std::int64_t> train;        ///< ascending, all normal
  std::vector<std::int64_t> validation;   ///< ascending, all normal
  std::vector<std::int64_t> labelled;     ///< ascending, of `train_part`, all anomalous
  std::vector<std::int64_t> test;         ///< ascending
  std::vector<std::uint8_t> test_labels;  ///< 1 = anomalous, by `test`
  std::vector<std::int32_t> test_kinds;   ///< class by `test`; empty: kinds not judged apart
  std::string sha256;                     ///< of the row numbers
};

/// Whether rows of this class are normal in the cell, by its protocol: a class of the case, or
/// class 0 where the protocol has no cases.
[[nodiscard]] bool is_normal(const config::Cell& cell, std::int32_t label);

/// Splits by the cell's protocol (src/protocols.md, sections 1 and 4). With the parts train and
/// test: unimodal and bimodal train on the classes of the case, multimodal on all others, given on
/// class 0; the whole test part is judged. With the one part all: goad trains on half of the
/// normals, dagmm on the normals in half of all rows, drocc on the normals that a balanced test set
/// leaves; the rest is judged. fit takes every normal row of the part train or all, and those held
/// out of training are the test rows. Labelled anomalies, where the options want some, are drawn
/// from those of the train part, under dagmm from those in its half. Errors: no such class, too few
/// rows, no normals or no anomalies to judge (but for fit), too few anomalies to label.
[[nodiscard]] Split make_split(const store::DatasetFile& file, const config::Cell& cell,
                               const config::SplitOptions& options);

/// SHA-256 that names the content of a dataset file, whatever library laid it out: what its numbers
/// were made of and how (sources, preparation, columns), and its labels; without sources its bytes.
[[nodiscard]] std::string dataset_sha256(const store::DatasetFile& file);

}  // namespace cance::data
