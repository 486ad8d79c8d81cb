// comm_test RANKS [GoogleTest options]: the communicator against results that follow from rank and
// size. The same body runs on 1, 2 and 4 ranks, and alone without a launcher; it never leaves a
// test early, for the other ranks are in the same collective.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <string>
#include <thread>

#include "base/error.hpp"
#include "comm/world.hpp"

namespace cance::comm {
namespace {

Communicator* world = nullptr;  // GoogleTest makes the tests, so they cannot be handed it

template <class T>
class Typed : public testing::Test {
 protected:
  const int rank_ = world->rank();
  const int size_ = world->size();

  static T value(int number) { return static_cast<T>(number); }
};

using Elements = testing::Types<float, double, std::int64_t>;
TYPED_TEST_SUITE(Typed, Elements);

TYPED_TEST(Typed, AllReduceSumsMinimaAndMaxima) {
  const int n = this->size_;
  const auto reduced = [&](Op op) {
    std::vector<TypeParam> values{this->value(this->rank_ + 1), this->value(-10 * this->rank_),
                                  this->value(7)};
    world->all_reduce(std::span(values), op);
    return values;
  };
  using Values = std::vector<TypeParam>;
  EXPECT_EQ(reduced(Op::sum), (Values{this->value(n * (n + 1) / 2), this->value(-5 * n * (n - 1)),
                                      this->value(7 * n)}));
  EXPECT_EQ(reduced(Op::min), (Values{1, this->value(-10 * (n - 1)), 7}));
  EXPECT_EQ(reduced(Op::max), (Values{this->value(n), 0, 7}));
}

TYPED_TEST(Typed, AllReduceOfManyElements) {
  std::vector<TypeParam> values(100'003);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = this->value(static_cast<int>(i % 1000) * (this->rank_ + 1));
  }
  world->all_reduce(std::span(values), Op::sum);
  const int ranks = this->size_ * (this->size_ + 1) / 2;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    wrong += values[i] == this->value(static_cast<int>(i % 1000) * ranks) ? 0 : 1;
  }
  EXPECT_EQ(wrong, 0U);
}

TYPED_TEST(Typed, EmptySpansAreAllowed) {
  std::vector<TypeParam> none;
  world->all_reduce(std::span(none), Op::sum);
  EXPECT_TRUE(none.empty());
}

template <class T>
class Gathered : public Typed<T> {};
using GatheredElements = testing::Types<double, std::int64_t, char>;
TYPED_TEST_SUITE(Gathered, GatheredElements);

TYPED_TEST(Gathered, UnevenPartsComeInRankOrder) {
  // Rank r gives r elements of value 10 r, rank 0 none, then all give one more round of one each.
  const auto part = [&](int r, int count) {
    return std::vector<TypeParam>(static_cast<std::size_t>(count), this->value(10 * r + count));
  };
  const auto expected = [&](auto count_of) {
    std::vector<TypeParam> all;
    for (int r = 0; r < this->size_; ++r) {
      const auto own = part(r, count_of(r));
      all.insert(all.end(), own.begin(), own.end());
    }
    return all;
  };
  const auto gathered = [&](int count) {
    const auto own = part(this->rank_, count);
    return world->all_gather(std::span<const TypeParam>(own));
  };
  EXPECT_EQ(gathered(this->rank_), expected([](int r) { return r; }));
  EXPECT_EQ(gathered(this->size_ - this->rank_), expected([&](int r) { return this->size_ - r; }));
  EXPECT_EQ(gathered(1), expected([](int) { return 1; }));
  EXPECT_TRUE(gathered(0).empty());
}

TEST(Comm, EveryRankIsThereOnce) {
  const std::int64_t own = world->rank();
  const auto ranks = world->all_gather(std::span(&own, 1));
  std::vector<std::int64_t> expected(static_cast<std::size_t>(world->size()));
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(ranks, expected);
}

TEST(Comm, SplitMakesCommunicatorsOfTheirOwn) {
  const int rank = world->rank();
  const int size = world->size();
  const auto part = world->split(rank % 2);
  const int members = size == 1 ? 1 : size / 2;
  EXPECT_EQ(part->size(), members);
  EXPECT_EQ(part->rank(), rank / 2);
  std::int64_t sum = rank;
  part->all_reduce(std::span(&sum, 1), Op::sum);
  EXPECT_EQ(sum, members * (members - 1) + members * (rank % 2));  // of color, color + 2, ...
  const auto alone = part->split(rank);
  EXPECT_EQ(alone->size(), 1);
  EXPECT_EQ(alone->rank(), 0);
}

TEST(Comm, BarrierWaitsForTheLastRank) {
  using std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kLate(300);
  std::int64_t together = 1;
  world->all_reduce(std::span(&together, 1), Op::sum);
  EXPECT_EQ(together, world->size());
  const auto start = steady_clock::now();
  if (world->rank() == world->size() - 1) {
    std::this_thread::sleep_for(kLate);
  }
  world->barrier();
  EXPECT_GT(steady_clock::now() - start, kLate / 3);
}

TEST(Comm, AnErrorOfOneRankBecomesTheSameOnAll) {
  for (int failing = 0; failing < world->size(); ++failing) {
    std::string message = "none";
    ExitCode code = ExitCode::done;
    try {
      run_together(*world, [&] {
        if (world->rank() >= failing) {
          throw Error(fmt::format("rank {} has no data", world->rank()), ExitCode::some_failed);
        }
      });
    } catch (const SharedError& error) {
      message = error.what();
      code = error.code();
    }
    EXPECT_EQ(message, fmt::format("rank {} has no data", failing));
    EXPECT_EQ(code, ExitCode::some_failed);
  }
}

TEST(Comm, WorkWithoutErrorsRunsOnceOnEveryRank) {
  std::int64_t runs = 0;
  run_together(*world, [&] { ++runs; });
  world->all_reduce(std::span(&runs, 1), Op::sum);
  EXPECT_EQ(runs, world->size());
}

std::string disagreement(const std::string& text) {
  try {
    require_agreement(*world, text, "the settings");
  } catch (const SharedError& error) {
    return error.what();
  }
  return "none";
}

TEST(Comm, AgreementIsRequiredOfAll) {
  EXPECT_EQ(disagreement("the same"), "none");
  EXPECT_EQ(disagreement(""), "none");
  const int last = world->size() - 1;
  const bool odd = world->rank() == last && last > 0;
  for (const char* other : {"bbb", "longer than the others", ""}) {
    const std::string message = disagreement(odd ? other : "aaa");
    EXPECT_EQ(message.starts_with("the ranks disagree on the settings"), last > 0) << message;
  }
}

TEST(Comm, BroadcastFromEachRoot) {
  std::vector<std::int64_t> none;
  world->broadcast(std::span(none), world->size() - 1);
  for (int root = 0; root < world->size(); ++root) {
    std::vector<std::int64_t> values{100 * world->rank(), world->rank() + 3};
    world->broadcast(std::span(values), root);
    EXPECT_EQ(values, (std::vector<std::int64_t>{100 * root, root + 3})) << "from rank " << root;
  }
}

TEST(Comm, ARootThatDoesNotExistIsAnError) {
  std::int64_t value = 1;
  EXPECT_THROW(world->broadcast(std::span(&value, 1), world->size()), Error);
}

}  // namespace

/// All tests on all ranks; 1 when any failed on any.
int run_tests(World& ranks, int expected) {
  world = &ranks.communicator();
  if (ranks.size() != expected) {
    fmt::print(stderr, "{} ranks instead of {}\n", ranks.size(), expected);
    return 1;
  }
  if (ranks.rank() != 0) {
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
  }
  std::int64_t failed = RUN_ALL_TESTS();
  if (failed != 0) {
    fmt::print(stderr, "rank {}: {} tests failed\n", ranks.rank(),
               testing::UnitTest::GetInstance()->failed_test_count());
  }
  world->all_reduce(std::span(&failed, 1), Op::sum);
  return failed == 0 ? 0 : 1;
}

}  // namespace cance::comm

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  cance::comm::World ranks(argc, argv);
  return cance::comm::run_tests(ranks, argc > 1 ? std::atoi(argv[1]) : 0);
}
