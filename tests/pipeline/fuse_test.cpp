// Cells of several seeds that are trained in one step are the cells that each would be alone.
#include "pipeline/train/fuse.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <thread>

#include "base/random.hpp"
#include "base/stop_flag.hpp"
#include "config/load.hpp"
#include "pipeline/train/cell_job.hpp"
#include "tests/support/folder_test.hpp"

namespace cance::pipeline {
namespace {

constexpr int kSeeds = 3;
const char* const kTable =
    "[grid]\ndataset=table\nprotocol=goad\nmethods=error,latnce,gaussian,cnce,cance\n"
    "[autoencoder]\nhidden=12,8\nlatent=2\nbatch=16\nepochs=3\ndecoder_epochs=2\n"
    "[nce]\nhidden=8,8\nbatch=16\nepochs=3\n[feature]\ntransform=log\n";
const char* const kImages =
    "[grid]\ndataset=images\nprotocol=unimodal\nmethods=error,cance\n"
    "[autoencoder]\nchannels=3,4\nlatent=3\nbatch=16\nepochs=2\ndecoder_epochs=1\n"
    "[nce]\nhidden=8\nbatch=16\nepochs=2\n";

using Records = std::vector<store::RunRecord>;

class FuseTest : public tests::FolderTest {
 protected:
  void SetUp() override {
    write("table", {5}, {{"all", 80}});
    write("images", {1, 8, 8}, {{"train", 80}, {"test", 20}});
  }
  void TearDown() override { set_stop_requested(false); }

  void write(const std::string& name, const Shape& row,
             const std::vector<std::pair<std::string, int>>& parts) const {
    store::DatasetWriter writer(folder_ / (name + ".h5"), {name, "none", {"a", "b"}, {}, {}});
    for (const auto& [part, rows] : parts) {
      append(writer, row, part, rows);
    }
    writer.commit();
  }

  static void append(store::DatasetWriter& writer, const Shape& row, const std::string& part,
                     int rows) {
    const Random random(1, Purpose::test, static_cast<std::uint64_t>(rows));
    for (std::int32_t i = 0; i < rows; ++i) {
      const std::int32_t label = i % 4 == 0 ? 1 : 0;
      std::vector<double> uniforms(element_count(row));
      random.fill_uniform(uniforms, static_cast<std::uint64_t>(i) * uniforms.size());
      std::vector<float> numbers;
      std::vector<std::uint8_t> pixels;
      for (const double u : uniforms) {
        const double value = label == 0 ? u / 2 : u * u;
        numbers.push_back(static_cast<float>(value));
        pixels.push_back(static_cast<std::uint8_t>(255 * value));
      }
      if (row.size() == 1) {
        writer.append_rows(part, numbers, row.front(), {&label, 1});
      } else {
        writer.append_images(part, pixels, row, {&label, 1});
      }
    }
  }

  [[nodiscard]] static config::Cell cell(const std::string& settings, int seed) {
    return settings == kImages ? config::Cell{"images", "unimodal", {0}, seed}
                               : config::Cell{"table", "goad", {}, seed};
  }

  [[nodiscard]] CellContext context(int seed, bool keeps) const {
    CellContext context;
    context.compute.type = at::kDouble;
    context.progress = [](const std::string&, double, const nn::StageProgress&) {};
    if (keeps) {
      context.checkpoints = folder_ / "checkpoints" / std::to_string(seed);
    }
    return context;
  }

  [[nodiscard]] store::RunRecord run(const std::string& settings, int seed,
                                     const CellContext& context) const {
    const config::Config config = config::parse_config(settings, "test");
    LoadedDataset dataset(folder_ / (config.grid.datasets.front() + ".h5"));
    return run_cell(config, cell(settings, seed), dataset, context);
  }

  [[nodiscard]] Records alone(const std::string& settings) const {
    Records records;
    for (int seed = 0; seed < kSeeds; ++seed) {
      records.push_back(run(settings, seed, context(seed, /*keeps=*/false)));
    }
    return records;
  }

