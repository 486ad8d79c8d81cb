// Fits comparison methods on small drawn rows: what they keep, their curves and their scores.
#pragma once

#include <vector>

#include "base/random.hpp"
#include "detectors/detector.hpp"
#include "tests/mpi/same_as_alone.hpp"

namespace cance::tests {

/// Rows of this shape, uniform in (0, 1), float64.
inline torch::Tensor uniforms(std::int64_t rows, std::vector<std::int64_t> shape,
                              std::uint64_t stream) {
  shape.insert(shape.begin(), rows);
  torch::Tensor t = torch::empty(shape, torch::kFloat64);
  Random(3, Purpose::test, stream)
      .fill_uniform(std::span(t.mutable_data_ptr<double>(), static_cast<std::size_t>(t.numel())));
  return t;
}

/// Of every method in turn, in float64. The last batch of 20 has 2 rows.
inline std::vector<torch::Tensor> trained(const std::vector<std::string>& methods,
                                          const config::Config& config,
                                          const std::vector<std::int64_t>& shape,
                                          const nn::Team& team, torch::Device device) {
  nn::Compute compute;
  compute.type = torch::kFloat64;
  compute.device = device;
  compute.team = team;
  nn::TensorRows train_x(compute.place(uniforms(62, shape, 1))),
      validation_x(compute.place(uniforms(9, shape, 2))),
      test_x(compute.place(uniforms(21, shape, 3))),
      labelled_x(compute.place(uniforms(7, shape, 4)));
  const stats::Moments none(1);
  const represent::FeatureTransform transform;
  std::vector<torch::Tensor> results;
  for (const std::string& method : methods) {
    const auto detector = detectors::make_detector(method, config);
    store::Histories histories;
    detector->fit({{torch::Tensor(), &train_x, &train_x},
                   {torch::Tensor(), &validation_x, &validation_x},
                   transform,
                   none,
                   none,
                   /*seed=*/9,
                   compute,
                   nullptr,
                   [](const nn::StageProgress&) {},
                   {torch::Tensor(), &labelled_x, &labelled_x},
                   &histories});
    append(results, detector->state());
    results.push_back(torch::tensor(detector->score({torch::Tensor(), &test_x, &test_x})));
    for (const auto& [stage, history] : histories) {
      results.push_back(torch::tensor(history.validation_loss, torch::kFloat64));
    }
  }
  return results;
}

}  // namespace cance::tests
