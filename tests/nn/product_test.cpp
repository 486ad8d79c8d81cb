// Matrix products while signals arrive: oneDNN's kernels use the stack register for other things.
#include "nn/fast/product.hpp"

#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): pthread_kill is POSIX

#include <atomic>
#include <thread>

#include "base/stop_flag.hpp"

namespace cance::nn {
namespace {

TEST(Product, SignalsDoNotDisturbIt) {
  install_stop_handlers();
  const auto a = at::randn({256, 512});
  const auto b = at::randn({512, 512});
  const auto exact = product(a, false, b, false).clone();
  std::atomic<bool> done = false;
  std::thread sender([&, target = pthread_self()] {
    while (!done) {
      ::pthread_kill(target, SIGUSR1);
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  });
  int wrong = 0;
  for (int i = 0; i < 2000; ++i) {
    wrong += at::equal(product(a, false, b, false), exact) ? 0 : 1;
  }
  done = true;
  sender.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(stop_requested());
  set_stop_requested(false);
}

}  // namespace
}  // namespace cance::nn
