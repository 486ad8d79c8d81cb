#include "hdf5/lock.hpp"

#include "hdf5/handle.hpp"

namespace cance::store {
namespace {

std::recursive_mutex& mutex() {
  static std::recursive_mutex one;
  return one;
}

}  // namespace

Hdf5Lock::Hdf5Lock() : lock_(mutex()) { prepare_library(); }

}  // namespace cance::store
