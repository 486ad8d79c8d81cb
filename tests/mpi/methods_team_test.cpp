// The comparison methods: a team of any size trains what one rank trains, also where a rank has no
// row of a batch, where a part has more rows than a block, and on images.
#include "tests/mpi/trained_methods.hpp"

int main(int argc, char** argv) {
  using namespace cance;
  using tests::trained;
  tests::team_test_main(argc, argv, /*tensors=*/100, [](const nn::Team& team, at::Device device) {
    auto all = trained(tests::kTableMethods, {5}, tests::kFew, team, device);
    for (const auto& more : {trained(tests::kTableMethods, {5}, tests::kMany, team, device),
                             trained(tests::kImageMethods, {1, 8, 8}, tests::kFew, team, device)}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  });
}
