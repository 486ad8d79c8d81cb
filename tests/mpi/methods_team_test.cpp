// The comparison methods: a team of any size trains what one rank trains, also where a rank has no
// row of a batch.
#include "tests/mpi/trained_methods.hpp"

int main(int argc, char** argv) {
  using namespace cance;
  return tests::team_test_main(argc, argv, /*tensors=*/30,
                               [](const nn::Team& team, torch::Device device) {
                                 return tests::trained(tests::kTableMethods, {5}, team, device);
                               });
}
