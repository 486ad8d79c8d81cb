// The fixture of tests that write files: an empty folder for each test.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/files.hpp"

namespace cance::tests {

class FolderTest : public testing::Test {
 private:
  TemporaryFolder temporary_;

 protected:
  const std::filesystem::path folder_ = temporary_.path();
};

}  // namespace cance::tests
