#include "data_prep/prep_summary.hpp"

#include "base/cast.hpp"

namespace cance::prep {

std::vector<std::size_t> count_by_class(std::span<const std::int32_t> labels, std::size_t classes) {
  std::vector<std::size_t> counts(classes);
  for (const std::int32_t label : labels) {
    ++counts.at(to<std::size_t>(label));
  }
  return counts;
}

}  // namespace cance::prep
