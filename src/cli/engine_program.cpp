#include "cli/engine_program.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace cance::cli {

std::filesystem::path engine_path() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  require(!failed, "cannot find this program's folder in /proc/self/exe: {}", failed.message());
  return self.parent_path() / "cance-engine";
}

void become_engine(const std::string& command, const Arguments& arguments) {
  const std::string engine = engine_path().string();
  require(std::filesystem::exists(engine),
          "'cance {}' needs {}, which is not there; build it with launch/setup.sh or install both "
          "programs in one folder",
          command, engine);
  std::string name = "cance-engine";
  std::string first = command;
  Arguments rest = arguments;
  std::vector<char*> words = {name.data(), first.data()};
  for (std::string& word : rest) {
    words.push_back(word.data());
  }
  words.push_back(nullptr);
  ::execv(engine.c_str(), words.data());
  fail("cannot start {}: {}", engine, std::strerror(errno));
}

}  // namespace cance::cli
