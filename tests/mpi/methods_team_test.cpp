// The comparison methods: a team of any size trains what one rank trains, also where a rank has no
// row of a batch.
#include "tests/mpi/trained_methods.hpp"

namespace cance {
namespace {

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
  config.nce.hidden = {8};
  config.nce.epochs = 2;
  config.dpad.hidden = {8};
  config.dpad.latent = 3;
  config.dpad.training = {20, 3, 0, 1e-2, 0, {}};
  return config;
}

std::vector<torch::Tensor> train(const nn::Team& team, torch::Device device) {
  return tests::trained({"knn", "kde", "ocsvm", "mahalanobis", "goad", "deep_svdd", "deep_sad",
                         "drocc", "dagmm", "dagmm_1", "dagmm_cance", "dpad"},
                        small(), {5}, team, device);
}

}  // namespace
}  // namespace cance

int main(int argc, char** argv) {
  return cance::tests::team_test_main(argc, argv, /*tensors=*/30, cance::train);
}
