// Threads of a lockstep: who runs, who meets, and what becomes of those that leave.
#include "nn/lockstep.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/error.hpp"

namespace cance::nn {
namespace {

/// Runs f(seat, number) in a thread for each of `count` seats.
void for_seats(std::size_t count, const std::function<void(Lockstep::Seat&, std::size_t)>& f) {
  Lockstep lockstep(count);
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < count; ++number) {
    threads.emplace_back([&, number] {
      Lockstep::Seat seat(lockstep, number);
      f(seat, number);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

/// Trains models that are numbers: their history is ten times the number, 2 fails.
std::vector<Trained> train(const std::vector<void*>& models) {
  std::vector<Trained> results;
  for (const void* const model : models) {
    const std::size_t number = *static_cast<const std::size_t*>(model);
    results.emplace_back().history.epoch = {static_cast<std::int64_t>(10 * number)};
    if (number == 2) {
      results.back().failure = std::make_exception_ptr(Error("two"));
    }
  }
  return results;
}

TEST(LockstepTest, AllMeetInTheOrderOfSeatsAndOneRunsAtATime) {
  std::atomic<int> running = 0, trainings = 0;
  for_seats(4, [&](Lockstep::Seat& seat, std::size_t number) {
    for (int stage = 0; stage < 20; ++stage) {
      EXPECT_EQ(++running, 1);
      --running;
      const Trained own = seat.meet(&number, [&](const std::vector<void*>& models) {
        ++trainings;
        EXPECT_EQ(models.size(), 4U);
        for (std::size_t i = 0; i < models.size(); ++i) {
          EXPECT_EQ(*static_cast<std::size_t*>(models[i]), i);
        }
        return std::vector<Trained>(models.size());
      });
      EXPECT_FALSE(own.failure);
    }
  });
  EXPECT_EQ(trainings, 20);
}

TEST(LockstepTest, AFailureIsOfItsModelAndTheOthersGoOnWithoutIt) {
  for_seats(4, [&](Lockstep::Seat& seat, std::size_t number) {
    for (const std::size_t expected : {4U, 3U}) {
      auto own = seat.meet(&number, [&](const std::vector<void*>& models) {
        EXPECT_EQ(models.size(), expected);
        return train(models);
      });
      if (number == 2) {
        EXPECT_THROW((void)own.taken(), Error);
        return;  // its thread is through
      }
      EXPECT_EQ(own.taken().epoch.front(), static_cast<std::int64_t>(10 * number));
    }
  });
}

TEST(LockstepTest, SecondsAreOnesOwnAndAShareOfTheTraining) {
  const auto pause = [](int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  };
  const auto start = std::chrono::steady_clock::now();
  std::vector<double> own(3);
  for_seats(own.size(), [&](Lockstep::Seat& seat, std::size_t number) {
    pause(number == 1 ? 40 : 0);
    (void)seat.meet(&number, [&](const std::vector<void*>& models) {
      pause(90);
      return std::vector<Trained>(models.size());
    });
    own[number] = seat.seconds();
    EXPECT_GE(own[number], number == 1 ? 0.07 : 0.03);
  });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_LE(own[0] + own[1] + own[2], took.count());
}

TEST(LockstepTest, WhatTrainingThrowsAllThrow) {
  std::atomic<int> thrown = 0;
  for_seats(3, [&](Lockstep::Seat& seat, std::size_t number) {
    auto own = seat.meet(&number, [](const std::vector<void*>&) -> std::vector<Trained> {
      throw Stopped("stopped");
    });
    try {
      (void)own.taken();
    } catch (const Stopped&) {
      ++thrown;
    }
  });
  EXPECT_EQ(thrown, 3);
}

}  // namespace
}  // namespace cance::nn
