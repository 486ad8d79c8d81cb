// Preloaded into cance-engine it makes a server of it: libtorch is loaded once, and every command
// line that comes on standard input is run by a fork, as if the program had been started with it. A
// command is its caller's process, working folder and words, each ended by a zero byte, with the
// number of words before them; the answer is a line with the exit code (many_starts in common.sh).
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using Main = int (*)(int, char**, char**);
Main engine = nullptr;

/// Byte by byte, so that nothing of the next command is taken. Ends the server where there is none.
std::string field() {
  std::string text;
  for (char byte = 0; ::read(0, &byte, 1) == 1; text += byte) {
    if (byte == 0) {
      return text;
    }
  }
  ::_exit(0);
}

/// The caller's descriptors 6 to 8 become our own 0 to 2; what the caller has closed is closed
/// here.
void take_descriptors(const std::string& process) {
  for (int descriptor = 0; descriptor < 3; ++descriptor) {
    const std::string path = "/proc/" + process + "/fd/" + std::to_string(descriptor + 6);
    const int opened = ::open(path.c_str(), descriptor == 0 ? O_RDONLY : O_WRONLY | O_APPEND);
    if (opened < 0 || ::dup2(opened, descriptor) < 0) {
      ::close(descriptor);
    }
    if (opened > 2) {
      ::close(opened);
    }
  }
}

int serve(int argc, char** argv, char** environment) {
  ::unsetenv("LD_PRELOAD");
  for (;;) {
    const std::string process = field(), folder = field();
    std::vector<std::string> words(std::stoul(field()));
    std::vector<char*> pointers{argv[argc - 1]};
    for (std::string& word : words) {
      word = field();
      pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
      std::signal(SIGXFSZ, SIG_IGN);  // as `cance` does
      take_descriptors(process);
      ::_exit(::chdir(folder.c_str()) == 0
                  ? engine(static_cast<int>(words.size()) + 1, pointers.data(), environment)
                  : 126);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    std::printf("%d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    std::fflush(stdout);
  }
}

}  // namespace

extern "C" int __libc_start_main(Main program, int argc, char** argv, void (*init)(),
                                 void (*fini)(), void (*loader)(), void* stack) {
  using Start = int (*)(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  engine = program;
  return reinterpret_cast<Start>(::dlsym(RTLD_NEXT, "__libc_start_main"))(serve, argc, argv, init,
                                                                          fini, loader, stack);
}
