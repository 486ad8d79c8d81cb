// The comparison methods: a team of any size trains what one rank trains, also where a rank has no
// row of a batch.
#include "base/random.hpp"
#include "detectors/detector.hpp"
#include "nn/convert.hpp"
#include "tests/mpi/same_as_alone.hpp"

namespace cance {
namespace {

using torch::Tensor;

constexpr std::int64_t kColumns = 5;

Tensor uniforms(std::int64_t rows, std::uint64_t stream) {
  Tensor t = torch::empty({rows, kColumns}, torch::kFloat64);
  Random(3, Purpose::test, stream)
      .fill_uniform(std::span(t.mutable_data_ptr<double>(), static_cast<std::size_t>(t.numel())));
  return t;
}

config::Config small() {
  config::Config config;
  config.goad.transforms = 6;
  config.goad.size = 4;
  config.goad.training = {20, 2, 0, 1e-2, 0, {50}};
  for (auto* svdd : {&config.deep_svdd, &config.deep_sad}) {
    svdd->hidden = {8};
    svdd->latent = 3;
    svdd->pretraining = {20, 2, 0, 1e-3, 1e-6, {}};
    svdd->training = {20, 2, 0, 1e-3, 1e-6, {}};
  }
  config.deep_svdd.objective = "soft-boundary";
  config.deep_svdd.warmup_epochs = 1;
  config.drocc.hidden = 8;
  config.drocc.ascent_steps = 11;
  config.drocc.pretraining_epochs = 1;
  config.drocc.training = {20, 2, 0, 1e-3, 0, {}};
  config.dagmm.hidden = {8, 4};
  config.dagmm.training = {20, 3, 0, 1e-2, 0, {}};
  config.dpad.hidden = {8};
  config.dpad.latent = 3;
  config.dpad.training = {20, 3, 0, 1e-2, 0, {}};
  return config;
}

/// State, curves and scores of every method.
std::vector<Tensor> train(const nn::Team& team, torch::Device device) {
  nn::Compute compute;
  compute.type = torch::kFloat64;
  compute.device = device;
  compute.team = team;
  nn::TensorRows train_x(compute.place(uniforms(62, 1))),
      validation_x(compute.place(uniforms(9, 2))), test_x(compute.place(uniforms(21, 3))),
      labelled_x(compute.place(uniforms(7, 4)));  // the last batch has 2 rows
  const stats::Moments none(1);
  const represent::FeatureTransform transform;
  std::vector<Tensor> results;
  for (const char* method : {"knn", "kde", "ocsvm", "mahalanobis", "goad", "deep_svdd", "deep_sad",
                             "drocc", "dagmm", "dpad"}) {
    const auto detector = detectors::make_detector(method, small());
    detector->fit({{Tensor(), &train_x, &train_x},
                   {Tensor(), &validation_x, &validation_x},
                   transform,
                   none,
                   none,
                   /*seed=*/9,
                   compute,
                   nullptr,
                   [](const nn::StageProgress&) {},
                   {Tensor(), &labelled_x, &labelled_x}});
    tests::append(results, detector->state());
    results.push_back(torch::tensor(detector->score({Tensor(), &test_x, &test_x})));
    if (const auto history = detector->history()) {
      results.push_back(torch::tensor(history->validation_loss, torch::kFloat64));
    }
  }
  return results;
}

}  // namespace
}  // namespace cance

int main(int argc, char** argv) {
  return cance::tests::team_test_main(argc, argv, /*tensors=*/30, cance::train);
}
