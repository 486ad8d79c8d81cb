#include "config/methods/knn.hpp"

#include "config/option_kinds.hpp"

namespace cance::config {

std::vector<Option> KnnMethod::keys() {
  return {
      number("knn.neighbours", knn.neighbours, 1, 10'000, "k, nearest training rows of knn"),
      choice("knn.distance", knn.distance, {"mean", "kth"},
             "score: mean of the k distances, or the kth"),
      choice("knn.input", knn.input, {"normalised", "raw"}, "rows that are compared"),
      number("knn.rows", knn.rows, 0, 1 << 30,
             "training rows that are kept, drawn by seed; 0: all"),
  };
}

}  // namespace cance::config
