// What lanes share: messages and the stop flag, from several threads at once. The preset tsan sees
// more than these assertions do.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "base/stop_flag.hpp"
#include "base/text.hpp"

namespace cance {
namespace {

constexpr int kThreads = 4;
constexpr int kLines = 100;

TEST(Threads, TheirMessagesStayWholeLines) {
  testing::internal::CaptureStderr();
  log::configure(log::Level::normal);
  std::vector<std::thread> threads;
  std::set<std::string> expected;
  for (int i = 0; i < kThreads; ++i) {
    for (int line = 0; line < kLines; ++line) {
      expected.insert(fmt::format("thread {} line {} end", i, line));
    }
    threads.emplace_back([i] {
      for (int line = 0; line < kLines; ++line) {
        log::info("thread {} line {} end", i, line);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  std::set<std::string> found;
  for (const std::string& line : split(testing::internal::GetCapturedStderr(), '\n')) {
    if (const auto start = line.find("thread "); start != std::string::npos) {
      found.insert(line.substr(start));
    }
  }
  EXPECT_EQ(found, expected);
}

TEST(Threads, AStopIsSeenByTheOthers) {
  set_stop_requested(false);
  std::thread other([] {
    while (!stop_requested()) {
      std::this_thread::yield();
    }
  });
  set_stop_requested(true);
  other.join();
  EXPECT_TRUE(stop_requested());
  set_stop_requested(false);
}

}  // namespace
}  // namespace cance
