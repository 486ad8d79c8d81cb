#include "config/methods.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"

namespace cance::config {
namespace {

struct Facts {
  std::string_view name, title;
  std::string_view sections = "";  // of a config, that hold its settings
  bool sees_representation = false;
};
constexpr std::array kMethods = {Facts{"random", "Random"},
                                 Facts{"knn", "k-NN", "knn"},
                                 Facts{"kde", "KDE", "kde"},
                                 Facts{"ocsvm", "OC-SVM", "ocsvm"},
                                 Facts{"mahalanobis", "Mahalanobis", "mahalanobis"},
                                 Facts{"pixelcnn", "PixelCNN", "pixelcnn"},
                                 Facts{"vae", "VAE", "vae"},
                                 Facts{"lsa", "LSA", "lsa"},
                                 Facts{"goad", "GOAD", "goad"},
                                 Facts{"deep_svdd", "Deep SVDD", "deep_svdd deep_svdd_pretraining"},
                                 Facts{"deep_sad", "Deep SAD", "deep_sad deep_sad_pretraining"},
                                 Facts{"drocc", "DROCC", "drocc"},
                                 Facts{"dagmm", "DAGMM", "dagmm"},
                                 Facts{"dagmm_1", "DAGMM-1", "dagmm dagmm_1"},
                                 Facts{"dagmm_cance", "DAGMM-CANCE", "dagmm nce"},
                                 Facts{"dpad", "DPAD", "dpad"},
                                 Facts{"error", "Error", "", true},
                                 Facts{"latnce", "LatNCE", "nce", true},
                                 Facts{"gaussian", "Gaussian", "", true},
                                 Facts{"cnce", "CNCE", "nce", true},
                                 Facts{"cance", "CANCE", "nce", true}};

const Facts* facts_of(const std::string& method) {
  return std::ranges::find(kMethods, method, &Facts::name);
}

bool has_section(const Facts& facts, const std::string& section) {
  const auto names = split(std::string(facts.sections), ' ');
  return std::ranges::find(names, section) != names.end();
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

bool is_method(const std::string& name) { return facts_of(name) != kMethods.end(); }

std::string method_of_stage(const std::string& stage) { return stage.substr(0, stage.find('.')); }

std::string stage_title(const std::string& stage) {
  const std::string method = method_of_stage(stage);
  std::string part = method == stage ? "" : ", " + stage.substr(method.size() + 1);
  std::ranges::replace(part, '_', ' ');
  return method_title(method) + part;
}

bool method_sees_representation(const std::string& method) {
  const Facts* facts = facts_of(method);
  return facts == kMethods.end() || facts->sees_representation;
}

bool methods_read_section(const std::vector<std::string>& methods, const std::string& section) {
  const auto reads = [&](const Facts& facts) { return has_section(facts, section); };
  return std::ranges::none_of(kMethods, reads) ||
         std::ranges::any_of(methods, [&](const std::string& method) {
           const Facts* facts = facts_of(method);
           return facts == kMethods.end() || reads(*facts);
         });
}

}  // namespace cance::config
