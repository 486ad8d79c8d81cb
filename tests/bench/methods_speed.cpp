// Speed of one comparison method, as one JSON line: of networks the rows a second of their own
// training stages and the loss of the first step, of knn and kde the seconds of fit and score on
// the rows of a file. The twin of pytorch_methods.py and sklearn_reference.py: the same networks,
// batches, steps and rows. Seconds are of the processor, as others may share it, on a GPU of the
// clock.
//
//     methods_speed METHOD STEPS WEIGHTS [cpu|cuda]        a network; writes what it starts from
//     methods_speed METHOD ROWS COLUMNS TRAIN TEST SCORES  float32 in, float64 out
#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <string>

#include "base/cast.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "detectors/detector.hpp"
#include "nn/compute.hpp"
#include "nn/convert.hpp"
#include "nn/device.hpp"
#include "nn/threads.hpp"

namespace {

using at::Tensor;
using cance::detectors::CellRows;

constexpr std::int64_t kWarmUp = 3;    // steps of a stage that do not count
constexpr std::int64_t kColumns = 64;  // of the table
constexpr std::int64_t kLabelledPart = 20;

cance::nn::Compute compute;

double seconds_now() {
  timespec now{};
  clock_gettime(compute.device.is_cpu() ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Cubes of uniform numbers in 0..1: mostly dark, as images are.
Tensor dark(at::IntArrayRef shape) {
  Tensor t = at::empty(shape, at::kDouble);
  cance::Random(1, cance::Purpose::test)
      .fill_uniform(std::span(t.mutable_data_ptr<double>(), static_cast<std::size_t>(t.numel())));
  const Tensor x = t.pow(3).to(at::kFloat);
  return x.dim() == 4 ? x.contiguous(at::MemoryFormat::ChannelsLast) : x;
}

/// A method with the settings that configs/ have for it, one epoch a stage, at `rate` times the
/// learning rate.
struct Setup {
  cance::config::Config config;
  std::int64_t batch = 0, stages = 1;
  bool table = false;
};

Setup setup_of(const std::string& method, double rate) {
  Setup setup;
  auto& c = setup.config;
  c.goad.transforms = 64;  // as for KDDCUP99
  c.goad.size = 64;
  c.goad.width = 32;
  c.goad.layers = 5;
  c.drocc.channels = {8, 4};  // as for MNIST
  c.drocc.gamma = 1;
  c.drocc.pretraining_epochs = 0;
  const auto one_epoch = [&](cance::config::TrainingOptions& training) {
    training.epochs = 1;
    training.drops = {};
    training.learning_rate *= rate;
    setup.batch = training.batch;
  };
  for (auto* const svdd : {&c.deep_svdd, &c.deep_sad}) {
    one_epoch(svdd->pretraining);
    one_epoch(svdd->training);
  }
  one_epoch(method == "goad"       ? c.goad.training
            : method == "dagmm"    ? c.dagmm.training
            : method == "drocc"    ? c.drocc.training
            : method == "dpad"     ? c.dpad.training
            : method == "lsa"      ? c.lsa.training
            : method == "vae"      ? c.vae.training
            : method == "pixelcnn" ? c.pixelcnn.training
            : method == "deep_sad" ? c.deep_sad.training
                                   : c.deep_svdd.training);
  setup.stages = method == "deep_svdd" || method == "deep_sad" ? 2 : 1;
  setup.table = method == "goad" || method == "dagmm";
  return setup;
}

struct Fitted {
  std::vector<double> seconds;  // at the end of every step of all stages
  double loss = 0;              // mean over the last stage
  std::vector<Tensor>
      weights;  // that learn, of what scores; the maps and offsets of goad before them
};

Fitted fit(const std::string& method, const Setup& setup, std::int64_t steps) {
  const std::int64_t count = steps * setup.batch;
  const Tensor x = setup.table ? dark({count, kColumns}) : dark({count, 1, 28, 28});
  const Tensor placed = compute.to_device(x);
  cance::nn::TensorRows train(placed), validation(placed.slice(0, 0, 2)),
      labelled(placed.slice(0, 0, count / kLabelledPart).clone());
  const cance::stats::Moments none(1);
  const cance::represent::FeatureTransform transform;
  cance::detectors::TrainingData data{{{}, &train, &train},
                                      {{}, &validation, &validation},
                                      transform,
                                      none,
                                      none,
                                      /*seed=*/1,
                                      compute,
                                      nullptr,
                                      {}};
  if (method == "deep_sad") {
    data.labelled = {{}, &labelled, &labelled};
  }
  Fitted fitted;
  data.progress = [&](const cance::nn::StageProgress&) { fitted.seconds.push_back(seconds_now()); };
  const auto detector = cance::detectors::make_detector(method, setup.config);
  cance::store::Histories histories;
  data.histories = &histories;
  detector->fit(data);
  fitted.loss = histories.back().second.train_loss.front();
  for (const auto& [name, tensor] : detector->state()) {
    if (tensor.requires_grad() || name == "maps" || name == "offsets") {
      fitted.weights.push_back(tensor.detach().cpu().contiguous());
    }
  }
  return fitted;
}

void write(std::ofstream& file, const void* data, std::size_t bytes) {
  file.write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
}

/// The loss and the weights are of one step at rate 0.
void print_network(const std::string& method, std::int64_t steps, const std::string& path) {
  const Setup setup = setup_of(method, /*rate=*/1);
  const std::int64_t all = steps + kWarmUp;
  const auto seconds = fit(method, setup, all).seconds;
  cance::require(std::ssize(seconds) == setup.stages * all,
                 "{} took {} steps, expected {} stages of {}", method, seconds.size(), setup.stages,
                 all);
  double sum = 0;
  for (std::int64_t stage = 0; stage < setup.stages; ++stage) {
    const auto at = [&](std::int64_t step) {
      return seconds[static_cast<std::size_t>(stage * all + step)];
    };
    sum += at(all - 1) - at(kWarmUp - 1);
  }
  const Fitted start = fit(method, setup_of(method, /*rate=*/0), 1);
  std::int64_t parameters = 0;
  std::ofstream file(path, std::ios::binary);
  for (const Tensor& weight : start.weights) {
    parameters += weight.numel();
    write(file, weight.const_data_ptr(), static_cast<std::size_t>(4 * weight.numel()));
  }
  fmt::print("{{\"rate\": {:.6g}, \"parameters\": {}, \"loss\": {:.6g}}}\n",
             static_cast<double>(setup.stages * steps * setup.batch) / sum, parameters, start.loss);
}

/// (N, 1, rows, columns) of float32 numbers.
Tensor images(const std::string& path, std::int64_t rows, std::int64_t columns) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  cance::require(file.good(), "{} cannot be read", path);
  const std::int64_t bytes = file.tellg();
  Tensor x = at::empty({bytes / (4 * rows * columns), 1, rows, columns});
  file.seekg(0);
  file.read(static_cast<char*>(x.data_ptr()), bytes);
  return x;
}

void print_kernel(const std::string& method, const Tensor& train_rows, const Tensor& test_rows,
                  const std::string& scores_path) {
  cance::nn::TensorRows train(train_rows), test(test_rows);
  const cance::stats::Moments none(1);
  const cance::represent::FeatureTransform transform;
  const CellRows rows{{}, &train, &train};
  const auto detector = cance::detectors::make_detector(method, {});
  const double start = seconds_now();
  detector->fit({rows, rows, transform, none, none, /*seed=*/1, {}, nullptr, {}});
  const double fitted = seconds_now();
  const auto scores = detector->score({{}, &test, &test});
  fmt::print("{{\"fit\": {:.6g}, \"score\": {:.6g}}}\n", fitted - start, seconds_now() - fitted);
  std::ofstream file(scores_path, std::ios::binary);
  write(file, scores.data(), 8 * scores.size());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    cance::require(
        words.size() == 3 || words.size() == 4 || words.size() == 6,
        "usage: methods_speed METHOD STEPS WEIGHTS [DEVICE] | METHOD ROWS COLUMNS TRAIN TEST "
        "SCORES");
    cance::nn::configure_torch(/*threads=*/1);
    if (words.size() == 4 && words[3] != "cpu") {
      compute.device = cance::nn::choose_device(words[3], cance::look_for_gpus(), 0);
      compute.graphs = true;
    }
    const cance::nn::OwnStream stream(compute.device);
    if (words.size() < 6) {
      print_network(words[0], std::stol(words[1]), words[2]);
    } else {
      const std::int64_t rows = std::stol(words[1]), columns = std::stol(words[2]);
      print_kernel(words[0], images(words[3], rows, columns), images(words[4], rows, columns),
                   words[5]);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "methods_speed: {}\n", error.what());
    return 1;
  }
  return 0;
}
