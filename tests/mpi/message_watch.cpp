// message_watch, on 2 ranks: rank 0 notices by the missing messages that rank 1 stopped itself
// (SIGSTOP), and not that it only works for long. Exit code 0 on both.
#include "comm/message_watch.hpp"

#include <mpi.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX
#include <unistd.h>

#include <atomic>
#include <cstdio>

int main(int count, char** arguments) {
  using std::chrono::seconds;
  int provided = 0, rank = 0;
  MPI_Init_thread(&count, &arguments, MPI_THREAD_MULTIPLE, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (provided != MPI_THREAD_MULTIPLE) {
    std::puts("skipped: MPI serves one thread only");
    MPI_Finalize();
    return 77;
  }
  int process = ::getpid();
  MPI_Bcast(&process, 1, MPI_INT, 1, MPI_COMM_WORLD);
  std::atomic<bool> stopped = false;
  {
    const cance::comm::MessageWatch quiet(1 - rank, 1 - rank, seconds(3), [] { std::_Exit(3); });
    std::this_thread::sleep_for(seconds(rank == 1 ? 5 : 0));  // rank 0 waits in MPI meanwhile
    MPI_Barrier(MPI_COMM_WORLD);
  }
  {
    const int other = 1 - rank;
    const cance::comm::MessageWatch watch(rank == 1 ? other : -1, rank == 0 ? other : -1,
                                          seconds(2), [&] {
                                            stopped = true;
                                            ::kill(process, SIGCONT);
                                          });
    if (rank == 1) {
      ::raise(SIGSTOP);
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }
  const bool right = stopped == (rank == 0);
  std::printf("rank %d: %s\n", rank,
              right ? "as expected" : "FAILED: noticed what it should not, or not what it should");
  MPI_Finalize();
  return right ? 0 : 1;
}
