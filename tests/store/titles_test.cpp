// The line that a finished cell leaves in the log.
#include "store/titles.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace cance {
namespace {

using Metrics = std::vector<store::Metric>;

TEST(MetricsText, NamesEachMethodAndMetricOnce) {
  EXPECT_EQ(
      store::metrics_text(Metrics{{"error", "auroc", .91}, {"cance", "auroc", .98432}}, "unimodal"),
      "AUROC: Error 0.9100, CANCE 0.9843");
}

TEST(MetricsText, LeadsWithF1WhereRowsAreFlagged) {
  EXPECT_EQ(store::metrics_text(Metrics{{"random", "auroc", .5009},
                                        {"random", "precision", .08},
                                        {"random", "recall", .09},
                                        {"random", "f1", .0875},
                                        {"knn", "auroc", .7584},
                                        {"knn", "precision", .3},
                                        {"knn", "recall", .4},
                                        {"knn", "f1", .3429}},
                                "goad"),
            "F1 / AUROC: Random 0.0875 / 0.5009, k-NN 0.3429 / 0.7584");
}

TEST(MetricsText, SaysWhichClassTheF1OfARuleFinds) {
  const Metrics metrics{{"knn", "auroc", .9}, {"knn", "f1", .75}};
  EXPECT_EQ(store::metrics_text(metrics, "drocc"),
            "F1 of normal rows / AUROC: k-NN 0.7500 / 0.9000");
  EXPECT_EQ(store::metric_title("recall", "drocc"), "recall of normal rows");
  EXPECT_EQ(store::metric_title("f1", "dagmm"), "F1");
}

TEST(MetricsText, LeadsWithTheMeanOfKinds) {
  EXPECT_EQ(store::metrics_text(Metrics{{"cance", "auroc", .9},
                                        {"cance", "auroc:fog", .8},
                                        {"cance", "auroc:shear", .7},
                                        {"cance", "auroc_kinds", .75}},
                                "unimodal"),
            "mean AUROC of kinds / AUROC: CANCE 0.7500 / 0.9000");
}

}  // namespace
}  // namespace cance
