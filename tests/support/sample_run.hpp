// A made-up run with plausible content (28x28 images, five methods), for tests of files and
// reports.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/cast.hpp"
#include "base/random.hpp"
#include "base/sha256.hpp"
#include "store/run_file.hpp"

namespace cance::tests {

inline constexpr std::size_t kSampleLatents = 4;
inline constexpr std::size_t kSampleColumns = kSampleLatents + 2;

/// Share of (anomalous, normal) pairs in the right order, ties half: O(n^2), the definition of
/// AUROC.
inline double pair_auroc(const std::vector<double>& scores,
                         const std::vector<std::uint8_t>& labels) {
  double right = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t j = 0; labels[i] == 1 && j < labels.size(); ++j) {
      if (labels[j] == 0) {
        pairs += 1;
        right += scores[i] > scores[j] ? 1.0 : (scores[i] < scores[j] ? 0.0 : 0.5);
      }
    }
  }
  return right / pairs;
}

inline Matrix<float> sample_composite(const Random& random, std::size_t rows, std::uint64_t first) {
  Matrix<float> values(rows, kSampleColumns);
  random.fill_normal(values.values(), first);
  for (std::size_t r = 0; r < rows; ++r) {
    values(r, kSampleLatents) = 0.02F + 0.005F * std::abs(values(r, kSampleLatents));
    values(r, kSampleLatents + 1) = 0.1F + 0.02F * std::abs(values(r, kSampleLatents + 1));
  }
  return values;
}

inline store::History sample_history(int epochs, double start, double end) {
  store::History history;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    const double loss = end + (start - end) * std::exp(-0.5 * epoch);
    history.epoch.push_back(epoch);
    history.train_loss.push_back(loss);
    history.validation_loss.push_back(loss * 1.05);
    history.seconds.push_back(1.25 * epoch);
  }
  return history;
}

inline store::RunInfo sample_info(const std::string& cell, int seed) {
  store::RunInfo info;
  info.cell = cell;
  const auto text = [&cell](std::size_t begin, std::size_t end) {
    return begin == std::string::npos ? std::string() : cell.substr(begin, end - begin);
  };
  const auto first = std::min(cell.find('/'), cell.size());
  const auto second = std::min(cell.find('/', first + 1), cell.size());
  const auto third = std::min(cell.find('/', second + 1), cell.size());
  info.dataset = text(0, first);
  info.protocol = text(std::min(first + 1, cell.size()), second);
  info.case_name = text(std::min(second + 1, cell.size()), third);
  info.representation = "autoencoder";
  info.seed = seed;
  info.config = "[grid]\ndataset = mnist\n[nce]\nnoise_ratio = 4\n";
  info.config_hash = sha256(info.config);
  info.software = "cance";
  info.software_version = "0.1.0";
  info.git_commit = "0123456789ab";
  info.date = "2026-01-02T03:04:05Z";
  info.machine = "node01";
  info.device = "cpu";
  info.precision = "float32";
  info.libraries = {{"hdf5", "1.10.8"}, {"torch", "2.11.0"}};
  info.dataset_sha256 = sha256("dataset");
  info.split_sha256 = sha256("split");
  info.seconds = 62.5;
  return info;
}

inline store::MomentsRecord sample_moments(const Matrix<float>& rows) {
  const std::size_t n = rows.cols();
  store::MomentsRecord moments;
  moments.count = signed_size(rows.rows());
  moments.mean.assign(n, 0);
  moments.covariance.assign(n * n, 0);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    for (std::size_t i = 0; i < n; ++i) {
      moments.mean[i] += static_cast<double>(rows(r, i)) / static_cast<double>(rows.rows());
    }
  }
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    for (std::size_t i = 0; i < n * n; ++i) {
      moments.covariance[i] += (static_cast<double>(rows(r, i / n)) - moments.mean[i / n]) *
                               (static_cast<double>(rows(r, i % n)) - moments.mean[i % n]) /
                               static_cast<double>(rows.rows() - 1);
    }
  }
  moments.latent_condition = 1.75;
  return moments;
}

