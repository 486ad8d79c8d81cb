// MPI: the communicator over host memory, and the world. Every status goes through check().
#include <mpi.h>
#include <unistd.h>

#include <array>
#include <source_location>

#include "base/build_info.hpp"
#include "base/cast.hpp"
#include "base/error.hpp"
#include "base/process.hpp"
#include "base/program.hpp"
#include "base/text.hpp"
#include "comm/communicator.hpp"
#include "comm/world.hpp"

namespace cance::comm {
namespace {

void check(int status, std::source_location place = std::source_location::current()) {
  if (status == MPI_SUCCESS) {
    return;
  }
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(status, text.data(), &length);
  int rank = -1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  fail("MPI failed in {} on rank {} of {}: {}", place.function_name(), rank, host_name(),
       text.data());
}

template <class T>
MPI_Datatype mpi_type() {
  if constexpr (std::is_same_v<T, float>) {
    return MPI_FLOAT;
  } else if constexpr (std::is_same_v<T, double>) {
    return MPI_DOUBLE;
  } else if constexpr (std::is_same_v<T, char>) {
    return MPI_CHAR;
  } else {
    static_assert(std::is_same_v<T, std::int64_t>);
    return MPI_INT64_T;
  }
}

MPI_Op mpi_op(Op op) { return op == Op::sum ? MPI_SUM : op == Op::min ? MPI_MIN : MPI_MAX; }

class MpiPending final : public Pending {
 public:
  explicit MpiPending(MPI_Request request) : request_(request) {}
  ~MpiPending() override {
    if (request_ != MPI_REQUEST_NULL) {
      MPI_Wait(&request_, MPI_STATUS_IGNORE);  // the values must outlive the reduction
    }
  }
  void wait() override { check(MPI_Wait(&request_, MPI_STATUS_IGNORE)); }

 private:
  MPI_Request request_;
};

class MpiCommunicator final : public Communicator {
 public:
  /// Owns `handle` unless it is MPI_COMM_WORLD.
  explicit MpiCommunicator(MPI_Comm handle) : handle_(handle) {
    check(MPI_Comm_set_errhandler(handle_, MPI_ERRORS_RETURN));
    check(MPI_Comm_rank(handle_, &rank_));
    check(MPI_Comm_size(handle_, &size_));
  }
  ~MpiCommunicator() override {
    if (handle_ != MPI_COMM_WORLD) {
      MPI_Comm_free(&handle_);
    }
  }

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return size_; }
  void all_reduce(std::span<float> values, Op op) override { reduce(values, op); }
  void all_reduce(std::span<double> values, Op op) override { reduce(values, op); }
  void all_reduce(std::span<std::int64_t> values, Op op) override { reduce(values, op); }
  [[nodiscard]] std::unique_ptr<Pending> start_sum(std::span<float> values) override {
    return start(values);
  }
  [[nodiscard]] std::unique_ptr<Pending> start_sum(std::span<double> values) override {
    return start(values);
  }
  void broadcast(std::span<std::int64_t> values, int root) override {
    check(MPI_Bcast(values.data(), to<int>(values.size()), MPI_INT64_T, root, handle_));
  }
  [[nodiscard]] std::vector<float> all_gather(std::span<const float> values) override {
    return gather(values);
  }
  [[nodiscard]] std::vector<double> all_gather(std::span<const double> values) override {
    return gather(values);
  }
  [[nodiscard]] std::vector<std::int64_t> all_gather(
      std::span<const std::int64_t> values) override {
    return gather(values);
  }
  [[nodiscard]] std::vector<char> all_gather(std::span<const char> values) override {
    return gather(values);
  }
  void barrier() override { check(MPI_Barrier(handle_)); }
  [[nodiscard]] std::unique_ptr<Communicator> split(int color) override {
    MPI_Comm part = MPI_COMM_NULL;
    check(MPI_Comm_split(handle_, color, rank_, &part));
    return std::make_unique<MpiCommunicator>(part);
  }

