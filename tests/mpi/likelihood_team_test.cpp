// The likelihood methods on images: a team of any size trains what one rank trains, also where a
// rank has no row of a batch.
#include "base/random.hpp"
#include "detectors/detector.hpp"
#include "tests/mpi/same_as_alone.hpp"

namespace cance {
namespace {

using torch::Tensor;

Tensor uniforms(std::int64_t rows, std::uint64_t stream) {
  Tensor t = torch::empty({rows, 1, 8, 8}, torch::kFloat64);
  Random(3, Purpose::test, stream)
      .fill_uniform(std::span(t.mutable_data_ptr<double>(), static_cast<std::size_t>(t.numel())));
  return t;
}

config::Config small() {
  config::Config config;
  const config::TrainingOptions training{20, 2, 0, 1e-3, 0, {50}};
  config.pixelcnn = {8, 4, 2, 1, training};
  config.vae = {{4, 6}, 3, 0.7, 2, training};
  config.lsa = {{4, 6}, 3, 5, {4, 4}, 1, training};
  return config;
}

/// State, curves and scores of every method.
std::vector<Tensor> train(const nn::Team& team, torch::Device device) {
  nn::Compute compute;
  compute.type = torch::kFloat64;
  compute.device = device;
  compute.team = team;
  nn::TensorRows train_x(compute.place(uniforms(62, 1))),  // the last batch has 2 rows
      validation_x(compute.place(uniforms(9, 2))), test_x(compute.place(uniforms(21, 3)));
  const stats::Moments none(1);
  const represent::FeatureTransform transform;
  const detectors::TrainingData data{{Tensor(), &train_x, &train_x},
                                     {Tensor(), &validation_x, &validation_x},
                                     transform,
                                     none,
                                     none,
                                     /*seed=*/9,
                                     compute,
                                     nullptr,
                                     [](const nn::StageProgress&) {}};
  std::vector<Tensor> results;
  for (const char* method : {"pixelcnn", "vae", "lsa"}) {
    const auto detector = detectors::make_detector(method, small());
    detector->fit(data);
    tests::append(results, detector->state());
    results.push_back(torch::tensor(detector->score({Tensor(), &test_x, &test_x})));
    results.push_back(torch::tensor(detector->history()->validation_loss, torch::kFloat64));
  }
  return results;
}

}  // namespace
}  // namespace cance

int main(int argc, char** argv) {
  return cance::tests::team_test_main(argc, argv, /*tensors=*/150, cance::train);
}
