#include "config/method_rows.hpp"

#include <algorithm>
#include <iterator>

#include "config/option_kinds.hpp"

namespace cance::config {
namespace {

std::vector<Option> knn_rows(KnnOptions& k) {
  return {
      number("knn.neighbours", k.neighbours, 1, 10'000, "k, nearest training rows of knn"),
      choice("knn.distance", k.distance, {"mean", "kth"},
             "score: mean of the k distances, or the kth"),
      choice("knn.input", k.input, {"normalised", "raw"}, "rows that are compared"),
      number("knn.rows", k.rows, 0, 1 << 30, "training rows that are kept, drawn by seed; 0: all"),
  };
}

/// What the kernel methods share: which rows they see, and of which columns.
std::vector<Option> projection_rows(const std::string& method, ProjectionOptions& p) {
  return {
      choice(method + ".input", p.input, {"normalised", "raw"}, "rows that " + method + " sees"),
      choice(method + ".projection", p.projection, {"auto", "none", "pca", "whiten"},
             "pca: principal components; whiten: the same with variance 1; auto: whiten for "
             "images, none for tables"),
      number(method + ".explained", p.explained, 0.01, 1.0,
             "share of the variance that the principal components explain"),
  };
}

std::vector<Option> kde_rows(KdeOptions& k) {
  auto rows = projection_rows("kde", k.projection);
  rows.push_back(number("kde.selection_rows", k.selection_rows, 0, 1 << 30,
                        "training rows that choose the bandwidth, drawn by seed; 0: all"));
  return rows;
}

std::vector<Option> ocsvm_rows(OcsvmOptions& o) {
  auto rows = projection_rows("ocsvm", o.projection);
  rows.push_back(number("ocsvm.nu", o.nu, 1e-6, 1.0, "highest share of the training rows outside"));
  rows.push_back(number("ocsvm.gamma", o.gamma, 0.0, 1e9,
                        "of the kernel exp(-gamma d^2); 0: 1 / (columns x variance)"));
  rows.push_back(
      number("ocsvm.tolerance", o.tolerance, 1e-12, 1.0, "at which the dual problem is solved"));
  rows.push_back(number("ocsvm.rows", o.rows, 0, 1 << 30,
                        "training rows that are kept, drawn by seed; 0: all"));
  return rows;
}

std::vector<Option> mahalanobis_rows(MahalanobisOptions& m) {
  return {
      choice("mahalanobis.input", m.input, {"normalised", "raw"}, "rows that mahalanobis sees")};
}

}  // namespace

std::vector<Option> method_rows(Config& c) {
  std::vector<Option> all;
  for (auto& rows :
       {knn_rows(c.knn), kde_rows(c.kde), ocsvm_rows(c.ocsvm), mahalanobis_rows(c.mahalanobis)}) {
    std::ranges::copy(rows, std::back_inserter(all));
  }
  return all;
}

}  // namespace cance::config
