// Fits comparison methods on small drawn rows: what they keep, their curves and their scores.
#pragma once

#include <vector>

#include "base/random.hpp"
#include "detectors/detector.hpp"
#include "tests/mpi/same_as_alone.hpp"

namespace cance::tests {

/// Settings of every method with which it takes a moment; nets for images of 8 x 8 too.
inline config::Config small_methods(int batch) {
  config::Config config;
  config.goad.transforms = 6;
  config.goad.size = 4;
  config.goad.training = {batch, 2, 0, 1e-2, 0, {50}};
  for (auto* svdd : {&config.deep_svdd, &config.deep_sad}) {
    svdd->hidden = {8};
    svdd->latent = 16;
    svdd->pretraining = {batch, 2, 0, 1e-3, 1e-6, {}};
    svdd->training = {batch, 2, 0, 1e-3, 1e-6, {}};
  }
  config.deep_svdd.objective = "soft-boundary";
  config.deep_svdd.warmup_epochs = 1;
  config.drocc.hidden = 8;
  config.drocc.ascent_steps = 11;
  config.drocc.pretraining_epochs = 1;
  config.drocc.training = {batch, 2, 0, 1e-3, 0, {}};
  config.dagmm.hidden = {8, 4};
  config.dagmm.training = {batch, 3, 0, 1e-2, 0, {}};
  config.nce.hidden = {8};
  config.nce.epochs = 2;
  config.dpad.hidden = {8};
  config.dpad.latent = 16;
  config.dpad.training = {batch, 3, 0, 1e-2, 0, {}};
  config.dpad.channels = config.drocc.channels = {3};
  config.deep_svdd.channels = config.deep_sad.channels = {3};
  const config::TrainingOptions training{batch, 2, 0, 1e-3, 0, {50}};
  config.pixelcnn = {8, 4, 2, 1, training};
  config.vae = {{4, 6}, 3, 0.7, 2, training};
  config.lsa = {{4, 6}, 3, 5, {4, 4}, 1, training};
  return config;
}

inline const std::vector<std::string> kTableMethods{
    "knn",   "lof",   "iforest",     "ecod",        "copod",     "loda",
    "kde",   "ocsvm", "mahalanobis", "goad",        "deep_svdd", "deep_sad",
    "drocc", "dagmm", "dagmm_1",     "dagmm_cance", "dpad"};
inline const std::vector<std::string> kImageMethods{"deep_svdd", "deep_sad", "drocc", "dpad"};
inline const std::vector<std::string> kLikelihoodMethods{"pixelcnn", "vae", "lsa"};

/// Rows of this shape, uniform in (0, 1), float64.
inline at::Tensor uniforms(std::int64_t rows, std::vector<std::int64_t> shape,
                           std::uint64_t stream) {
  shape.insert(shape.begin(), rows);
  at::Tensor t = at::empty(shape, at::kDouble);
  Random(3, Purpose::test, stream)
      .fill_uniform(std::span(t.mutable_data_ptr<double>(), static_cast<std::size_t>(t.numel())));
  return t;
}

struct SampleSize {
  std::int64_t train, validation, test;
  int batch;
};
inline constexpr SampleSize kFew{62, 9, 21, 20};         ///< the last batch has 2 rows
inline constexpr SampleSize kMany{1121, 600, 530, 160};  ///< 1 row; more than a block each

/// Of every method in turn, in float64.
inline std::vector<at::Tensor> trained(const std::vector<std::string>& methods,
                                       const std::vector<std::int64_t>& shape,
                                       const SampleSize& size, const nn::Team& team,
                                       at::Device device) {
  nn::Compute compute;
  compute.type = at::kDouble;
  compute.device = device;
  compute.team = team;
  nn::TensorRows train_x(compute.to_device(uniforms(size.train, shape, 1))),
      validation_x(compute.to_device(uniforms(size.validation, shape, 2))),
      test_x(compute.to_device(uniforms(size.test, shape, 3))),
      labelled_x(compute.to_device(uniforms(7, shape, 4)));
  const stats::Moments none(1);
  const represent::FeatureTransform transform;
  std::vector<at::Tensor> results;
  for (const std::string& method : methods) {
    const auto detector = detectors::make_detector(method, small_methods(size.batch));
    store::Histories histories;
    detector->fit({{at::Tensor(), &train_x, &train_x},
                   {at::Tensor(), &validation_x, &validation_x},
                   transform,
                   none,
                   none,
                   /*seed=*/9,
                   compute,
                   nullptr,
                   [](const nn::StageProgress&) {},
                   {at::Tensor(), &labelled_x, &labelled_x},
                   &histories});
    append(results, detector->state());
    results.push_back(at::tensor(detector->score({at::Tensor(), &test_x, &test_x})));
    for (const auto& [stage, history] : histories) {
      results.push_back(at::tensor(history.validation_loss, at::kDouble));
    }
  }
  return results;
}

}  // namespace cance::tests