 private:
  template <class T>
  void reduce(std::span<T> values, Op op) {
    check(MPI_Allreduce(MPI_IN_PLACE, values.data(), to<int>(values.size()), mpi_type<T>(),
                        mpi_op(op), handle_));
  }
  template <class T>
  std::unique_ptr<Pending> start(std::span<T> values) {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Iallreduce(MPI_IN_PLACE, values.data(), to<int>(values.size()), mpi_type<T>(),
                         MPI_SUM, handle_, &request));
    return std::make_unique<MpiPending>(request);
  }
  template <class T>
  std::vector<T> gather(std::span<const T> values) {
    const int own = to<int>(values.size());
    std::vector<int> counts(to<std::size_t>(size_));
    check(MPI_Allgather(&own, 1, MPI_INT, counts.data(), 1, MPI_INT, handle_));
    std::vector<int> starts(counts.size());
    std::size_t total = 0;
    for (std::size_t r = 0; r < counts.size(); ++r) {
      starts[r] = to<int>(total);
      total += to<std::size_t>(counts[r]);
    }
    std::vector<T> all(total);
    check(MPI_Allgatherv(values.data(), own, mpi_type<T>(), all.data(), counts.data(),
                         starts.data(), mpi_type<T>(), handle_));
    return all;
  }

  MPI_Comm handle_;
  int rank_ = 0;
  int size_ = 1;
};

}  // namespace

World::World(int& argc, char**& argv, bool force_mpi) {
  if (!under_launcher() && !force_mpi) {
    communicator_ = std::make_unique<Communicator>();
    return;
  }
  int provided = 0;
  // Serialised: torch's own thread may speak for a GPU rank during the backward pass. Several at
  // once costs a little and is asked for only where a thread is to watch other machines.
  const int wanted = on_several_machines() ? MPI_THREAD_MULTIPLE : MPI_THREAD_SERIALIZED;
  check(MPI_Init_thread(&argc, &argv, wanted, &provided));
  communicator_ = std::make_unique<MpiCommunicator>(MPI_COMM_WORLD);
  MPI_Comm node = MPI_COMM_NULL;
  check(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank(), MPI_INFO_NULL, &node));
  check(MPI_Comm_rank(node, &local_rank_));
  check(MPI_Comm_size(node, &local_size_));
  check(MPI_Comm_free(&node));
  watch_next_rank(provided == MPI_THREAD_MULTIPLE);
}

/// Each rank watches the next one whose process it can see, in a ring, and, where it cannot see the
/// next one of all, also that one by messages.
void World::watch_next_rank(bool by_messages) {
  constexpr std::chrono::seconds kLimit{60};
  const std::string own = fmt::format("{} {}\n", ::getpid(), process_space());
  const auto all = communicator_->all_gather(std::span<const char>(own));
  const auto lines = split(std::string(all.begin(), all.end()), '\n');
  const auto place = [&](int other) {  // of a rank: where process ids count
    const std::string& line = lines[to<std::size_t>(other)];
    return line.substr(line.find(' ') + 1);
  };
  const auto end = [own_rank = rank(), kLimit](int other, const std::string& what) {
    fmt::print(stderr,
               "cance: rank {} on {}: rank {}{} for {} s, and the others wait for it; this launch "
               "ends, the same command goes on from its checkpoints\n",
               own_rank, host_name(), other, what, kLimit.count());
    ::_exit(static_cast<int>(ExitCode::stopped));  // MPI is another thread's
  };
  for (int step = 1; step < size() && peer_watch_ == nullptr; ++step) {
    const int other = (rank() + step) % size();
    const auto process = parse_number<int>(split(lines[to<std::size_t>(other)], ' ').front());
    if (process && place(other) == place(rank())) {
      peer_watch_ = std::make_unique<PeerWatch>(*process, kLimit, [=] {
        end(other, fmt::format(" (process {}) has been stopped", *process));
      });
    }
  }
  const int next = (rank() + 1) % size();
  const int before = (rank() + size() - 1) % size();
  const auto unseen = [&](int other) { return place(other) == place(rank()) ? -1 : other; };
  if (by_messages && (unseen(next) >= 0 || unseen(before) >= 0)) {
    message_watch_ = std::make_unique<MessageWatch>(unseen(before), unseen(next), kLimit, [=] {
      end(next, " of another machine has been stopped, or cut off,");
    });
  }
}

World::~World() {
  peer_watch_.reset();
  message_watch_.reset();
  communicator_.reset();
  int initialized = 0;
  int finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  if (initialized != 0 && finalized == 0) {
    MPI_Finalize();
  }
}

void World::abort(int code) {
  int initialized = 0;
  MPI_Initialized(&initialized);
  if (initialized != 0) {
    MPI_Abort(MPI_COMM_WORLD, code);
  }
  leave(code);
}

std::string mpi_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  return split(first_line(text.data()), ',').front();
}

}  // namespace cance::comm