/// Of the four highest and lowest scores, and of as many normal rows with the highest.
inline store::Gallery sample_gallery(const Random& random, const std::vector<double>& scores,
                                     const std::vector<std::uint8_t>& labels) {
  store::Gallery gallery;
  gallery.method = "cance";
  gallery.image = {1, 28, 28};
  std::vector<std::int64_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, std::ranges::greater{},
                    [&](std::int64_t i) { return scores[static_cast<std::size_t>(i)]; });
  gallery.position.assign(order.begin(), order.begin() + 4);
  gallery.position.insert(gallery.position.end(), order.end() - 4, order.end());
  std::erase_if(order, [&](std::int64_t i) { return labels[static_cast<std::size_t>(i)] != 0; });
  gallery.position.insert(gallery.position.end(), order.begin(), order.begin() + 4);
  const std::size_t count = gallery.position.size();
  for (std::size_t k = 0; k < count; ++k) {
    const double middle = 8 + 12 * random.uniform(90'000 + k);
    for (std::size_t pixel = 0; pixel < 28 * 28; ++pixel) {
      const double y = static_cast<double>(pixel) / 28 - middle;
      const double x = static_cast<double>(pixel % 28) - 14;
      const double radius = std::sqrt(x * x + y * y);
      const double ring = 255 * std::exp(-0.25 * (radius - 7) * (radius - 7));
      const double disc = 255 * std::exp(-0.02 * radius * radius);
      gallery.input.push_back(static_cast<std::uint8_t>(k < count / 2 ? ring : disc));
      gallery.output.push_back(static_cast<std::uint8_t>(disc));
    }
  }
  return gallery;
}

/// The record of cell `cell`; `seed` changes every number, and the methods differ as in the paper.
inline store::RunRecord sample_run(std::string cell, int seed) {
  const std::uint64_t key =
      0x9E3779B9ULL * static_cast<std::uint64_t>(seed + 1) + cell.size() * 131 +
      static_cast<unsigned char>(cell.size() < 7 ? '0' : cell[cell.size() - 7]);
  const Random random(key, Purpose::test);
  constexpr std::size_t kTest = 200;
  constexpr std::size_t kTrain = 120;
  store::RunRecord run;
  run.info = sample_info(cell, seed);
  for (std::size_t i = 0; i < kTest; ++i) {
    run.labels.push_back(i % 4 == 0 ? 0 : 1);
    run.index.push_back(signed_size(i));
  }
  const std::vector<std::pair<std::string, double>> separation = {
      {"error", 1.6}, {"latnce", 1.8}, {"gaussian", 2.2}, {"cnce", 2.5}, {"cance", 2.6}};
  std::uint64_t stream = 0;
  for (const auto& [method, shift] : separation) {
    std::vector<double> scores(kTest);
    random.fill_normal(scores, 1000 * ++stream);
    for (std::size_t i = 0; i < kTest; ++i) {
      scores[i] += shift * run.labels[i] + 12;
    }
    run.metrics.push_back({method, "auroc", pair_auroc(scores, run.labels)});
    run.thresholds[method] = 13.0;
    run.validation_scores[method] = {11.0, 12.5, 13.25};
    run.scores.emplace_back(method, std::move(scores));
  }
  for (std::size_t i = 0; i < kSampleLatents; ++i) {
    run.composite_columns.push_back("z" + std::to_string(i));
  }
  run.composite_columns.insert(run.composite_columns.end(), {"e", "c"});
  run.composite.emplace("train", sample_composite(random, kTrain, 20'000));
  run.composite.emplace("validation", sample_composite(random, kTrain / 10, 40'000));
  run.composite.emplace("test", sample_composite(random, kTest, 60'000));
  run.moments = sample_moments(run.composite.at("train"));
  run.noise["cnce"] = {1.02, 1.05, 1.01, 1.1, 1.2, 1.15};
  run.noise["cance"] = {1.02, 1.06, 1.01, 1.08, 1.3, 1.25};
  run.noise["latnce"] = {1.01, 1.02, 1.03, 1.04};
  run.history.emplace_back("autoencoder", sample_history(10, 0.09, 0.01));
  run.history.emplace_back("decoder", sample_history(4, 0.01, 0.009));
  run.history.emplace_back("cance", sample_history(8, 2.5, 1.1));
  run.model["encoder.0.weight"] = {{2, 3, 4}, std::vector<double>(24, 0.5)};
  run.model["encoder.1.bias"] = {{2}, {0.25, -1.5}};
  run.model["scale"] = {{}, {3.0}};
  run.threshold_rule = "95th percentile of validation scores";
  run.input = {{1, 4, 4}, {}, {}, R"({"pictures": "squares"})", {}};
  run.gallery = sample_gallery(random, run.scores.back().second, run.labels);
  return run;
}

}  // namespace cance::tests
