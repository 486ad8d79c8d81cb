#include "data_prep/tables/table_writer.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace cance::prep {

TableWriter::TableWriter(const std::filesystem::path& out, const std::string& name,
                         const std::string& licence, const Columns& columns,
                         const std::vector<CheckedSource>& sources,
                         const std::vector<std::string>& classes)
    : summary_{.name = name,
               .class_names = classes,
               .column_names = columns.names,
               .one_hot_columns = columns.one_hot,
               .preparation = columns.preparation,
               .row_shape = {columns.width},
               .parts = {},
               .sources = sources},
      writer_(out, dataset_info(summary_, licence)) {}

void TableWriter::append(const std::string& part, std::span<const float> rows,
                         std::span<const std::int32_t> labels) {
  auto place = std::ranges::find(summary_.parts, part, &PartCounts::part);
  if (place == summary_.parts.end()) {
    summary_.parts.push_back({part, std::vector<std::size_t>(summary_.class_names.size())});
    place = summary_.parts.end() - 1;
  }
  writer_.append_rows(part, rows, summary_.row_shape[0], labels);
  add_labels(*place, labels);
}

PrepSummary TableWriter::finish() {
  require(!summary_.parts.empty(), "{}: there are no rows", summary_.name);
  for (const PartCounts& part : summary_.parts) {
    require(part.part == "test" || part.rows_by_class[kNormal] > 0,
            "{}: no normal rows in part '{}', so nothing could train on it", summary_.name,
            part.part);
  }
  writer_.commit();
  return summary_;
}

}  // namespace cance::prep
