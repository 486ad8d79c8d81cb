// The ranks of this program run. MPI starts only where a launcher started us.
#pragma once

#include <memory>

#include "comm/communicator.hpp"
#include "comm/message_watch.hpp"
#include "comm/peer_watch.hpp"

namespace cance::comm {

/// Starts MPI when under mpirun or srun (or when `force_mpi`), ends it in the destructor. One an
/// executable. Where a rank stays stopped (SIGSTOP) for a minute, another says so and ends with
/// the exit code `stopped`, and the launcher ends the others; of another machine this is known only
/// where MPI serves several threads.
class World {
 public:
  World(int& argc, char**& argv, bool force_mpi = false);
  ~World();

  [[nodiscard]] Communicator& communicator() { return *communicator_; }
  [[nodiscard]] int rank() const { return communicator_->rank(); }
  [[nodiscard]] int size() const { return communicator_->size(); }
  /// Position among the ranks of this machine, and how many there are.
  [[nodiscard]] int local_rank() const { return local_rank_; }
  [[nodiscard]] int local_size() const { return local_size_; }

  /// Ends all ranks with this exit code (MPI_Abort), for an error that the others cannot know of.
  [[noreturn]] void abort(int code);

 private:
  void watch_next_rank(bool by_messages);

  std::unique_ptr<Communicator> communicator_;
  std::unique_ptr<PeerWatch> peer_watch_;        // of another rank of this machine
  std::unique_ptr<MessageWatch> message_watch_;  // of the next rank, if of another machine
  int local_rank_ = 0;
  int local_size_ = 1;
};

/// "Open MPI v4.1.4, ..." of the library that is loaded, first line.
[[nodiscard]] std::string mpi_version();

}  // namespace cance::comm
