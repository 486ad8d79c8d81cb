#include "report/published.hpp"

namespace cance::report {

std::vector<Published> published_results(const std::string& dataset, const std::string& protocol) {
  if (protocol != "unimodal") {
    return {};
  }
  const std::string lsa = "Abati et al. 2019, Table 1";
  if (dataset == "mnist") {
    return {{"OC-SVM", .951, lsa},
            {"KDE", .814, lsa},
            {"DAE", .942, lsa},
            {"VAE", .969, lsa},
            {"PixCNN", .618, lsa},
            {"GAN", .866, lsa},
            {"LSA", .975, lsa},
            {"1-NN (raw pixels)", .954, lsa},
            {"Deep SVDD", .948, "Ruff et al. 2018"},
            {"OCGAN", .975, "Perera et al. 2019"}};
  }
  if (dataset == "fashion-mnist") {
    return {{"1-NN (raw pixels)", .923, "1-NN to the training images"},
            {"Deep SVDD", .892, "Ruff et al. 2020 (Deep SAD)"},
            {"GOAD", .941, "Bergman and Hoshen 2020"}};
  }
  return {};
}

}  // namespace cance::report
