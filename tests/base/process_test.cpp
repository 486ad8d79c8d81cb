// Descriptors 0 to 2 of a process that was started without them.
#include "base/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cance {
namespace {

TEST(StandardDescriptors, AreOpenedWhereClosed) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    char byte = 'x';
    ::close(0);
    ::close(1);
    ::close(2);
    open_standard_descriptors();
    const bool error_goes_nowhere = ::write(2, &byte, 1) == 1;
    const bool others_fail = ::read(0, &byte, 1) < 0 && ::write(1, &byte, 1) < 0;
    const bool file_is_none_of_them = ::open("/dev/null", O_RDONLY) > 2;
    ::_exit(error_goes_nowhere && others_fail && file_is_none_of_them ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace cance
