// What progress says.
#include "base/log.hpp"

#include <gtest/gtest.h>

namespace cance::log {
namespace {

/// The line of the first update, which is always shown.
std::string line_of(double done, double share) {
  configure(Level::normal);
  ::testing::internal::CaptureStderr();
  {
    Progress progress(10, "cells");
    progress.update(done, share, "", 0);
  }
  return ::testing::internal::GetCapturedStderr();
}

TEST(Progress, CountsWholeUnitsAndSaysTheShareOfParts) {
  EXPECT_NE(line_of(0.0018, 0.0018).find("0 of 10 cells (0.2 %)"), std::string::npos);
  EXPECT_NE(line_of(2.5, 0.31).find("2 of 10 cells (31.0 %)"), std::string::npos);
  EXPECT_NE(line_of(3, 0.3).find("3 of 10 cells\n"), std::string::npos);
}

}  // namespace
}  // namespace cance::log
