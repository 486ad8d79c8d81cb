// A process that is stopped for long is noticed; one that works, sleeps or is let go on is not.
#include "comm/peer_watch.hpp"

#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <future>

namespace cance::comm {
namespace {

using std::chrono::seconds;

TEST(PeerWatch, NoticesAStoppedProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) {
      ::pause();
    }
  }
  std::promise<void> noticed;
  auto waiting = noticed.get_future();
  {
    const PeerWatch watch(child, seconds(2), [&] { noticed.set_value(); });
    EXPECT_EQ(waiting.wait_for(seconds(3)), std::future_status::timeout) << "it only sleeps";
    ::kill(child, SIGSTOP);
    EXPECT_EQ(waiting.wait_for(seconds(30)), std::future_status::ready);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace cance::comm
