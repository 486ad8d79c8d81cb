#include "pipeline/apply/restored_method.hpp"

#include "base/error.hpp"
#include "config/load.hpp"
#include "config/methods.hpp"
#include "nn/sequence.hpp"

namespace cance::pipeline {
namespace {

/// The tensors whose names begin with `prefix`, without it.
store::TensorMap tensors_of(const store::RunRecord& run, const std::string& prefix) {
  store::TensorMap found;
  for (const auto& [name, tensor] : run.model) {
    if (name.starts_with(prefix)) {
      found.emplace(name.substr(prefix.size()), tensor);
    }
  }
  return found;
}

Matrix<double> covariance_of(const store::MomentsRecord& moments) {
  return {moments.mean.size(), moments.mean.size(), moments.covariance};
}

/// Numbers of all tensors of the run, for the networks that are made of them.
std::size_t numbers_of(const store::RunRecord& run) {
  std::size_t numbers = 0;
  for (const auto& [name, tensor] : run.model) {
    numbers += tensor.values.size();
  }
  return numbers;
}

}  // namespace

config::Config trained_settings(const store::RunInfo& info) {
  return config::parse_config(info.config, info.cell, info.chosen);
}

std::unique_ptr<represent::Representation> restored_representation(const store::RunRecord& run,
                                                                   const nn::Compute& compute) {
  const config::Config config = trained_settings(run.info);
  try {
    const nn::ParameterBudget budget(numbers_of(run));
    auto representation =
        represent::make_representation(config, run.input.row, /*seed=*/0, compute);
    representation->restore(run.model);
    return representation;
  } catch (const Error& error) {
    fail("{}: {}", run.info.cell, error.what());
  }
}

std::unique_ptr<detectors::Detector> restored_method(const store::RunRecord& run,
                                                     const std::string& method,
                                                     const nn::Compute& compute) {
  require(run.info.representation != store::kNoRepresentation ||
              !config::methods_need_representation({method}),
          "{}: {}: the run has no representation, which the method scores by", run.info.cell,
          method);
  const config::Config config = trained_settings(run.info);
  auto detector = detectors::make_detector(method, config);
  try {
    const nn::ParameterBudget budget(numbers_of(run));
    detector->restore({tensors_of(run, method + "."),
                       represent::FeatureTransform::restored(config.feature.transform, run.model),
                       run.moments.mean, covariance_of(run.moments), compute});
  } catch (const Error& error) {
    fail("{}: {}: {}", run.info.cell, method, error.what());
  }
  return detector;
}

}  // namespace cance::pipeline
