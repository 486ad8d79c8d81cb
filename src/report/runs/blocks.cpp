#include "report/runs/blocks.hpp"

#include <algorithm>
#include <cmath>

#include "base/ranges.hpp"
#include "report/runs/aggregate.hpp"

namespace cance::report {
namespace {

void add_cases(Blocks& blocks, const CellGroup& group) {
  const std::string metric = lead_metric(group);
  for (const std::string& name : group.cases) {
    auto row = mapped(blocks.methods, [&](const std::string& method) {
      return over_seeds(group, name, method, metric).mean;
    });
    blocks.rows.push_back(std::move(row));
  }
}

}  // namespace

Matrix<double> Blocks::complete() const {
  std::vector<double> values;
  std::size_t count = 0;
  for (const auto& row : rows) {
    if (std::ranges::all_of(row, [](double value) { return std::isfinite(value); })) {
      values.insert(values.end(), row.begin(), row.end());
      ++count;
    }
  }
  return {count, methods.size(), std::move(values)};
}

Blocks cell_blocks(const CellGroup& group) {
  Blocks blocks{"cell", group.methods, {}};
  const std::string metric = lead_metric(group);
  for (const CellRecord& cell : group.cells) {
    auto row = mapped(group.methods,
                      [&](const std::string& method) { return cell.metric(method, metric); });
    blocks.rows.push_back(std::move(row));
  }
  return blocks;
}

Blocks case_blocks(const CellGroup& group) {
  Blocks blocks{"case", group.methods, {}};
  add_cases(blocks, group);
  return blocks;
}

Blocks case_blocks(const std::vector<CellGroup>& groups) {
  Blocks blocks{"case", groups.empty() ? std::vector<std::string>{} : groups.front().methods, {}};
  std::erase_if(blocks.methods, [&](const std::string& method) {
    return !std::ranges::all_of(
        groups, [&](const CellGroup& group) { return contains(group.methods, method); });
  });
  for (const CellGroup& group : groups) {
    add_cases(blocks, group);
  }
  return blocks;
}

}  // namespace cance::report
