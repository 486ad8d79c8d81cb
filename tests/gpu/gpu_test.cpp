// The device against the CPU, also for the comparison methods; captured steps against eager ones,
// lanes against one thread, seeds in one step against those alone.
#include <gtest/gtest.h>

#include <thread>

#include "base/random.hpp"
#include "density/nce.hpp"
#include "nn/device_graph.hpp"
#include "nn/draws.hpp"
#include "nn/threads.hpp"
#include "pipeline/extract/tensor_resize.hpp"
#include "represent/autoencoder.hpp"
#include "represent/resnet18.hpp"
#include "stats/moments.hpp"
#include "tests/mpi/trained_methods.hpp"

namespace cance {
namespace {

using at::Tensor;

constexpr std::int64_t kRows = 330;  // batches of 64, the last one of 10 rows

Tensor uniforms(at::IntArrayRef shape, std::uint64_t stream) {
  Tensor t = at::empty(shape, at::kDouble);
  Random(3, Purpose::test, stream)
      .fill_uniform(std::span(t.mutable_data_ptr<double>(), static_cast<std::size_t>(t.numel())));
  return t;
}

/// Weights, features and scores of a small cell, on the host in float64.
std::vector<Tensor> train(const nn::Compute& compute, std::uint64_t seed) {
  config::AutoencoderOptions options;
  options.latent = 4;
  options.batch = 64;
  options.epochs = 3;
  options.decoder_epochs = 2;
  represent::Autoencoder autoencoder(options, {}, {1, 28, 28}, /*unit_range=*/true, seed, compute);
  nn::TensorRows train_x(compute.to_device(uniforms({kRows, 1, 28, 28}, 1).pow(3)));
  nn::TensorRows validation_x(compute.to_device(uniforms({40, 1, 28, 28}, 2).pow(3)));
  (void)autoencoder.train(train_x, validation_x, nullptr,
                          [](const std::string&, const nn::StageProgress&) {});
  const Tensor phi = autoencoder.composite(train_x);
  const Tensor wide = phi.to(at::kDouble).contiguous();
  stats::Moments moments(static_cast<std::size_t>(phi.size(1)));
  moments.add_rows(MatrixView<const double>{wide.const_data_ptr<double>(), kRows,
                                            static_cast<std::size_t>(phi.size(1))});
  config::NceOptions nce;
  nce.hidden = {32, 32};
  nce.batch = 64;
  nce.epochs = 6;  // from the fifth on, when all sizes are captured, batches are made ahead
  density::NceDensity density(moments.mean(), moments.covariance(),
                              density::Augmentation(moments.mean(), moments.covariance()), nce, {},
                              seed, compute);
  nn::TensorRows rows(compute.to_device(phi));
  nn::TensorRows validation(compute.to_device(autoencoder.composite(validation_x)));
  (void)density.train(rows, validation, "cance", nullptr, [](const nn::StageProgress&) {});
  std::vector<Tensor> results{wide, density.score(compute.to_device(phi)).cpu()};
  for (const auto& state : {autoencoder.state(), density.state()}) {
    for (const auto& [name, tensor] : state) {
      results.push_back(tensor.detach().cpu().to(at::kDouble));
    }
  }
  return results;
}

bool same_bits(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  return std::ranges::equal(a, b, at::equal);
}

class GpuTest : public testing::Test {
 protected:
  void SetUp() override {
    const GpuDriver driver = look_for_gpus();
    if (driver.gpus.empty()) {
      GTEST_SKIP() << "not run: no device: " << driver.why_none();
    }
    nn::configure_torch(1);
    compute_.device = nn::choose_device("cuda", driver, 0);
  }
  nn::Compute compute_;
};

TEST_F(GpuTest, TrainsTheModelOfTheCpuInFloat64) {
  nn::Compute cpu;
  cpu.type = compute_.type = at::kDouble;
  const auto ours = train(compute_, 7);
  const auto reference = train(cpu, 7);
  ASSERT_EQ(ours.size(), reference.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const double scale = reference[i].abs().max().item<double>() + 1e-12;
    EXPECT_LE((ours[i] - reference[i]).abs().max().item<double>(), 1e-6 * scale) << "tensor " << i;
  }
}

TEST_F(GpuTest, TrainsTheComparisonMethodsOfTheCpuInFloat64) {
  const auto expect_same = [this](const std::vector<std::string>& methods,
                                  const std::vector<std::int64_t>& shape) {
    for (const std::string& method : methods) {
      const auto ours = tests::trained({method}, shape, tests::kFew, {}, compute_.device);
      const auto reference = tests::trained({method}, shape, tests::kFew, {}, at::kCPU);
      EXPECT_LE(tests::largest_difference(ours, reference), 1e-6) << method;
    }
  };
  expect_same(tests::kTableMethods, {5});
  expect_same(tests::kLikelihoodMethods, {1, 8, 8});
  expect_same(tests::kImageMethods, {1, 8, 8});
}

TEST_F(GpuTest, TwiceTheSameBits) {
  EXPECT_TRUE(same_bits(train(compute_, 7), train(compute_, 7)));
}

TEST_F(GpuTest, GraphsHaveTheBitsOfEagerSteps) {
  const nn::OwnStream stream(compute_.device);
  const auto eager = train(compute_, 7);
  compute_.graphs = true;
  EXPECT_TRUE(same_bits(train(compute_, 7), eager));
}

TEST_F(GpuTest, DrawsTheNormalsOfTheHost) {
  if (nn::device_normals() == nullptr) {
    GTEST_SKIP() << "not run: built without nvcc";
  }
  const Random random(5, Purpose::noise, 9);
  EXPECT_TRUE(at::equal(nn::normals({100'000, 3}, random, 17, compute_).cpu(),
                        nn::normals({100'000, 3}, random, 17)));
}

TEST_F(GpuTest, ResizesPicturesToTheLevelsOfTheCpuAndTakesTheirFeatures) {
  const Tensor pixels = (uniforms({32, 3, 28, 40}, 4) * 255.99).to(at::kByte);
  const Tensor resized = pipeline::TensorResize(28, 40, 64, at::kCPU)(pixels);
  EXPECT_TRUE(at::equal(
      pipeline::TensorResize(28, 40, 64, compute_.device)(pixels.to(compute_.device)).cpu(),
      resized));
  const auto features = [&](const nn::Compute& compute) {
    return represent::ResNet18(represent::random_resnet18(1), "random:1", represent::Tap::avgpool,
                               compute, 32, 64)
        .features(resized)
        .cpu();
  };
  const Tensor expected = features({});
  EXPECT_LE((features(compute_) - expected).abs().max().item<double>(),
            1e-4 * expected.abs().max().item<double>());
}

TEST_F(GpuTest, LanesHaveTheBitsOfOneThread) {
  const auto in_lane = [this](std::uint64_t seed, std::vector<Tensor>& results) {
    try {
      nn::configure_thread(1);
      const nn::OwnStream stream(compute_.device);
      results = train(compute_, seed);
    } catch (const std::exception& error) {
      ADD_FAILURE() << "lane of seed " << seed << ": " << error.what();
    }
  };
  compute_.graphs = true;
  std::vector<std::vector<Tensor>> alone(3);
  std::vector<std::vector<Tensor>> together(3);
  std::vector<std::thread> lanes;
  for (std::size_t lane = 0; lane < alone.size(); ++lane) {
    in_lane(lane, alone[lane]);
  }
  for (std::size_t lane = 0; lane < together.size(); ++lane) {
    lanes.emplace_back(in_lane, lane, std::ref(together[lane]));
  }
  for (auto& lane : lanes) {
    lane.join();
  }
  for (std::size_t lane = 0; lane < alone.size(); ++lane) {
    EXPECT_TRUE(same_bits(alone[lane], together[lane])) << "lane " << lane;
  }
}

TEST_F(GpuTest, SeedsInOneStepAreThoseAloneInFloat64) {
  constexpr std::size_t kSeeds = 3;
  compute_.type = at::kDouble;
  compute_.graphs = true;
  const auto stream = nn::new_stream(compute_.device);
  nn::Lockstep lockstep(kSeeds);
  std::vector<std::vector<Tensor>> together(kSeeds);
  std::vector<std::thread> threads;
  for (std::size_t seed = 0; seed < kSeeds; ++seed) {
    threads.emplace_back([&, seed] {
      try {
        nn::configure_thread(1);
        const nn::OwnStream own(compute_.device, stream);
        nn::Lockstep::Seat seat(lockstep, seed);
        nn::Compute compute = compute_;
        compute.seat = &seat;
        together[seed] = train(compute, seed);
      } catch (const std::exception& error) {
        ADD_FAILURE() << "seed " << seed << ": " << error.what();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const nn::OwnStream own(compute_.device, stream);
  for (std::size_t seed = 0; seed < kSeeds; ++seed) {
    const auto alone = train(compute_, seed);
    ASSERT_EQ(together[seed].size(), alone.size()) << seed;
    for (std::size_t i = 0; i < alone.size(); ++i) {
      const double scale = alone[i].abs().max().item<double>() + 1e-12;
      EXPECT_LE((together[seed][i] - alone[i]).abs().max().item<double>(), 1e-6 * scale)
          << "seed " << seed << ", tensor " << i;
    }
  }
}

}  // namespace
}  // namespace cance
