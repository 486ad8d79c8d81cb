// The end of a program without destructors: exit code, and standard output that cannot be written.
#include "base/program.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace cance {
namespace {

TEST(Program, KeepsTheExitCode) { EXPECT_EXIT(leave(75), testing::ExitedWithCode(75), "^$"); }

TEST(Program, SaysThatOutputIsLost) {
  const auto lose = [] {
    ASSERT_NE(std::freopen("/dev/full", "w", stdout), nullptr);
    std::fputs("result", stdout);
    leave(0);
  };
  EXPECT_EXIT(lose(), testing::ExitedWithCode(2), "^cance: standard output cannot be written");
}

}  // namespace
}  // namespace cance
