// The `main` of test programs on torch.
#include <gtest/gtest.h>

#include "base/program.hpp"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  cance::leave(RUN_ALL_TESTS());
}
