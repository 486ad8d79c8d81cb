#include "data_prep/prep_summary.hpp"

#include "base/cast.hpp"

namespace cance::prep {

void add_labels(PartCounts& part, std::span<const std::int32_t> labels) {
  for (const std::int32_t label : labels) {
    ++part.rows_by_class.at(to<std::size_t>(label));
  }
}

store::DatasetInfo dataset_info(const PrepSummary& summary, const std::string& licence) {
  store::DatasetInfo info{.name = summary.name,
                          .licence = licence,
                          .class_names = summary.class_names,
                          .column_names = summary.column_names,
                          .sources = {},
                          .one_hot_columns = summary.one_hot_columns,
                          .preparation = summary.preparation};
  for (const CheckedSource& source : summary.sources) {
    info.sources.push_back(source.file);
  }
  return info;
}

}  // namespace cance::prep
