// Rows per second of the streaming moments, as one JSON line, and their peak memory on a dataset
// file that is read in blocks. The other half of moments_speed.py.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "base/random.hpp"
#include "stats/moments.hpp"
#include "store/dataset_file.hpp"

namespace {

using cance::Matrix;
using cance::MatrixView;
using cance::stats::Moments;

constexpr std::size_t kColumns = 32;  // of the file
constexpr std::size_t kBlock = 8192;  // rows read or written at a time

/// The fastest of some passes over rows in memory.
double best_rate(const Matrix<double>& rows, int passes) {
  double best = 0;
  for (int pass = 0; pass < passes; ++pass) {
    const auto start = std::chrono::steady_clock::now();
    Moments moments(rows.cols());
    moments.add_rows(rows.view());
    const Matrix<double> covariance = moments.covariance();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(
        best, static_cast<double>(covariance.rows() == 0 ? 0 : rows.rows()) / seconds.count());
  }
  return best;
}

void write_dataset(const char* path, std::size_t rows) {
  cance::store::DatasetInfo info;
  info.name = "moments";
  info.licence = "none";
  info.class_names = {"normal"};
  cance::store::DatasetWriter writer(path, info);
  const cance::Random random(1, cance::Purpose::test);
  std::vector<float> values(kBlock * kColumns);
  const std::vector<std::int32_t> labels(kBlock);
  for (std::size_t first = 0; first < rows; first += kBlock) {
    const std::size_t count = std::min(kBlock, rows - first);
    const std::span block(values.data(), count * kColumns);
    random.fill_normal(block, first * kColumns);
    writer.append_rows("all", block, kColumns, std::span(labels).first(count));
  }
  writer.commit();
}

Moments stream(const char* path) {
  const cance::hdf5::Group file = cance::hdf5::open_file(path);
  const std::size_t rows = file.shape("all/x").front();
  Moments moments(kColumns);
  std::vector<float> values(kBlock * kColumns);
  for (std::size_t first = 0; first < rows; first += kBlock) {
    const std::size_t count = std::min(kBlock, rows - first);
    const std::span block(values.data(), count * kColumns);
    file.read_rows<float>("all/x", first, count, block);
    moments.add_rows(MatrixView<const float>{values.data(), count, kColumns});
  }
  return moments;
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

// moments_speed rate COLUMNS ROWS | moments_speed write FILE ROWS | moments_speed stream FILE
int main(int argc, char** argv) {
  const std::string_view mode = argc > 2 ? argv[1] : "";
  if (mode == "rate" && argc == 4) {
    Matrix<double> rows(std::strtoul(argv[3], nullptr, 10), std::strtoul(argv[2], nullptr, 10));
    cance::Random(1, cance::Purpose::test).fill_uniform(rows.values());
    fmt::print("{{\"rate\": {:.6g}}}\n", best_rate(rows, 5));
  } else if (mode == "write" && argc == 4) {
    write_dataset(argv[2], std::strtoul(argv[3], nullptr, 10));
  } else if (mode == "stream" && argc == 3) {
    const Moments moments = stream(argv[2]);
    fmt::print("{{\"rows\": {}, \"deviation\": {:.6f}, \"peak_mib\": {:.1f}}}\n", moments.count(),
               std::sqrt(moments.covariance()(0, 0)), peak_mib());
  } else {
    fmt::print(stderr, "usage: moments_speed rate COLUMNS ROWS | write FILE ROWS | stream FILE\n");
    return 2;
  }
  return 0;
}
