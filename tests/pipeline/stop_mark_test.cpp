// Marks of launches that are over go, those of living ones stay.
#include "pipeline/stop_mark.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/atomic_file.hpp"
#include "base/process.hpp"
#include "base/stop_flag.hpp"
#include "tests/support/folder_test.hpp"

namespace cance::pipeline {
namespace {

using StopMarkTest = tests::FolderTest;

TEST_F(StopMarkTest, OfAnEndedProcessIsOldAndOthersStay) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const auto text = [](pid_t process, const std::string& space) {
    return "stopped on request, here now\nprocess " + std::to_string(process) + " in " + space +
           "\n";
  };
  write_text_file(folder_ / "stopped.ended", text(child, process_space()));
  write_text_file(folder_ / "stopped.elsewhere", text(child, process_space() + "1"));
  write_text_file(folder_ / "stopped.earlier", "stopped on request, by an earlier build\n");
  write_text_file(folder_ / "stopped.other", "no mark\nprocess 1 in x\n");
  set_stop_requested(true);
  StopMark(folder_ / "stopped.living").poll();
  set_stop_requested(false);
  clear_old_marks(folder_);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "stopped.ended"));
  for (const char* kept : {"elsewhere", "earlier", "other", "living"}) {
    EXPECT_TRUE(std::filesystem::exists(folder_ / ("stopped." + std::string(kept)))) << kept;
  }
  clear_old_marks(folder_ / "absent");
}

}  // namespace
}  // namespace cance::pipeline