  /// In one step; `stop_at`: at so many reports of training a stop is asked for, which all take.
  Records fused(const std::string& settings, bool keeps = false, int stop_at = 0) {
    Records records(kSeeds);
    nn::Lockstep lockstep(kSeeds);
    int reports = 0;
    std::atomic<int> stopped = 0;
    std::vector<std::thread> threads;
    for (int seed = 0; seed < kSeeds; ++seed) {
      threads.emplace_back([&, seed] {
        nn::Lockstep::Seat seat(lockstep, static_cast<std::size_t>(seed));
        CellContext own = context(seed, keeps);
        own.compute.seat = &seat;
        own.progress = [&](const std::string&, double, const nn::StageProgress&) {
          if (++reports == stop_at) {
            set_stop_requested(true);
          }
        };
        try {
          records[static_cast<std::size_t>(seed)] = run(settings, seed, own);
        } catch (const Stopped&) {
          ++stopped;
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    EXPECT_EQ(stopped, stop_at > 0 ? kSeeds : 0);
    set_stop_requested(false);
    return records;
  }

  static void expect_near(std::span<const double> a, std::span<const double> b, double tolerance,
                          const std::string& what) {
    ASSERT_EQ(a.size(), b.size()) << what;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!std::isnan(a[i]) || !std::isnan(b[i])) {
        ASSERT_NEAR(a[i], b[i], tolerance * (1 + std::abs(a[i]))) << what << ' ' << i;
      }
    }
  }

  /// All that training leaves, to a tolerance; 0: to the bit.
  static void expect_same(const Records& a, const Records& b, double tolerance) {
    for (std::size_t seed = 0; seed < a.size(); ++seed) {
      ASSERT_EQ(a[seed].model.size(), b[seed].model.size());
      EXPECT_FALSE(a[seed].model.empty());
      for (const auto& [name, tensor] : a[seed].model) {
        const auto& other = b[seed].model.at(name);
        ASSERT_EQ(tensor.shape, other.shape) << name;
        expect_near(tensor.values, other.values, tolerance, name);
      }
      for (std::size_t i = 0; i < a[seed].scores.size(); ++i) {
        expect_near(a[seed].scores[i].second, b[seed].scores[i].second, tolerance,
                    a[seed].scores[i].first);
      }
      ASSERT_EQ(a[seed].history.size(), b[seed].history.size());
      for (std::size_t i = 0; i < a[seed].history.size(); ++i) {
        const auto& [stage, history] = a[seed].history[i];
        expect_near(history.train_loss, b[seed].history[i].second.train_loss, tolerance, stage);
        expect_near(history.validation_loss, b[seed].history[i].second.validation_loss, tolerance,
                    stage);
      }
    }
  }
};

TEST_F(FuseTest, SeedsOfATableAreThoseOfSingleRuns) {
  const Records together = fused(kTable);
  expect_same(alone(kTable), together, 1e-9);
  EXPECT_EQ(together[1].info.fused, kSeeds);
  EXPECT_NE(together[0].split.train, together[1].split.train);
}

TEST_F(FuseTest, SeedsOfImagesAreThoseOfSingleRuns) {
  expect_same(alone(kImages), fused(kImages), 1e-9);
}

TEST_F(FuseTest, TheOtherGamesToo) {
  for (const char* const more : {"noise=fixed\n", "noise=naive\ncheckpoint=density\n",
                                 "noise_freedom=3\ncheckpoint=density\n"}) {
    const std::string settings = std::string(kTable) + "[nce]\n" + more;
    expect_same(alone(settings), fused(settings), 1e-9);
  }
}

TEST_F(FuseTest, StoppedAndResumedTheyHaveTheSameBits) {
  const Records straight = fused(kTable);
  for (const int stop_at : {5, 20, 40, 70}) {  // in the autoencoder, the decoder, two densities
    (void)fused(kTable, /*keeps=*/true, stop_at);
    expect_same(straight, fused(kTable, /*keeps=*/true), 0);
    std::filesystem::remove_all(folder_ / "checkpoints");
  }
}

TEST_F(FuseTest, OneWithoutItsCheckpointIsTrainedBesideTheOthers) {
  (void)fused(kTable, /*keeps=*/true, 40);
  std::filesystem::remove_all(folder_ / "checkpoints" / "1");
  expect_same(alone(kTable), fused(kTable, /*keeps=*/true), 1e-9);
}

TEST(FusedGroups, AreOfOneCase) {
  std::vector<config::Experiment> experiments(2);
  std::vector<PlannedCell> cells;
  for (int seed = 0; seed < 7; ++seed) {
    cells.push_back({{"table", "goad", {}, seed}, 0, 1, 0});
    cells.push_back({{"images", "unimodal", {seed % 2}, seed}, 1, 1, 0});
  }
  const auto sizes = [&](int fuse, bool on_gpu, int lanes = 1) {
    std::vector<std::size_t> all;
    for (const auto& group : fused_groups(experiments, cells, fuse, lanes, on_gpu)) {
      all.push_back(group.size());
      for (const PlannedCell* const one : group) {
        EXPECT_EQ(one->cell.case_name(), group.front()->cell.case_name());
        EXPECT_EQ(one->experiment, group.front()->experiment);
      }
    }
    return all;
  };
  using Sizes = std::vector<std::size_t>;
  EXPECT_EQ(sizes(1, true), Sizes(14, 1));
  EXPECT_EQ(sizes(0, false), Sizes(14, 1));
  EXPECT_EQ(sizes(0, true), (Sizes{5, 4, 3, 2}));
  EXPECT_EQ(sizes(0, true, 6), (Sizes{2, 2, 2, 2, 2, 2, 1, 1}));
  EXPECT_EQ(sizes(3, false), (Sizes{3, 3, 3, 3, 1, 1}));
  experiments[0].config.grid.methods = {"knn"};
  EXPECT_EQ(sizes(0, true), (Sizes{1, 4, 1, 3, 1, 1, 1, 1, 1}));
}

TEST(FusedGroups, TakeTurnsInLanes) {
  std::vector<PlannedCell> cells;
  for (const double cost : {5.0, 1.0, 1.0, 2.0}) {
    cells.push_back({{"d", "unimodal", {0}, 0}, 0, cost, 0});
  }
  const auto seconds = [&](const std::vector<std::vector<const PlannedCell*>>& groups) {
    return std::pair(seconds_in_lanes(groups, 1), seconds_in_lanes(groups, 2));
  };
  EXPECT_EQ(seconds({{&cells[0]}, {&cells[1]}, {&cells[2]}, {&cells[3]}}), std::pair(9.0, 5.0));
  EXPECT_EQ(seconds({{&cells[0], &cells[1]}, {&cells[2], &cells[3]}}), std::pair(9.0, 6.0));
  EXPECT_EQ(seconds({}), std::pair(0.0, 0.0));
}

}  // namespace
}  // namespace cance::pipeline
