// The last rank throws an error of which the others, waiting in a collective, cannot know:
// World::abort must end them all.
#include <fmt/format.h>

#include <cstdio>

#include "base/error.hpp"
#include "comm/world.hpp"

int main(int argc, char** argv) {
  cance::comm::World world(argc, argv);
  try {
    cance::require(world.rank() != world.size() - 1, "the disk of rank {} is full", world.rank());
    world.communicator().barrier();
    fmt::print(stderr, "the barrier let rank {} through\n", world.rank());
    return 0;
  } catch (const cance::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    world.abort(static_cast<int>(error.code()));
  }
}
