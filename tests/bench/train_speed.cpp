// Samples per second of the autoencoder's stage 1 and of one NCE density, on data of MNIST's size,
// and the milliseconds of the processor for the normals of a step, as one JSON line; or the seconds
// of a whole cell. The twin of pytorch_reference.py: the same networks, batches, steps and
// arithmetic; validation takes 2 rows on both sides.
//
//     train_speed [THREADS [cpu|cuda [cell TENTHS]]]
#include <ATen/ops/exp.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "base/random.hpp"
#include "density/nce.hpp"
#include "nn/compute.hpp"
#include "nn/convert.hpp"
#include "nn/device.hpp"
#include "nn/draws.hpp"
#include "nn/threads.hpp"
#include "represent/autoencoder.hpp"
#include "stats/moments.hpp"

namespace {

using at::Tensor;

constexpr std::int64_t kRows = 5400;
constexpr std::int64_t kLatent = 12;

Tensor uniforms(at::IntArrayRef shape) {
  Tensor t = at::empty(shape, at::kDouble);
  cance::Random(1, cance::Purpose::test)
      .fill_uniform(std::span(t.mutable_data_ptr<double>(), static_cast<std::size_t>(t.numel())));
  return t.to(at::kFloat);
}

/// Rows a second of `work`, which handles `rows`; once before to warm up.
template <class F>
double rate(F work, int epochs) {
  work(1);
  const auto start = std::chrono::steady_clock::now();
  work(epochs);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return static_cast<double>(kRows * epochs) / seconds;
}

void train_autoencoder(const Tensor& x, const Tensor& validation_x, int epochs, int decoder_epochs,
                       const cance::nn::Compute& compute) {
  cance::config::AutoencoderOptions options;
  options.epochs = epochs;
  options.decoder_epochs = decoder_epochs;
  cance::represent::Autoencoder autoencoder(options, {}, {1, 28, 28}, /*unit_range=*/true, 1,
                                            compute);
  cance::nn::TensorRows train(x);
  cance::nn::TensorRows validation(validation_x);
  (void)autoencoder.train(train, validation, /*checkpoints=*/nullptr,
                          [](const std::string&, const cance::nn::StageProgress&) {});
}

void train_nce(const Tensor& phi, const Tensor& validation, int epochs,
               const cance::nn::Compute& compute) {
  cance::config::NceOptions options;
  options.epochs = epochs;
  const cance::Matrix<float> rows = cance::nn::to_matrix(phi.cpu());
  cance::stats::Moments moments(rows.cols());
  moments.add_rows(rows.view());
  cance::density::NceDensity density(
      moments.mean(), moments.covariance(),
      cance::density::Augmentation(moments.mean(), moments.covariance()), options, {}, 1, compute);
  cance::nn::TensorRows train(phi);
  cance::nn::TensorRows validation_rows(validation);
  (void)density.train(train, validation_rows, "cance", /*checkpoints=*/nullptr,
                      [](const cance::nn::StageProgress&) {});
}

/// A cell of configs/mnist-unimodal.cfg at so many tenths of its epochs.
double train_cell(const Tensor& x, const Tensor& phi, int tenths,
                  const cance::nn::Compute& compute) {
  const auto start = std::chrono::steady_clock::now();
  const std::int64_t cut = kRows * 9 / 10;
  train_autoencoder(x.slice(0, 0, cut), x.slice(0, cut), 4 * tenths, 3 * tenths / 2, compute);
  for (int density = 0; density < 3; ++density) {
    train_nce(phi.slice(0, 0, cut).clone(), phi.slice(0, cut).clone(), 6 * tenths, compute);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Milliseconds of the processor for the noise of a step: two normals for each column of 1,024
/// rows.
double normals_ms() {
  constexpr int kDraws = 500;
  std::clock_t start = 0;
  for (int i = -10; i < kDraws; ++i) {
    start = i == 0 ? std::clock() : start;
    (void)cance::nn::normals(
        {1024, 2 * (kLatent + 2)},
        cance::Random(1, cance::Purpose::test, static_cast<std::uint64_t>(i + 10)));
  }
  return 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / kDraws;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  cance::nn::configure_torch(threads);
  cance::nn::Compute compute;
  const std::string_view device = argc > 2 ? argv[2] : "cpu";
  if (device != "cpu") {
    compute.device = cance::nn::choose_device(std::string(device), cance::look_for_gpus(), 0);
    compute.graphs = true;
  }
  const cance::nn::OwnStream stream(compute.device);
  const Tensor x = compute.to_device(
      uniforms({kRows, 1, 28, 28}).pow(3).contiguous(at::MemoryFormat::ChannelsLast));
  Tensor phi = uniforms({kRows, kLatent + 2}) * 4 - 2;
  phi.slice(1, kLatent) = at::exp(0.15 * phi.slice(1, kLatent) - 3);
  phi = compute.to_device(phi);
  if (argc > 4 && std::string_view(argv[3]) == "cell") {
    fmt::print("{{\"cell\": {:.3f}}}\n", train_cell(x, phi, std::atoi(argv[4]), compute));
    return 0;
  }
  fmt::print(
      "{{\"torch\": \"{}\", \"threads\": {}, \"autoencoder\": {:.1f}, \"nce\": {:.1f}, "
      "\"normals_ms\": {:.4f}}}\n",
      cance::nn::torch_version(), threads,
      rate([&](int e) { train_autoencoder(x, x.slice(0, 0, 2), e, 0, compute); }, 2),
      rate([&](int e) { train_nce(phi, phi.slice(0, 0, 2).clone(), e, compute); }, 4),
      normals_ms());
}
