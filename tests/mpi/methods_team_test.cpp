// The comparison methods: a team of any size trains what one rank trains, also where a rank has no
// row of a batch, where a part has more rows than a block, and on images.
#include "base/stop_flag.hpp"
#include "tests/mpi/trained_methods.hpp"

namespace {

/// Fails unless a stop that one rank is asked for ends a fit that goes through the training rows.
void check_stop(const cance::nn::Team& team, at::Device device) {
  for (const int odd : {0, team.size() - 1}) {
    bool stopped = false;
    cance::set_stop_requested(team.rank() == odd);
    try {
      (void)cance::tests::trained({"lof"}, {5}, cance::tests::kMany, team, device);
    } catch (const cance::Stopped&) {
      stopped = true;
    }
    cance::set_stop_requested(false);
    cance::require(stopped, "a stop of rank {} did not end the fit", odd);
  }
}

}  // namespace

int main(int argc, char** argv) {
  using namespace cance;
  using tests::trained;
  tests::team_test_main(argc, argv, /*tensors=*/100, [](const nn::Team& team, at::Device device) {
    check_stop(team, device);
    auto all = trained(tests::kTableMethods, {5}, tests::kFew, team, device);
    for (const auto& more : {trained(tests::kTableMethods, {5}, tests::kMany, team, device),
                             trained(tests::kImageMethods, {1, 8, 8}, tests::kFew, team, device)}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  });
}
