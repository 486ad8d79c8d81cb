// A team of any size trains the model that one rank trains: in float64 its weights and scores agree
// with those of a single rank to 1e-9, also where the ranks do not divide the batch and where a
// rank has no row of it. Every rank trains both ways and compares.
#include "base/random.hpp"
#include "base/stop_flag.hpp"
#include "density/nce.hpp"
#include "nn/convert.hpp"
#include "represent/autoencoder.hpp"
#include "stats/moments.hpp"
#include "tests/mpi/same_as_alone.hpp"
#include "tests/nn/recording_graph.hpp"

namespace cance {
namespace {

using at::Tensor;

constexpr std::int64_t kRows = 163;  // batches of 40: the last one has 3 rows, 4 ranks and more
constexpr std::int64_t kBatch = 40;
constexpr int kEpochs = 2;  // 10 steps

Tensor uniforms(at::IntArrayRef shape, std::uint64_t stream) {
  Tensor t = at::empty(shape, at::kDouble);
  Random(3, Purpose::test, stream)
      .fill_uniform(std::span(t.mutable_data_ptr<double>(), static_cast<std::size_t>(t.numel())));
  return t;
}

using tests::append;

/// Fails unless `same` sees one rank, the first or the last, that differs.
void check_same(const nn::Team& team) {
  require(team.same(-2.5), "one number counts as several");
  for (const int odd : {0, team.size() - 1}) {
    require(team.same(team.rank() == odd ? 3 : -2) == team.alone(),
            "another number of rank {} is not seen", odd);
  }
}

/// Fails unless a stop that one rank is asked for ends a pass of all.
void check_stop(const nn::Team& team) {
  nn::TensorRows rows(at::ones({2 * team.size() * nn::kBlock, 1}));
  for (const int odd : {0, team.size() - 1}) {
    bool stopped = false;
    try {
      (void)nn::map_rows(rows, team, [&](const Tensor& block) {
        set_stop_requested(team.rank() == odd);
        return block;
      });
    } catch (const Stopped&) {
      stopped = stop_requested();
    }
    set_stop_requested(false);
    require(stopped, "a stop of rank {} did not end the pass", odd);
  }
}

/// Fails unless all ranks replay a step that all can record, and none where one of them cannot.
void check_graphs(const nn::Team& team) {
  for (const int odd : {-1, 0, team.size() - 1}) {
    tests::Recorder recorder;
    double sum = 0;
    const auto step = [&](const std::vector<Tensor>&, std::int64_t) {
      const auto run = [&] {
        double one = 1;
        team.sum(std::span(&one, 1));
        sum += one;
      };
      require(!recorder.recording || team.rank() != odd, "this rank cannot record it");
      if (recorder.recording) {
        recorder.recorded = run;
      } else {
        run();
      }
      return at::zeros({});
    };
    nn::StepGraph graph("odd", step, nn::team_graphs(graphs_of(recorder), team, at::kCPU));
    for (int i = 0; i < 6; ++i) {
      (void)graph({}, 1);
    }
    require(graph.replays() == (odd < 0), "rank {} replays where rank {} cannot record",
            team.rank(), odd);
    require(recorder.abandoned == (odd < 0 ? 0 : 1), "{} recordings were given up",
            recorder.abandoned);
    require(sum == 6 * team.size(), "six steps added up to {}", sum);
  }
}

/// Fails unless a pass is half over for the team when a rank is in the middle of its share.
void check_rows_behind(const nn::Team& team) {
  const nn::TensorRows rows(at::ones({2 * team.size() * nn::kBlock, 1}));
  for (const std::int64_t block : {0, 1}) {
    const std::int64_t first = (2 * team.rank() + block) * nn::kBlock;
    require(nn::rows_behind(rows, team, first) == block * rows.size() / 2,
            "block {} of a rank is not {}/2 of the pass", block, block);
  }
}

/// Weights of all stages, features, scores and losses of a small cell.
std::vector<Tensor> train(const nn::Team& team, at::Device device) {
  check_same(team);
  check_stop(team);
  check_graphs(team);
  check_rows_behind(team);
  nn::Compute compute;
  compute.type = at::kDouble;
  compute.device = device;
  compute.team = team;
  config::AutoencoderOptions options;
  options.latent = 4;
  options.batch = kBatch;
  options.epochs = kEpochs;
  options.decoder_epochs = kEpochs;
  options.covariance_weight = 0.1;
  represent::Autoencoder autoencoder(options, {}, {1, 28, 28}, /*unit_range=*/true, 7, compute);
  nn::TensorRows train_x(compute.to_device(uniforms({kRows, 1, 28, 28}, 1).pow(3)));
  nn::TensorRows validation_x(compute.to_device(uniforms({23, 1, 28, 28}, 2).pow(3)));
  const auto histories = autoencoder.train(train_x, validation_x, nullptr,
                                           [](const std::string&, const nn::StageProgress&) {});
  std::vector<Tensor> results;
  append(results, autoencoder.state());
  for (const auto& [stage, history] : histories) {
    results.push_back(at::tensor(history.validation_loss, at::kDouble));
  }
  const Tensor phi = autoencoder.composite(train_x);
  results.push_back(phi);

  stats::Moments moments(static_cast<std::size_t>(phi.size(1)));
  moments.add_rows(MatrixView<const double>{phi.const_data_ptr<double>(), kRows,
                                            static_cast<std::size_t>(phi.size(1))});
  for (const char* mode : {"fixed", "naive", "regularised"}) {
    config::NceOptions nce;
    nce.hidden = {32, 32};
    nce.batch = kBatch;
    nce.epochs = kEpochs;
    nce.noise = mode;
    nce.noise_freedom = nce.noise == "naive" ? 4 : 0;
    density::NceDensity density(moments.mean(), moments.covariance(),
                                density::Augmentation(moments.mean(), moments.covariance()), nce,
                                {}, 7, compute);
    nn::TensorRows rows(compute.to_device(phi));
    nn::TensorRows validation(compute.to_device(autoencoder.composite(validation_x)));
    const auto history =
        density.train(rows, validation, mode, nullptr, [](const nn::StageProgress&) {});
    append(results, density.state());
    results.push_back(density.score(compute.to_device(phi)));
    results.push_back(at::tensor(history.validation_loss, at::kDouble));
  }
  return results;
}

}  // namespace
}  // namespace cance

int main(int argc, char** argv) {
  cance::tests::team_test_main(argc, argv, /*tensors=*/40, cance::train);
}
