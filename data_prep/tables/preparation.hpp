// How raw rows became those of a dataset file, so that new rows can be made the same way.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data_prep/tables/row_encoder.hpp"
#include "data_prep/tables/table_writer.hpp"
#include "image/image.hpp"

namespace cance::prep {

struct Preparation {
  std::vector<RawColumn> columns = {};  ///< of the raw table in its order; none: not a raw table
  std::string label = {};               ///< the left out one of them that says what is normal
  bool header = true;                   ///< whether the raw table begins with their names
  bool decimal_commas = false;          ///< whether its numbers have decimal commas
  bool pictures = false;                ///< resized, and the middle taken
  std::optional<image::SampleRange> range = {};  ///< of pictures of 16 bits
};

[[nodiscard]] std::string preparation_text(const Preparation& preparation);
/// Error, with `where`: not such a text. An empty one is none.
[[nodiscard]] Preparation parse_preparation(const std::string& text, const std::string& where);

/// What a dataset file says of the numbers that come out.
[[nodiscard]] TableWriter::Columns columns_of(const RowEncoder& encoder,
                                              const Preparation& preparation);

}  // namespace cance::prep
