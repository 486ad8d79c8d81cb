#include "store/hdf5_lock.hpp"

#include "store/hdf5_handle.hpp"

namespace cance::store {
namespace {

std::recursive_mutex& mutex() {
  static std::recursive_mutex one;
  return one;
}

}  // namespace

Hdf5Lock::Hdf5Lock() : lock_(mutex()) { prepare_library(); }

}  // namespace cance::store
