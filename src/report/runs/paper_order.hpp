// The experiments of the paper, in its order: where groups of cells stand in a report.
#pragma once

#include <cstddef>
#include <string>

namespace cance::report {

/// "cifar10" of "cifar10-heldout", "cifar10-resnet18" of its features, "mnist-c" of
/// "mnist-c-generated": the data set whose numbers and place in the paper this one has.
[[nodiscard]] std::string known_dataset(const std::string& dataset);

struct PaperPlace {
  std::size_t rank = 0;  ///< in the paper's order; that of others is one behind the last
  std::string text;      ///< "Table 2 (MNIST)... (configs/paper/mnist-unimodal.cfg)"; else empty
};

[[nodiscard]] PaperPlace paper_place(const std::string& dataset, const std::string& protocol);

}  // namespace cance::report
