#include "hdf5/lock.hpp"

#include "hdf5/handle.hpp"

namespace cance::hdf5 {
namespace {

std::recursive_mutex& mutex() {
  static std::recursive_mutex one;
  return one;
}

}  // namespace

Lock::Lock() : lock_(mutex()) { prepare_library(); }

}  // namespace cance::hdf5
