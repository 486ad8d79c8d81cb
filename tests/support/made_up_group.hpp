// Groups of made-up cells, for tests of tables and of tests between methods.
#pragma once

#include <string>

#include "report/runs/gather.hpp"

namespace cance::tests {

/// Cells of `cases` x `seeds` with the classes 0, 1, ... ; AUROC of cnce is .9 + difference(case,
/// seed), of the others .9.
template <class Difference>
report::CellGroup made_up_group(int cases, int seeds, const Difference& difference) {
  report::CellGroup group;
  group.dataset = "made-up";
  group.protocol = "unimodal";
  group.representation = "autoencoder";
  group.methods = {"error", "latnce", "cnce", "cance"};
  for (int seed = 0; seed < seeds; ++seed) {
    group.seeds.push_back(seed);
  }
  for (int k = 0; k < cases; ++k) {
    group.cases.push_back("class" + std::to_string(k));
    for (int seed = 0; seed < seeds; ++seed) {
      report::CellRecord cell;
      cell.case_name = group.cases.back();
      cell.seed = seed;
      report::Run& run = cell.runs.emplace_back();
      for (const std::string& method : group.methods) {
        run.methods[method] = "settings";
        cell.metrics[method][report::kAuroc] = 0.9 + (method == "cnce" ? difference(k, seed) : 0.0);
      }
      group.cells.push_back(cell);
    }
  }
  return group;
}

}  // namespace cance::tests
