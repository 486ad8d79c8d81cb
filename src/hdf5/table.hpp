// Tables: a group of equal-length columns with `column-order` and `_index` (the anndata
// convention), so that h5py and pandas make a data frame of one in a line.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "hdf5/group.hpp"

namespace cance::hdf5 {

using Column =
    std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>>;

/// Columns of equal length in their order. The first one is the index.
struct Table {
  std::vector<std::pair<std::string, Column>> columns;

  [[nodiscard]] std::size_t rows() const;
  /// The column of this name, or nothing.
  [[nodiscard]] const Column* find(const std::string& name) const;
  /// A column by name and type. Error when absent or of another type.
  [[nodiscard]] const std::vector<double>& numbers(const std::string& name) const;
  [[nodiscard]] const std::vector<std::int64_t>& integers(const std::string& name) const;
  [[nodiscard]] const std::vector<std::string>& texts(const std::string& name) const;
};

/// Writes `table` as the new group `name`. Error when the columns differ in length.
void write_table(const Group& parent, const std::string& name, const Table& table);
/// Reads the table `name`. Error: columns differ in length, or one that is named is absent.
[[nodiscard]] Table read_table(const Group& parent, const std::string& name);

}  // namespace cance::hdf5
