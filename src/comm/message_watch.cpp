#include "comm/message_watch.hpp"

#include <mpi.h>

#include "comm/nap.hpp"

namespace cance::comm {
namespace {

// Of MPI_COMM_WORLD, where nothing else is sent from rank to rank.
constexpr int kAlive = 1, kLast = 2;

/// Takes what has come from a rank; whether anything has, and whether that was its last message.
bool hear(int from, bool& last) {
  bool any = false;
  for (;;) {
    int there = 0;
    MPI_Status status;
    MPI_Iprobe(from, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
    if (there == 0) {
      return any;
    }
    MPI_Recv(nullptr, 0, MPI_BYTE, from, status.MPI_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    last = last || status.MPI_TAG == kLast;
    any = true;
  }
}

/// Sends an empty message unless the one before is still under way; whether it was sent.
bool say(int to, int tag, MPI_Request& request) {
  int done = 0;
  MPI_Test(&request, &done, MPI_STATUS_IGNORE);
  if (done != 0) {
    MPI_Isend(nullptr, 0, MPI_BYTE, to, tag, MPI_COMM_WORLD, &request);
  }
  return done != 0;
}

void watch(const std::stop_token& ended, int to, int from, std::chrono::seconds limit,
           const std::function<void()>& when_silent) {
  constexpr std::chrono::milliseconds kBeat{1000}, kAtEnd{20};
  MPI_Request request = MPI_REQUEST_NULL;
  bool said_last = to < 0, heard_last = from < 0;
  std::chrono::milliseconds silent{0};
  while (!said_last || !heard_last) {
    const bool end = !nap(ended, kBeat);
    if (end) {
      std::this_thread::sleep_for(kAtEnd);
    }
    if (!said_last) {
      said_last = say(to, end ? kLast : kAlive, request) && end;
    }
    if (!heard_last && !hear(from, heard_last)) {
      silent += end ? kAtEnd : kBeat;
      if (silent >= limit) {
        when_silent();
        break;
      }
    } else {
      silent = silent.zero();
    }
  }
  MPI_Wait(&request, MPI_STATUS_IGNORE);
}

}  // namespace

MessageWatch::MessageWatch(int to, int from, std::chrono::seconds limit,
                           std::function<void()> when_silent)
    : thread_([to, from, limit, call = std::move(when_silent)](const std::stop_token& ended) {
        watch(ended, to, from, limit, call);
      }) {}

}  // namespace cance::comm
