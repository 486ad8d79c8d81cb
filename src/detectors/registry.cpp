// The methods by name, and what a method does that has no form of its own.
#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "detectors/makers.hpp"

namespace cance::detectors {

std::vector<double> scores_of(const Detector& detector, const CellRows& rows) {
  std::vector<double> scores = detector.score(rows);
  for (double& score : scores) {
    score = std::isnan(score) ? kOverflow : std::clamp(score, -kOverflow, kOverflow);
  }
  return scores;
}

void Detector::restore(const SavedMethod&) {
  fail(
      "this method keeps nothing with which it could score new rows; all but random do (--method)");
}

std::string Detector::graph(nn::GraphBuilder&, const GraphRows&) const {
  fail("this method has no form in onnx or torchscript; choose safetensors, or another (--method)");
}

Made make(const config::EnsembleMethod&, const config::Config&) {
  fail(
      "the method ensemble is not trained: 'cance ensemble RUNS... --out DIR' makes it of finished "
      "runs");
}

namespace {

template <class... Methods>
Made make_one(const std::string& name, const config::MethodList<Methods...>& methods,
              const config::Config& config) {
  Made made;
  const auto try_one = [&](const auto& method) {
    if (method.kFacts.name == name) {
      made = make(method, config);
    }
  };
  (try_one(static_cast<const Methods&>(methods)), ...);
  return made;
}

}  // namespace

std::unique_ptr<Detector> make_detector(const std::string& name, const config::Config& config) {
  Made made = make_one(name, config, config);
  require(made != nullptr, "unknown method '{}'", name);
  return made;
}

}  // namespace cance::detectors
