#include "config/methods.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace cance::config {
namespace {

struct Facts {
  std::string_view name, title;
  bool sees_representation = false;
};
constexpr std::array kMethods = {Facts{"random", "Random"},
                                 Facts{"knn", "k-NN"},
                                 Facts{"kde", "KDE"},
                                 Facts{"ocsvm", "OC-SVM"},
                                 Facts{"mahalanobis", "Mahalanobis"},
                                 Facts{"pixelcnn", "PixelCNN"},
                                 Facts{"vae", "VAE"},
                                 Facts{"lsa", "LSA"},
                                 Facts{"goad", "GOAD"},
                                 Facts{"deep_svdd", "Deep SVDD"},
                                 Facts{"deep_sad", "Deep SAD"},
                                 Facts{"drocc", "DROCC"},
                                 Facts{"dagmm", "DAGMM"},
                                 Facts{"dagmm_cance", "DAGMM-CANCE"},
                                 Facts{"dpad", "DPAD"},
                                 Facts{"error", "Error", true},
                                 Facts{"latnce", "LatNCE", true},
                                 Facts{"gaussian", "Gaussian", true},
                                 Facts{"cnce", "CNCE", true},
                                 Facts{"cance", "CANCE", true}};

const Facts* facts_of(const std::string& method) {
  return std::ranges::find(kMethods, method, &Facts::name);
}

}  // namespace

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const Facts& facts : kMethods) {
    names.emplace_back(facts.name);
  }
  return names;
}

int method_rank(const std::string& method) {
  return static_cast<int>(facts_of(method) - kMethods.begin());
}

std::string method_title(const std::string& method) {
  const Facts* facts = facts_of(method);
  return facts == kMethods.end() ? method : std::string(facts->title);
}

bool method_sees_representation(const std::string& method) {
  const Facts* facts = facts_of(method);
  return facts == kMethods.end() || facts->sees_representation;
}

}  // namespace cance::config
