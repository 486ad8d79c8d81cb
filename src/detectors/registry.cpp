// The methods by name: adding one is a row here.
#include <array>
#include <utility>

#include "base/error.hpp"
#include "detectors/detector.hpp"

namespace cance::detectors {

void Detector::restore(const SavedMethod&) {
  fail(
      "this method keeps nothing with which it could score new rows; those that do are all but "
      "random and knn (--method)");
}

std::string Detector::graph(nn::GraphBuilder&, const GraphRows&) const {
  fail("this method has no form in onnx or torchscript; choose safetensors, or another (--method)");
}

std::unique_ptr<Detector> make_detector(const std::string& name, const config::Config& config) {
  using Maker = std::unique_ptr<Detector> (*)(const config::Config&);
  static constexpr std::array<std::pair<std::string_view, Maker>, 21> kMethods{{
      {"random", make_random},
      {"knn", make_knn},
      {"kde", make_kde},
      {"ocsvm", make_ocsvm},
      {"mahalanobis", make_mahalanobis},
      {"pixelcnn", make_pixelcnn},
      {"vae", make_vae},
      {"lsa", make_lsa},
      {"goad", make_goad},
      {"deep_svdd", make_deep_svdd},
      {"deep_sad", make_deep_sad},
      {"drocc", make_drocc},
      {"dagmm", make_dagmm},
      {"dagmm_1", make_dagmm_1},
      {"dagmm_cance", make_dagmm_cance},
      {"dpad", make_dpad},
      {"error", make_error},
      {"latnce", make_latnce},
      {"gaussian", make_gaussian},
      {"cnce", make_cnce},
      {"cance", make_cance},
  }};
  for (const auto& [method, maker] : kMethods) {
    if (method == name) {
      return maker(config);
    }
  }
  fail("unknown method '{}'", name);
}

}  // namespace cance::detectors
