// The likelihood methods on images: a team of any size trains what one rank trains, also where a
// rank has no row of a batch.
#include "tests/mpi/trained_methods.hpp"

int main(int argc, char** argv) {
  using namespace cance;
  tests::team_test_main(argc, argv, /*tensors=*/204, [](const nn::Team& team, at::Device device) {
    return tests::trained(tests::kLikelihoodMethods, {1, 8, 8}, tests::kFew, team, device);
  });
}
