// make_runs DIR CELLS [TEST_ROWS]: run files of the size that MNIST cells have (default 10,000 test
// rows, 5,400 training rows, 12 latents, five methods, 360,000 weights), with drawn content: ten
// cases, as many seeds as it takes. What archives and reports are timed on.
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <filesystem>

#include "base/cast.hpp"
#include "base/random.hpp"
#include "stats/judge.hpp"
#include "tests/support/sample_run.hpp"

namespace cance {
namespace {

constexpr std::size_t kLatents = 12;
constexpr std::size_t kTrainRows = 5400;
constexpr std::size_t kValidationRows = 600;

Matrix<float> rows_of(const Random& random, std::size_t rows, std::uint64_t first) {
  Matrix<float> values(rows, kLatents + 2);
  random.fill_normal(values.values(), first);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = kLatents; c < kLatents + 2; ++c) {
      values(r, c) = 0.05F + 0.01F * values(r, c) * values(r, c);
    }
  }
  return values;
}

store::RunRecord run_of(int number, std::size_t test_rows) {
  const int seed = number / 10;
  store::RunRecord run =
      tests::sample_run(fmt::format("mnist/unimodal/class{}/seed{}", number % 10, seed), seed);
  const Random random(to<std::uint64_t>(number), Purpose::test);
  run.labels.clear();
  run.index.clear();
  for (std::size_t i = 0; i < test_rows; ++i) {
    run.labels.push_back(i % 10 == 0 ? 0 : 1);
    run.index.push_back(signed_size(i));
  }
  std::uint64_t stream = 1;
  double shift = 1.4;
  run.metrics.clear();
  for (auto& [method, scores] : run.scores) {
    scores.resize(test_rows);
    random.fill_normal(scores, stream++ << 32U);
    shift += 0.3;
    for (std::size_t i = 0; i < test_rows; ++i) {
      scores[i] += shift * run.labels[i];
    }
    for (const auto& [metric, value] : stats::judge(scores, run.labels, {})) {
      run.metrics.push_back({method, metric, value});
    }
  }
  run.composite_columns.clear();
  for (std::size_t i = 0; i < kLatents; ++i) {
    run.composite_columns.push_back(fmt::format("z{}", i));
  }
  run.composite_columns.insert(run.composite_columns.end(), {"e", "c"});
  run.composite.clear();
  run.composite.emplace("train", rows_of(random, kTrainRows, stream++ << 32U));
  run.composite.emplace("validation", rows_of(random, kValidationRows, stream++ << 32U));
  run.composite.emplace("test", rows_of(random, test_rows, stream++ << 32U));
  run.moments = tests::sample_moments(rows_of(random, 1000, stream++ << 32U));
  run.model.clear();
  for (const auto& [name, shape] :
       {std::pair("encoder.0.weight", Shape{64, 32, 9}),
        std::pair("decoder.0.weight", Shape{1024, 120}),
        std::pair("cnce.1.weight", Shape{256, 256}), std::pair("cance.1.weight", Shape{256, 256}),
        std::pair("latnce.1.weight", Shape{256, 256})}) {
    std::vector<float> values(element_count(shape));
    random.fill_normal(values, stream++ << 32U);
    run.model[name] = {shape, {values.begin(), values.end()}};
  }
  return run;
}

}  // namespace
}  // namespace cance

int main(int argc, char** argv) try {
  if (argc < 3) {
    fmt::print(stderr, "usage: make_runs DIR CELLS [TEST_ROWS]\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const std::size_t rows = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 10'000;
  for (int i = 0; i < std::atoi(argv[2]); ++i) {
    const auto run = cance::run_of(i, rows);
    cance::store::write_run_file(folder / (run.info.cell + ".h5"), run);
  }
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "make_runs: {}\n", error.what());
  return 2;
}
