// The likelihood methods on images: a team of any size trains what one rank trains, also where a
// rank has no row of a batch.
#include "tests/mpi/trained_methods.hpp"

namespace cance {
namespace {

config::Config small() {
  config::Config config;
  const config::TrainingOptions training{20, 2, 0, 1e-3, 0, {50}};
  config.pixelcnn = {8, 4, 2, 1, training};
  config.vae = {{4, 6}, 3, 0.7, 2, training};
  config.lsa = {{4, 6}, 3, 5, {4, 4}, 1, training};
  return config;
}

std::vector<torch::Tensor> train(const nn::Team& team, torch::Device device) {
  return tests::trained({"pixelcnn", "vae", "lsa"}, small(), {1, 8, 8}, team, device);
}

}  // namespace
}  // namespace cance

int main(int argc, char** argv) {
  return cance::tests::team_test_main(argc, argv, /*tensors=*/204, cance::train);
}
